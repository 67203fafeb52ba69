//! Where a request comes from, for counting and for nothing else.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;

/// The other end of the connection; the listener puts it into each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The visitor's address: the peer's, or what a proxy on this machine says it is.
pub struct ClientAddress(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<Peer>()
            .map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.0);
        Ok(Self(behind_proxy(peer, &parts.headers).unwrap_or(peer)))
    }
}

/// Only a proxy on this machine is believed, and only its own entry: the last one. The others are whatever the visitor
/// wrote there.
fn behind_proxy(peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    if !peer.is_loopback() {
        return None;
    }
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()?
        .to_str()
        .ok()?;
    forwarded.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_and_only_its_own_entry() {
        let forwarded = |text: &'static str| {
            HeaderMap::from_iter([(
                axum::http::HeaderName::from_static("x-forwarded-for"),
                axum::http::HeaderValue::from_static(text),
            )])
        };
        let (here, elsewhere) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([198, 51, 100, 7]));
        let table = [
            (
                here,
                forwarded("203.0.113.9"),
                Some(IpAddr::from([203, 0, 113, 9])),
            ),
            (
                here,
                forwarded("1.1.1.1, 203.0.113.9"),
                Some(IpAddr::from([203, 0, 113, 9])),
            ),
            (here, forwarded("nonsense"), None),
            (here, HeaderMap::new(), None),
            (elsewhere, forwarded("203.0.113.9"), None),
        ];
        for (peer, headers, expected) in table {
            assert_eq!(behind_proxy(peer, &headers), expected, "{peer} {headers:?}");
        }
    }
}
