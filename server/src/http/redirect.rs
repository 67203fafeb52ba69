//! Leading a browser on, and only ever to this site.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::same_origin;
use crate::config::public_address::PublicAddress;
use crate::state::AppState;

/// The longest way on that is handed on, in bytes: a search in a nest fits, escaped, in any letters that two bytes hold. What
/// is longer is kept nowhere, least of all in the store while somebody is at Spotify.
pub const LONGEST_WAY: usize = 2_000;

/// `next` if it is a path of this site: one slash at the start, nothing that a browser would read as another host, and not
/// beyond [`LONGEST_WAY`].
pub fn same_site(next: &str) -> Option<&str> {
    let leads_away = next.starts_with("//") || next.contains('\\') || next.contains(char::is_control);
    (next.starts_with('/') && !leads_away && next.len() <= LONGEST_WAY).then_some(next)
}

/// Takes away a `Referer` of another site: Leptos leads whoever calls a server function as a form does back to it.
pub async fn back_to_this_site(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if !came_from_here(request.headers(), &state.house.public_address) {
        request.headers_mut().remove(header::REFERER);
    }
    next.run(request).await
}

/// Whether all that the request says of where it comes from is a page of ours.
fn came_from_here(headers: &HeaderMap, ours: &PublicAddress) -> bool {
    let is_ours = |referer: &HeaderValue| {
        let page = referer.to_str().ok().and_then(|page| page.parse::<Uri>().ok());
        let origin = page.as_ref().and_then(|page| {
            let is_web = page
                .scheme_str()
                .is_some_and(|scheme| matches!(scheme, "http" | "https"));
            is_web.then(|| Some(format!("{}://{}", page.scheme_str()?, page.authority()?)))?
        });
        origin.is_some_and(|origin| same_origin::is_ours(&origin, headers, ours))
    };
    headers.get_all(header::REFERER).iter().all(is_ours)
}

/// After a form: go there with GET.
pub fn see_other(path: &str) -> Response {
    to(StatusCode::SEE_OTHER, path)
}

/// It is over there, for now.
pub fn found(path: &str) -> Response {
    to(StatusCode::FOUND, path)
}

fn to(status: StatusCode, path: &str) -> Response {
    let location = HeaderValue::from_str(&ascii(path)).unwrap_or(HeaderValue::from_static("/"));
    (status, [(header::LOCATION, location)]).into_response()
}

/// Escapes what a header cannot hold, and nothing else.
fn ascii(path: &str) -> String {
    escape(path, |byte| byte.is_ascii_graphic())
}

/// Escapes everything that means something in a query.
pub fn query_value(text: &str) -> String {
    escape(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte)
    })
}

fn escape(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let escaped = |byte: u8| {
        if stays(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The older program sent people wherever a link told it to.
    #[test]
    fn fault_open_redirects() {
        let good = ["/", "/nest/X7K2P?q=a", "/friday-vibes", "/nest/ä"];
        assert!(good.iter().all(|next| same_site(next) == Some(next)));
        let bad = [
            "",
            "nest",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "javascript:alert(1)",
        ];
        for next in bad {
            assert_eq!(same_site(next), None, "{next:?}");
        }
    }

    /// A server function that changes nothing led whoever was sent to it by another site right back there.
    #[test]
    fn fault_open_redirects_by_the_page_before() {
        let ours = PublicAddress::parse("https://music.example.org").expect("an address");
        let from_here = |referer: &'static str| {
            let host = (header::HOST, HeaderValue::from_static("127.0.0.1:3000"));
            let referer = (header::REFERER, HeaderValue::from_static(referer));
            came_from_here(&HeaderMap::from_iter([host, referer]), &ours)
        };
        for page in [
            "http://127.0.0.1:3000/",
            "http://127.0.0.1:3000/nest/X7K2P?q=a",
            "https://127.0.0.1:3000/nest/X7K2P",
            "https://music.example.org/nest/X7K2P",
        ] {
            assert!(from_here(page), "{page}");
        }
        for page in [
            "",
            "/nest/X7K2P",
            "//evil.example/",
            "https://evil.example/",
            "http://evil.example/127.0.0.1:3000",
            "http://127.0.0.1:3000@evil.example/",
            "http://evil.example@127.0.0.1:3000/",
            "http://127.0.0.1:3000.evil.example/",
            "http://127.0.0.1:3001/",
            "http://music.example.org/",
            "ftp://127.0.0.1:3000/",
        ] {
            assert!(!from_here(page), "{page}");
        }
        assert!(
            came_from_here(&HeaderMap::new(), &ours),
            "and who says nothing has nothing taken away"
        );
    }

    #[test]
    fn a_way_on_has_an_end() {
        let way = |length: usize| format!("/{}", "a".repeat(length - 1));
        assert!(same_site(&way(LONGEST_WAY)).is_some());
        assert_eq!(same_site(&way(LONGEST_WAY + 1)), None);
    }

    #[test]
    fn whatever_the_path_is_the_header_holds_it() {
        let location = |path: &str| see_other(path).headers()[header::LOCATION].clone();
        assert_eq!(location("/nest/ä b"), "/nest/%C3%A4%20b");
        assert_eq!(query_value("/nest/X?q=a&b"), "/nest/X%3Fq%3Da%26b");
    }
}
