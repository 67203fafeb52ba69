//! How links of ours begin: as the settings say, or else by the host that the request itself was sent to, which whoever
//! asks can reach.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use nests::wire::directory::NestCard;

use crate::state::House;

/// The host that the links of this request's answer begin with; `None`: the one of the settings.
pub fn told_by_request(house: &House, headers: &HeaderMap) -> Option<String> {
    if house.address_is_told {
        return None;
    }
    let host: Authority = headers.get(header::HOST)?.to_str().ok()?.parse().ok()?;
    let is_plain = !host.as_str().contains('@');
    is_plain.then(|| host.as_str().to_owned())
}

/// The short link of a nest, with its scheme.
pub fn short_link(house: &House, headers: &HeaderMap, card: NestCard) -> String {
    match told_by_request(house, headers) {
        Some(host) => card.at_host(&host).short_link(),
        None => card.short_link(),
    }
}
