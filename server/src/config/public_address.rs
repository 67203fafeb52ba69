//! How the site is reached from outside: scheme and host, nothing behind them.

use std::net::{IpAddr, SocketAddr};

/// Like `https://music.example.org` or `http://127.0.0.1:3000`; never a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress {
    https: bool,
    /// Host, with the port where it is not the scheme's own.
    host: String,
}

impl PublicAddress {
    /// Takes the address with or without its scheme. Without one it is https, except on the machine itself.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = match text.split_once("://") {
            Some(("https", host)) => (Some(true), host),
            Some(("http", host)) => (Some(false), host),
            Some(_) => return None,
            None => (None, text),
        };
        let host = host.strip_suffix('/').unwrap_or(host).to_ascii_lowercase();
        let authority: axum::http::uri::Authority = host.parse().ok()?;
        let has_login = host.contains('@');
        if has_login || authority.host().is_empty() {
            return None;
        }
        let https = scheme.unwrap_or_else(|| !is_this_machine(authority.host()));
        Some(Self { https, host })
    }

    /// What a program that listens on `addr` can be reached by, if only from its own machine.
    pub fn of_listener(addr: SocketAddr) -> Self {
        let reachable = if addr.ip().is_unspecified() {
            SocketAddr::new(IpAddr::from([127, 0, 0, 1]), addr.port())
        } else {
            addr
        };
        Self {
            https: false,
            host: reachable.to_string(),
        }
    }

    pub fn url(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.host)
    }

    /// Host, with the port where it is not the scheme's own.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn is_https(&self) -> bool {
        self.https
    }
}

fn is_this_machine(host: &str) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}
