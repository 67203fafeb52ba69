//! What a screen shows of a nest: what plays and the next few songs. A pure picture of a snapshot, and its HTML.

use std::fmt::Write as _;

use nests::playback::Playing;
use nests::text::clock_face;
use nests::time::Millis;
use nests::track::Track;
use nests::wire::Snapshot;

/// Songs announced.
const NEXT: usize = 5;
/// The wash behind a song whose cover has no colour, as an OKLCH hue.
const PLAIN_HUE: u16 = 264;

/// Equal pictures look the same on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Picture {
    Awake(Box<Scene>),
    /// By the nest's name.
    Asleep(String),
}

impl Picture {
    pub(super) fn of(nest: &Snapshot) -> Self {
        Self::Awake(Box::new(Scene::of(nest)))
    }

    /// The page's `<main>`, as of `now`.
    pub(super) fn html(&self, now: Millis) -> String {
        match self {
            Self::Awake(scene) => scene.html(now),
            Self::Asleep(name) => format!(
                "<div class=\"tv__stage\"><p class=\"tv__nest\">{}</p><section class=\"tv__now\"><div><h1>Asleep.</h1>\
                 <p>This screen wakes with the nest.</p></div></section></div>",
                escape(name)
            ),
        }
    }
}

/// Equal scenes look the same on the screen, but for the song's progress, which moves by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    name: String,
    playing: Option<Playing>,
    next: Vec<(Track, String)>,
    /// How many wait beyond those.
    more: usize,
}

impl Scene {
    fn of(nest: &Snapshot) -> Self {
        let ordered = nest.ordered();
        let next = ordered.iter().take(NEXT).map(|placed| &placed.queued.song);
        Self {
            name: nest.nest.name.as_str().to_owned(),
            playing: nest.playing.clone(),
            next: next
                .map(|song| (song.track.clone(), song.user.name.clone()))
                .collect(),
            more: ordered.len().saturating_sub(NEXT),
        }
    }

    fn html(&self, now: Millis) -> String {
        let hue = self
            .playing
            .as_ref()
            .and_then(|p| p.queued.song.track.hue)
            .unwrap_or(PLAIN_HUE);
        format!(
            "<div class=\"tv__stage\" style=\"--hue:{hue}\"><p class=\"tv__nest\">{}</p>{}{}</div>",
            escape(&self.name),
            self.playing
                .as_ref()
                .map_or_else(quiet, |playing| stage(playing, now)),
            self.next_songs()
        )
    }

    fn next_songs(&self) -> String {
        if self.next.is_empty() {
            return String::new();
        }
        let mut rows = String::new();
        for (track, who) in &self.next {
            // Writing to a String cannot fail.
            write!(
                rows,
                "<li><span class=\"tv__row-title\">{}</span> <span class=\"tv__row-artist\">{}</span> <span class=\"tv__row-who\">{}</span></li>",
                escape(&track.title),
                escape(&track.artist),
                escape(who)
            )
            .unwrap_or_default();
        }
        let more = match self.more {
            0 => String::new(),
            more => format!("<p class=\"tv__more\">and {more} more</p>"),
        };
        format!("<section class=\"tv__next\"><h2>Up next</h2><ol>{rows}</ol>{more}</section>")
    }
}

fn quiet() -> String {
    "<section class=\"tv__now\"><div><h1>Quiet in here.</h1><p>Scan the code and bring a song.</p></div></section>".to_owned()
}

fn stage(playing: &Playing, now: Millis) -> String {
    let song = &playing.queued.song;
    let (track, length) = (&song.track, playing.duration_ms());
    let cover = track.big_img.as_ref().or(track.img.as_ref()).map_or_else(
        || "<span class=\"tv__cover\"></span>".to_owned(),
        |img| format!("<img class=\"tv__cover\" src=\"{}\" alt=\"\">", escape(img)),
    );
    let paused = playing.paused_at.is_some();
    // A style sheet's animation moves the bar from here on: no script counts seconds.
    let bar = format!(
        "animation-duration:{length}ms;animation-delay:-{}ms;animation-play-state:{}",
        playing.position_ms(now),
        if paused { "paused" } else { "running" }
    );
    format!(
        "<section class=\"tv__now\">{cover}<div><p class=\"tv__state\">{}</p><h1>{}</h1><p class=\"tv__artist\">{}</p>\
         <p class=\"tv__who\">brought by {}</p><div class=\"tv__bar\"><i style=\"{bar}\"></i></div>\
         <p class=\"tv__length\">{}</p></div></section>",
        if paused { "Paused" } else { "Now playing" },
        escape(&track.title),
        escape(&track.artist),
        escape(&song.user.name),
        clock_face(length)
    )
}

pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the older program a title could carry a script.
    #[test]
    fn fault_stored_scripts_in_titles() {
        assert_eq!(escape("<script>'\"&"), "&lt;script&gt;&#39;&quot;&amp;");
    }
}
