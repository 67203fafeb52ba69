//! The cookie that holds a session's id, signed so that made-up ones never reach the store. What it holds is also the
//! token that programs send.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, CookieJar, Key, SameSite};
use engine::SessionId;

use crate::config::secret::Secret;

/// As long as the engine keeps a session.
const LIFETIME: Duration = Duration::days(30);
const NAME: &str = "nests_session";
/// Over https browsers then refuse the cookie from any other host or over plain http.
const NAME_OVER_HTTPS: &str = "__Host-nests_session";

pub struct SessionCookies {
    key: Key,
    https: bool,
}

impl SessionCookies {
    /// `secret` has at least 32 characters; the settings see to that.
    pub fn new(secret: &Secret, https: bool) -> Self {
        let key = Key::derive_from(secret.expose().as_bytes());
        Self { key, https }
    }

    fn name(&self) -> &'static str {
        if self.https { NAME_OVER_HTTPS } else { NAME }
    }

    /// The session that the request's cookie names, if we signed it.
    pub fn read(&self, headers: &HeaderMap) -> Option<SessionId> {
        let sent = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let ours = sent
            .flat_map(Cookie::split_parse)
            .flatten()
            .filter(|cookie| cookie.name() == self.name());
        self.session_in(ours.last()?.value())
    }

    /// The session that the value of such a cookie names, if we signed it.
    pub fn session_in(&self, value: &str) -> Option<SessionId> {
        let mut jar = CookieJar::new();
        jar.add_original(Cookie::new(self.name(), value.to_owned()));
        SessionId::parse(jar.signed(&self.key).get(self.name())?.value())
    }

    /// For `Set-Cookie`: `None` only if the signature could not be written as a header, which base64 always can.
    pub fn issue(&self, session: &SessionId) -> Option<HeaderValue> {
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key)
            .add(self.cookie(session.expose().to_owned(), LIFETIME));
        let signed = jar.get(self.name())?;
        HeaderValue::from_str(&signed.to_string()).ok()
    }

    /// Puts the session's cookie into an answer, for another whole [`LIFETIME`]; an answer that says itself what becomes of the
    /// cookie, as at signing in or out, keeps its word. What carries a cookie is kept by its browser alone.
    pub fn renew(&self, session: &SessionId, answer: &mut HeaderMap) {
        let ours = |set: &HeaderValue| {
            let set = set.to_str().ok().and_then(|set| set.split_once('='));
            set.is_some_and(|(name, _)| name == self.name())
        };
        if answer.get_all(header::SET_COOKIE).iter().any(ours) {
            return;
        }
        let Some(cookie) = self.issue(session) else {
            return;
        };
        answer.append(header::SET_COOKIE, cookie);
        let caching = answer
            .get(header::CACHE_CONTROL)
            .and_then(|value| value.to_str().ok());
        if !caching.is_some_and(|caching| caching.contains("private") || caching.contains("no-store")) {
            answer.insert(
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, no-cache"),
            );
        }
    }

    /// For `Set-Cookie`: forgets the session's cookie.
    pub fn withdraw(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.cookie(String::new(), Duration::ZERO).to_string()).ok()
    }

    fn cookie(&self, value: String, lifetime: Duration) -> Cookie<'static> {
        Cookie::build((self.name(), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.https)
            .max_age(lifetime)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(key: &str, https: bool) -> SessionCookies {
        SessionCookies::new(&Secret::new(key.repeat(32)), https)
    }

    fn session() -> SessionId {
        SessionId::parse(&"ab".repeat(32)).expect("a session id")
    }

    fn sent_back(set_cookie: &HeaderValue) -> HeaderMap {
        let text = set_cookie.to_str().expect("text");
        let pair = text.split(';').next().expect("a pair").to_owned();
        let value = HeaderValue::from_str(&format!("theme=wren; {pair}")).expect("a header");
        HeaderMap::from_iter([(header::COOKIE, value)])
    }

    #[test]
    fn a_cookie_comes_back_as_the_session_it_was_issued_for() {
        let cookies = cookies("k", false);
        let set = cookies.issue(&session()).expect("a cookie");
        assert_eq!(cookies.read(&sent_back(&set)), Some(session()));
        let text = set.to_str().expect("text");
        let (_, value) = text
            .split_once(';')
            .and_then(|(pair, _)| pair.split_once('='))
            .expect("a value");
        assert_eq!(cookies.session_in(value), Some(session()), "as a token, too");
    }

    #[test]
    fn a_renewed_cookie_is_kept_by_its_browser_alone_and_never_undoes_what_an_answer_decides() {
        let cookies = cookies("k", false);
        let renewed = |sent: &[(header::HeaderName, &str)]| {
            let pair = |(name, value): &(header::HeaderName, &str)| {
                (name.clone(), HeaderValue::from_str(value).expect("a header"))
            };
            let mut answer = HeaderMap::from_iter(sent.iter().map(pair));
            cookies.renew(&session(), &mut answer);
            let text = |name| {
                answer
                    .get(name)
                    .map(|value| value.to_str().expect("text").to_owned())
            };
            let set = answer.get_all(header::SET_COOKIE).iter().count();
            (set, text(header::CACHE_CONTROL).unwrap_or_default())
        };
        let caching = |value| [(header::CACHE_CONTROL, value)];
        for (is, becomes) in [
            ("public, max-age=3600", "private, no-cache"),
            ("private, max-age=3600", "private, max-age=3600"),
            ("no-store", "no-store"),
        ] {
            assert_eq!(renewed(&caching(is)), (1, becomes.to_owned()), "{is}");
        }
        assert_eq!(renewed(&[]).1, "private, no-cache");
        assert_eq!(renewed(&[(header::SET_COOKIE, "nests_tv=ab; Path=/")]).0, 2);
        let goodbye = "nests_session=; Path=/; Max-Age=0";
        assert_eq!(renewed(&[(header::SET_COOKIE, goodbye)]), (1, String::new()));
    }

    #[test]
    fn a_cookie_signed_with_another_key_or_changed_names_nobody() {
        let set = cookies("a", false).issue(&session()).expect("a cookie");
        assert_eq!(cookies("b", false).read(&sent_back(&set)), None);
        let forged = format!("nests_session={}", "ab".repeat(32));
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&forged).expect("text"))]);
        assert_eq!(cookies("a", false).read(&headers), None, "an unsigned id");
    }

    #[test]
    fn scripts_and_other_sites_cannot_use_it_and_over_https_nobody_can_overhear_it() {
        let plain = cookies("k", false).issue(&session()).expect("a cookie");
        let over_https = cookies("k", true).issue(&session()).expect("a cookie");
        let attributes = |value: &HeaderValue| {
            value
                .to_str()
                .expect("text")
                .split_once(';')
                .map(|(_, a)| a.to_owned())
        };
        assert_eq!(
            attributes(&plain).as_deref(),
            Some(" HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000")
        );
        assert_eq!(
            attributes(&over_https).as_deref(),
            Some(" HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2592000")
        );
        assert!(over_https.to_str().is_ok_and(|text| text.starts_with("__Host-")));
    }
}
