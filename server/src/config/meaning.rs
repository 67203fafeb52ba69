//! What a setting's text means. Each function answers with the value, or with what would be right.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::http::Uri;
use engine::{HouseZone, HouseZoneError};
use nests::bender::{Weights, WeightsError};

use super::public_address::PublicAddress;
use super::secret::Secret;

/// What would be right, as the rest of the sentence "NAME is "value": ...".
pub type Right = String;

pub fn whole_number<N>(range: RangeInclusive<N>) -> impl Fn(&str) -> Result<N, Right>
where
    N: FromStr + PartialOrd + std::fmt::Display,
{
    move |text| match text.parse::<N>() {
        Ok(n) if range.contains(&n) => Ok(n),
        _ => Err(format!(
            "it must be a whole number from {} to {}",
            range.start(),
            range.end()
        )),
    }
}

pub fn yes_or_no(text: &str) -> Result<bool, Right> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("it must be true or false".to_owned()),
    }
}

pub fn address(text: &str) -> Result<SocketAddr, Right> {
    let right = "it must be an address and a port, like 127.0.0.1:3000 or [::1]:3000";
    text.parse().map_err(|_| right.to_owned())
}

/// The site's public address; `None` for a bare machine name, which says nothing about how the site is reached.
pub fn public_address(text: &str) -> Result<Option<PublicAddress>, Right> {
    let bare_name = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && text != "localhost";
    if bare_name {
        return Ok(None);
    }
    let right = "it must be the site's address, like https://music.example.org, with no path";
    PublicAddress::parse(text)
        .map(Some)
        .ok_or_else(|| right.to_owned())
}

pub fn host(text: &str) -> Result<String, Right> {
    let right = "it must be a host, like echone.st, with no path";
    PublicAddress::parse(text)
        .map(|a| a.host().to_owned())
        .ok_or_else(|| right.to_owned())
}

pub fn secret_key(text: &str) -> Result<Secret, Right> {
    /// 32 characters of even the plainest alphabet are out of reach of guessing.
    const SHORTEST: usize = 32;
    if text.len() < SHORTEST {
        return Err(format!("it must have at least {SHORTEST} characters"));
    }
    Ok(Secret::new(text))
}

pub fn email_address(text: &str) -> Result<Secret, Right> {
    let looks_right = text
        .split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'));
    if looks_right && !text.contains(char::is_whitespace) {
        Ok(Secret::new(text.to_lowercase()))
    } else {
        Err("it must be an e-mail address".to_owned())
    }
}

pub fn redis_url(text: &str) -> Result<Secret, Right> {
    const SCHEMES: [&str; 4] = ["redis://", "rediss://", "unix://", "redis+unix://"];
    if SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(Secret::new(text))
    } else {
        Err("it must begin with redis://, rediss:// or unix://".to_owned())
    }
}

/// Pairs like `genre=35,throwback=30`.
pub fn weights(text: &str) -> Result<Weights, Right> {
    text.parse()
        .map_err(|right: WeightsError| format!("it must be {right}"))
}

/// A name of the IANA database.
pub fn time_zone(text: &str) -> Result<HouseZone, Right> {
    text.parse().map_err(|_: HouseZoneError| {
        "it must be the name of a time zone, like Europe/Stockholm or UTC".to_owned()
    })
}

/// A country by its two letters, in upper case.
pub fn market(text: &str) -> Result<String, Right> {
    match text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        true => Ok(text.to_ascii_uppercase()),
        false => Err("it must be a country's two letters, like SE".to_owned()),
    }
}

/// An address that secrets are sent to: encrypted, or on this machine itself.
pub fn service_url(text: &str) -> Result<String, Right> {
    const ON_THIS_MACHINE: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
    let local = text.strip_prefix("http://").is_some_and(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
        ON_THIS_MACHINE.contains(&name)
    });
    let remote = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
    // "http://localhost:x@elsewhere" would lead elsewhere.
    let misleading = |c: char| c.is_whitespace() || matches!(c, '@' | '?' | '#');
    match (local || remote) && !text.contains(misleading) {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err("it must be an address that begins with https://".to_owned()),
    }
}

/// The address of a page, for people to follow.
pub fn web_address(text: &str) -> Result<String, Right> {
    let is_page = text.parse::<Uri>().is_ok_and(|address| {
        let is_web = matches!(address.scheme_str(), Some("http" | "https"));
        // "https://known.example@elsewhere" would lead elsewhere.
        is_web
            && address
                .authority()
                .is_some_and(|host| !host.as_str().contains('@'))
    });
    match is_page {
        true => Ok(text.to_owned()),
        false => Err("it must be the address of a page, like https://example.org/plans".to_owned()),
    }
}

/// Whatever it says.
pub fn text(text: &str) -> Result<String, Right> {
    Ok(text.to_owned())
}
