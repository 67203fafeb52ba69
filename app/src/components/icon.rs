//! The one set of icons: 24 by 24, one path each, drawn with the same stroke by `style/_icon.scss`.
//! Icons are decoration: the words, or the label of the control around them, are somebody else's.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Bender,
    Check,
    Clock,
    Close,
    Copy,
    Down,
    Headphones,
    Heart,
    HeartFilled,
    Home,
    Keyboard,
    Link,
    More,
    Mute,
    Nest,
    Note,
    Palette,
    Pause,
    People,
    Play,
    Plus,
    Qr,
    Restart,
    Search,
    SignOut,
    Skip,
    Trash,
    Undo,
    Up,
    Volume,
    Warning,
}

impl IconName {
    /// The icon as the `d` of a single SVG path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Bender => {
                "M12 2.8v3.7M7.5 6.5h9a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-9a3 3 0 0 1-3-3v-7a3 3 0 0 1 3-3z\
                 M9 10.5v1.2M15 10.5v1.2M9 15.5h6M2 11.5v3M22 11.5v3"
            }
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Clock => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Copy => {
                "M10.5 8.5h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2z\
                 M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"
            }
            Self::Down => "M5.5 9l6.5 6.5L18.5 9",
            Self::Headphones => {
                "M4 16v-4a8 8 0 0 1 16 0v4M4 15.5a2 2 0 0 1 2-2h1.5v6H6a2 2 0 0 1-2-2z\
                 M20 15.5a2 2 0 0 0-2-2h-1.5v6H18a2 2 0 0 0 2-2z"
            }
            Self::Heart | Self::HeartFilled => {
                "M12 20s-7.3-4.5-8.8-9.3c-1-3.4 1.2-6.2 4.2-6.2 2 0 3.6 1.1 4.6 2.8 1-1.7 2.6-2.8 4.6-2.8 \
                 3 0 5.2 2.8 4.2 6.2C19.3 15.5 12 20 12 20z"
            }
            Self::Home => "M4 11l8-7 8 7M6 9.5v10h12v-10M10 19.5v-5h4v5",
            Self::Keyboard => {
                "M4.5 6h15a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z\
                 M6.5 10h.01M10.2 10h.01M13.8 10h.01M17.5 10h.01M8 14h8"
            }
            Self::Link => {
                "M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7l-1.2 1.2\
                 M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.2-1.2"
            }
            Self::More => {
                "M5 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4zM12 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4z\
                 M19 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4z"
            }
            Self::Mute => "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5",
            Self::Nest => {
                "M2.5 11.5a9.5 9.5 0 0 0 19 0M6.5 11.5a5.5 5.5 0 0 0 11 0\
                 M12 3.5c1.6 0 2.8 2 2.8 3.9a2.8 2.8 0 0 1-5.6 0c0-1.9 1.2-3.9 2.8-3.9z"
            }
            Self::Note => {
                "M9 17.5V5.8l10.5-2.3v12M9 17.5a2.7 2.4 0 1 1-5.4 0 2.7 2.4 0 0 1 5.4 0z\
                 M19.5 15.5a2.7 2.4 0 1 1-5.4 0 2.7 2.4 0 0 1 5.4 0z"
            }
            Self::Palette => {
                "M12 3.5a8.5 8.5 0 1 0 0 17c1.4 0 2-.9 2-1.9 0-1.3-1-1.6-1-2.8 0-.9.7-1.6 1.7-1.6h2.1c2.1 0 \
                 3.7-1.6 3.7-3.6 0-4-3.8-7.1-8.5-7.1zM7.5 11.5h.01M10 7.7h.01M14.5 7.7h.01"
            }
            Self::Pause => "M7 5h2.8v14H7zM14.2 5H17v14h-2.8z",
            Self::People => {
                "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c0-3.2 2.9-5.3 6.5-5.3s6.5 2.1 6.5 5.3\
                 M15.8 4.9a3.5 3.5 0 0 1 0 6.2M18 14.7c2.1.8 3.5 2.6 3.5 4.8"
            }
            Self::Play => "M7 4.8v14.4L19 12z",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Qr => "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v2.5M14 20h2.5M20 20h.01",
            Self::Restart => "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15",
            Self::Search => "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
            Self::SignOut => {
                "M14 4.5H6.5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"
            }
            Self::Skip => "M6 5.5v13L16 12zM19 5.5v13",
            Self::Trash => {
                "M4.5 6.5h15M9.5 6.5V5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v1.5M6.5 6.5l.8 12a1.6 1.6 0 0 0 1.6 1.5h6.2\
                 a1.6 1.6 0 0 0 1.6-1.5l.8-12M10.5 10.5v5.5M13.5 10.5v5.5"
            }
            Self::Undo => "M8.5 5.5l-4 4 4 4M4.5 9.5H14a5 5 0 0 1 0 10H9",
            Self::Up => "M5.5 15L12 8.5l6.5 6.5",
            Self::Volume => "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
            Self::Warning => "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::HeartFilled | Self::Play | Self::Pause => "icon icon--filled",
            _ => "icon",
        }
    }
}

#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        <svg class=name.class() aria-hidden="true" viewBox="0 0 24 24">
            <path d=name.path() />
        </svg>
    }
}
