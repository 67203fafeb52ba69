//! The nine themes: their names, and the cookie that keeps the choice so that the server already draws it.

/// A colour theme, named for a bird. Its colours are in `style/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// As in `<html data-theme>` and in the cookie.
    pub key: &'static str,
    pub name: &'static str,
}

const fn theme(key: &'static str, name: &'static str) -> Theme {
    Theme { key, name }
}

/// The first one is what a new visitor sees.
pub const THEMES: [Theme; 9] = [
    theme("midnight-robin", "Midnight Robin"),
    theme("wren", "Wren"),
    theme("goldfinch", "Goldfinch"),
    theme("cardinal", "Cardinal"),
    theme("kingfisher", "Kingfisher"),
    theme("magpie", "Magpie"),
    theme("flamingo", "Flamingo"),
    theme("swallow", "Swallow"),
    theme("dove", "Dove"),
];

const COOKIE: &str = "theme";
const COOKIE_SECONDS: u32 = 400 * 24 * 60 * 60; // the longest a browser keeps one

impl Theme {
    pub fn parse(key: &str) -> Option<Self> {
        THEMES.into_iter().find(|theme| theme.key == key)
    }

    /// The theme that a `Cookie` header (or `document.cookie`) names, or the first one.
    pub fn of_cookies(cookies: &str) -> Self {
        let values = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        let mut named = values
            .filter(|(name, _)| *name == COOKIE)
            .filter_map(|(_, key)| Self::parse(key));
        named.next().unwrap_or(THEMES[0])
    }

    /// What to assign to `document.cookie`. Not secret, so scripts may write it.
    pub fn cookie(self) -> String {
        format!(
            "{COOKIE}={}; Path=/; Max-Age={COOKIE_SECONDS}; SameSite=Lax",
            self.key
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_brings_the_chosen_theme_back() {
        for theme in THEMES {
            let written = theme.cookie();
            let pair = written.split(';').next().unwrap_or_default();
            assert_eq!(Theme::of_cookies(&format!("session=x.y; {pair}; other=1")), theme);
        }
    }

    #[test]
    fn a_missing_or_made_up_theme_is_the_first() {
        for cookies in ["", "theme=", "theme=<script>", "mytheme=wren"] {
            assert_eq!(Theme::of_cookies(cookies), THEMES[0], "{cookies}");
        }
    }
}
