//! Covers, and what stands in where a track has none.

use leptos::either::Either;
use leptos::prelude::*;
use nests::track::Track;

use crate::reading::initials;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverSize {
    /// 40 px, in the seed list.
    Small,
    /// 48 px, in rows.
    Normal,
    /// 420 px, on the stage.
    Large,
}

/// The hue of what has none of its own.
pub const PLAIN_HUE: u16 = 210;

#[component]
pub fn Cover(track: Track, size: CoverSize) -> impl IntoView {
    let (class, pixels) = match size {
        CoverSize::Small => ("cover cover--small", "40"),
        CoverSize::Normal => ("cover", "48"),
        CoverSize::Large => ("cover cover--large", "420"),
    };
    let is_large = size == CoverSize::Large;
    let source = if is_large {
        track.big_img.or(track.img)
    } else {
        track.img
    };
    match source {
        Some(source) => {
            let alt = if is_large {
                format!("Cover of {}", track.title)
            } else {
                String::new()
            };
            let loading = if is_large { "eager" } else { "lazy" };
            Either::Left(
                view! { <img class=class src=source width=pixels height=pixels alt=alt loading=loading/> },
            )
        }
        None => {
            let hue = format!("--hue: {}", track.hue.unwrap_or(PLAIN_HUE));
            Either::Right(view! {
                <span class=format!("{class} cover--blank") style=hue aria-hidden="true">
                    <span class="cover__initials">{initials(&track.title)}</span>
                </span>
            })
        }
    }
}
