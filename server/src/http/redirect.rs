//! Leading a browser on, and only ever to this site.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `next` if it is a path of this site: one slash at the start, and nothing that a browser would read as another host.
pub fn same_site(next: &str) -> Option<&str> {
    let leads_away = next.starts_with("//") || next.contains('\\') || next.contains(char::is_control);
    (next.starts_with('/') && !leads_away).then_some(next)
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

    #[test]
    fn whatever_the_path_is_the_header_holds_it() {
        let location = |path: &str| see_other(path).headers()[header::LOCATION].clone();
        assert_eq!(location("/nest/ä b"), "/nest/%C3%A4%20b");
        assert_eq!(query_value("/nest/X?q=a&b"), "/nest/X%3Fq%3Da%26b");
    }
}
