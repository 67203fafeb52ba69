//! Pasting many links: a field for them, the sheet that shows what they mean before anything is added, and one's own
//! playlists to choose from. Plain HTML.

use engine::pasting::{MAX_TRACKS, MoreAlbums, Offer, Understood};
use engine::source::spotify::{PlaylistCard, PlaylistPage};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use nests::paste::{MAX_CHARS, MAX_PIECES};
use nests::text::clock_face;
use nests::wire::ErrorCode;

use super::out_of_order::in_place_of_the_page;
use crate::components::cover::{Cover, CoverSize};
use crate::components::nest_bar::PlainBar;
use crate::components::notice::{FieldError, Notice};
use crate::paths;
use crate::reading::counted;
use crate::server_fns::pasting::{OwnPlaylists, Sheet, sheet_of};

/// Characters that are shown of a line that can't be added.
const LINE_SHOWN: usize = 120;
const ROWS_TO_PASTE_INTO: &str = "8";
const ROWS_BELOW_A_SHEET: &str = "3";
/// Characters of a paste that come along while one connects an account; longer ones are pasted again.
const MAX_TEXT_ON_THE_WAY: usize = 1_000;

/// Keeps the number on the button right while ticks come and go, also those that a browser restores by itself.
const COUNT_TICKS: &str = "{const s=document.getElementById('sheet'),b=s.querySelector('[data-counts]'),\
    c=()=>{const n=s.querySelectorAll('[name=\"track[]\"]:checked').length;\
    b.textContent=n==1?'Add 1 track':`Add ${n} tracks`;b.disabled=!n};\
    s.addEventListener('change',c);addEventListener('pageshow',c);c()}";

#[component]
pub fn PastePage() -> impl IntoView {
    let nest = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    Suspend::new(async move {
        match sheet_of(&nest).await {
            Ok(sheet) => view! { <Pasting sheet/> }.into_any(),
            // Its own page says since when, and who can wake it.
            Err(refused) if refused.0.error == ErrorCode::NestAsleep => {
                leptos_axum::redirect(&format!("/nest/{nest}"));
                ().into_any()
            }
            Err(refused) => in_place_of_the_page(refused),
        }
    })
}

#[component]
fn Pasting(sheet: Sheet) -> impl IntoView {
    let name = sheet.card.name.as_str().to_owned();
    let back = paths::nest(&sheet.card.nest_id);
    let (understood, wrong) = match &sheet.understood {
        Some(Ok(understood)) => (Some(understood), None),
        Some(Err(wrong)) => (None, Some(wrong.clone())),
        None => (None, None),
    };
    let has_sheet = understood.is_some();
    let shown = understood.map(|understood| what_is_understood(&sheet, understood).into_any());
    let field = view! {
        <LookUp
            address=paths::paste(&sheet.card.nest_id)
            // Beside a sheet there is room for the next paste; what is wrong can be mended where it stands.
            text=if has_sheet { String::new() } else { sheet.text.clone() }
            wrong
            has_sheet
        />
    };
    view! {
        <Title text=format!("Paste songs into {name} · EchoNest")/>
        <PlainBar/>
        <main class="page page--list">
            <section class="card card--wide">
                <h1 class="card__title">{format!("Paste songs into {name}")}</h1>
                <Notice text=Signal::stored(sheet.notice.clone())/>
                {shown}
                {field}
                {own_playlists(&sheet)}
                <div class="card__acts"><a class="button button--quiet" href=back>{format!("Back to {name}")}</a></div>
            </section>
        </main>
    }
}

#[component]
fn LookUp(address: String, text: String, wrong: Option<String>, has_sheet: bool) -> impl IntoView {
    let invalid = wrong.is_some().then_some("true");
    let (label, rows, class) = match has_sheet {
        true => ("Paste something else", ROWS_BELOW_A_SHEET, "button"),
        false => (
            "Paste Spotify links or library links, one or many",
            ROWS_TO_PASTE_INTO,
            "button button--accent",
        ),
    };
    // One more than fits: whoever pastes too much is told so, instead of losing the end of it without a word.
    let longest = (MAX_CHARS + 1).to_string();
    view! {
        <form class="card__form" method="post" action=address>
            <div class="field">
                <label class="field__label" for="paste-text">{label}</label>
                <textarea
                    class="field__input sheet__text"
                    id="paste-text"
                    name="text"
                    rows=rows
                    maxlength=longest
                    required
                    spellcheck="false"
                    aria-invalid=invalid
                    aria-describedby="paste-hint paste-error"
                >{text}</textarea>
                <p class="field__hint" id="paste-hint">
                    "Tracks, albums, artists, episodes and your own playlists, in any mixture; titles work as well, one on a line."
                </p>
                <FieldError id="paste-error" text=Signal::stored(wrong)/>
            </div>
            <button class=class>"Look them up"</button>
        </form>
    }
}

/// One heading of the sheet and the tracks below it.
#[derive(Default)]
struct Part {
    heading: Option<String>,
    note: Option<String>,
    offers: Vec<Offer>,
    more: Option<MoreAlbums>,
}

/// Albums each under their name, and the single tracks between two albums together.
fn parts(understood: &Understood) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for brought in understood.rows.iter().filter_map(|row| row.brings.as_ref().ok()) {
        for group in &brought.groups {
            match parts.last_mut() {
                Some(last) if last.heading.is_none() && group.heading.is_none() => {
                    last.offers.extend(group.offers.iter().cloned());
                }
                _ => parts.push(Part {
                    heading: group.heading.clone(),
                    note: group.note.clone(),
                    offers: group.offers.clone(),
                    more: None,
                }),
            }
        }
        if let Some(last) = parts.last_mut() {
            last.more = brought.more.clone();
        }
    }
    parts
}

fn own_playlists(sheet: &Sheet) -> Option<AnyView> {
    let id = &sheet.card.nest_id;
    // Where a line of the sheet says what connecting helps, the way there stands below it.
    let is_said_above = matches!(&sheet.understood, Some(Ok(understood)) if understood.connecting_helps());
    Some(match &sheet.own {
        OwnPlaylists::NotConnected if !is_said_above => {
            connect(sheet, "Connect your Spotify to choose from your playlists").into_any()
        }
        OwnPlaylists::NotSetUp | OwnPlaylists::NotConnected => return None,
        OwnPlaylists::Unasked => {
            let address = paths::own_playlists(id, 0);
            view! { <a class="button button--wide" href=address>"Choose from your playlists"</a> }.into_any()
        }
        OwnPlaylists::Page(page) => playlists(sheet, page).into_any(),
        OwnPlaylists::Trouble(why) => view! { <Notice text=Signal::stored(Some(why.clone()))/> }.into_any(),
    })
}

/// The way to one's account, and back to what was pasted.
fn connect(sheet: &Sheet, words: &'static str) -> impl IntoView + use<> {
    let id = &sheet.card.nest_id;
    let back = match sheet.text.as_str() {
        text if text.is_empty() || text.chars().count() > MAX_TEXT_ON_THE_WAY => paths::paste(id),
        text => paths::paste_of(id, text),
    };
    // A nest may have an app of its own to connect by.
    let way = match id.is_main() {
        true => paths::spotify(&back),
        false => paths::hear_on_the_way(id, &back),
    };
    view! { <a class="button button--wide" href=way>{words}</a> }
}

fn playlists(sheet: &Sheet, page: &PlaylistPage) -> impl IntoView + use<> {
    let id = &sheet.card.nest_id;
    let row = |playlist: &PlaylistCard| {
        let address = paths::paste_of(id, &format!("spotify:playlist:{}", playlist.id));
        let name = match playlist.name.as_str() {
            "" => "A playlist without a name".to_owned(),
            name => name.to_owned(),
        };
        let entries = playlist
            .entries
            .map(|count| counted(count as usize, "track", "tracks"));
        view! {
            <li>
                <a class="sheet__playlist" href=address>
                    <span>{name}</span>
                    <span class="sheet__pasted">{entries}</span>
                </a>
            </li>
        }
    };
    let rows: Vec<_> = page.playlists.iter().map(row).collect();
    let none = rows
        .is_empty()
        .then(|| view! { <p class="card__text">"None of the playlists here is yours."</p> });
    let turn = |offset: Option<usize>, words: &'static str| {
        offset.map(|offset| view! { <a class="button" href=paths::own_playlists(id, offset)>{words}</a> })
    };
    view! {
        <section class="sheet" id="playlists">
            <h2 class="card__subtitle">"Your playlists"</h2>
            {none}
            <ul class="sheet__lines">{rows}</ul>
            <div class="card__acts">
                {turn(page.previous(), "The playlists before")}
                {turn(page.next(), "More playlists")}
            </div>
        </section>
    }
}

fn what_is_understood(sheet: &Sheet, understood: &Understood) -> impl IntoView + use<> {
    let has_tracks = understood.offers().next().is_some();
    let cut = understood.cut.then(|| {
        let bounds = format!("A paste brings at most {MAX_TRACKS} tracks from {MAX_PIECES} links or lines. The rest was left out.");
        view! { <p class="notice">{bounds}</p> }
    });
    let nothing = understood
        .rows
        .is_empty()
        .then(|| view! { <p class="card__text">"There is no link and no title in that."</p> });
    view! {
        {cut}
        {nothing}
        {has_tracks.then(|| tracks(sheet, understood))}
        {left_out(sheet, understood)}
    }
}

fn tracks(sheet: &Sheet, understood: &Understood) -> impl IntoView + use<> {
    let parts = parts(understood);
    let has_albums = parts.iter().any(|part| part.heading.is_some());
    let asks_for_more = parts.iter().any(|part| part.more.is_some());
    let count = understood.count();
    let can_be_added = match count {
        0 => "Nothing of it can be added now".to_owned(),
        count => counted(count, "track can be added", "tracks can be added"),
    };
    let address = paths::paste(&sheet.card.nest_id);
    let parts = parts
        .into_iter()
        .map(|part| view_of(part, sheet, has_albums, &address));
    let parts = parts.collect::<Vec<_>>();
    view! {
        <form class="sheet" id="sheet" method="post" action=paths::form::ADD_TICKED>
            <input type="hidden" name="nest" value=sheet.card.nest_id.to_string()/>
            {asks_for_more.then(|| memory(sheet, understood))}
            <div class="sheet__head">
                <h2 class="card__subtitle">{can_be_added}</h2>
                {(count > 0).then(|| view! { <button class="button button--accent" data-counts="">"Add ticked tracks"</button> })}
            </div>
            {parts}
        </form>
        {(count > 0).then(|| view! { <script nonce=use_nonce() inner_html=COUNT_TICKS></script> })}
    }
}

/// What the page must be asked with again, so that more albums change nothing else on it.
fn memory(sheet: &Sheet, understood: &Understood) -> impl IntoView + use<> {
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value/> };
    let open = understood.offers().filter(|offer| offer.hindrance.is_none());
    let offered: Vec<_> = open
        .map(|offer| hidden("offered[]", offer.track.uri.to_string()))
        .collect();
    let wished: Vec<_> = sheet
        .wished
        .iter()
        .map(|(artist, albums)| hidden("more[]", format!("{artist}:{albums}")))
        .collect();
    view! {
        {hidden("text", sheet.text.clone())}
        {wished}
        {offered}
    }
}

fn view_of(part: Part, sheet: &Sheet, has_albums: bool, address: &str) -> impl IntoView + use<> {
    let heading = part
        .heading
        .or_else(|| has_albums.then(|| "Single tracks".to_owned()));
    let rows: Vec<_> = part
        .offers
        .into_iter()
        .map(|offer| {
            let is_ticked = offer.hindrance.is_none() && sheet.is_ticked(&offer.track.uri);
            row(offer, is_ticked)
        })
        .collect();
    let more = part.more.map(|more| {
        let words = format!("Show more albums ({} of {} shown)", more.shown, more.total);
        let wish = format!("{}:{}", more.artist, more.wish());
        view! {
            <button class="button" name="more[]" value=wish formaction=address.to_owned() formnovalidate>{words}</button>
        }
    });
    view! {
        {heading.map(|heading| view! { <h3 class="sheet__heading">{heading}</h3> })}
        {part.note.map(|note| view! { <p class="field__hint">{note}</p> })}
        <ul class="sheet__tracks">{rows}</ul>
        {more}
    }
}

fn row(offer: Offer, is_ticked: bool) -> impl IntoView {
    let Offer { track, hindrance } = offer;
    let is_off = hindrance.is_some();
    let source = track.uri.source().title();
    let facts = format!("{} · {} · {source}", track.artist, clock_face(track.duration_ms));
    view! {
        <li>
            <label class="hit" data-off=is_off.then_some("")>
                <Cover track=track.clone() size=CoverSize::Normal/>
                <span class="hit__text">
                    <span class="hit__title">{track.title}</span>
                    <span class="hit__artist">{facts}</span>
                </span>
                {hindrance.map(|why| view! { <span class="hit__lands">{why}</span> })}
                <span class="hit__act">
                    <input
                        class="check__box"
                        type="checkbox"
                        name="track[]"
                        value=track.uri.to_string()
                        checked=is_ticked
                        disabled=is_off
                    />
                </span>
            </label>
        </li>
    }
}

fn left_out(sheet: &Sheet, understood: &Understood) -> Option<impl IntoView + use<>> {
    let lines = understood.rows.iter().filter_map(|row| {
        let why = row.brings.as_ref().err()?.clone();
        let line = shortened(&row.text);
        Some(view! { <li class="sheet__line"><span class="sheet__pasted">{line}</span><span>{why}</span></li> })
    });
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="sheet">
                <h2 class="card__subtitle">"What could not be added"</h2>
                <ul class="sheet__lines">{lines}</ul>
                {understood.connecting_helps().then(|| connect(sheet, "Connect your Spotify"))}
            </section>
        }
    })
}

/// As it was pasted, as far as it fits.
fn shortened(line: &str) -> String {
    match line.char_indices().nth(LINE_SHOWN) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_SHOWN, shortened};

    #[test]
    fn a_line_is_shown_as_it_was_pasted_as_far_as_it_fits() {
        assert_eq!(shortened("https://example.org/a"), "https://example.org/a");
        let long = shortened(&"ü".repeat(LINE_SHOWN + 1));
        assert_eq!(long, format!("{}…", "ü".repeat(LINE_SHOWN)));
    }
}
