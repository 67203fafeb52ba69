//! The paste sheet: what it shows of a paste, what it adds, and what it refuses. All of it without a script.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Method;
use nests::wire::ErrorCode;
use serde_json::Value;
use standin::spotify::listeners::ANNA;
use standin::spotify::{Mood, Spotify};

use super::support::restful::{drowsy_house, fall_asleep};
use super::support::{Answer, Browser, House};
use super::{accounts, spotify};

const MAIN: &str = "/nest/main/paste";

/// What stands in the page's main part, as somebody reads it: a line for each text, `[x]`, `[ ]` or `[-]` (can't be ticked)
/// for each box.
pub fn read(page: &str) -> String {
    let main = page.split_once("<main").expect("a page").1;
    let main = main.split_once("</main>").expect("a whole page").0;
    let mut lines: Vec<String> = Vec::new();
    for part in main.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        let mark = match (
            tag.contains("type=\"checkbox\""),
            tag.contains(" disabled"),
            tag.contains(" checked"),
        ) {
            (false, ..) => None,
            (true, true, false) => Some("[-]"),
            (true, false, true) => Some("[x]"),
            (true, false, false) => Some("[ ]"),
            (true, true, true) => Some("[!] a tick that nobody can take away"),
        };
        lines.extend(mark.map(str::to_owned));
        let is_text = !tag.starts_with("script") && !tag.starts_with('!') && !text.trim().is_empty();
        lines.extend(is_text.then(|| text.trim().to_owned()));
    }
    lines.join("\n")
}

pub fn encoded(text: &str) -> String {
    let byte = |b: u8| match b.is_ascii_alphanumeric() {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

async fn look_up(who: &Browser, text: &str) -> String {
    let form = format!("text={}", encoded(text));
    who.post_form(MAIN, &form).await.expect(200).text()
}

async fn add(who: &Browser, nest: &str, tracks: &[String]) -> Answer {
    let ticked: String = tracks
        .iter()
        .map(|track| format!("&track%5B%5D={}", encoded(track)))
        .collect();
    who.post_form("/api/fn/add_ticked", &format!("nest={nest}{ticked}"))
        .await
}

fn waiting(queue: &Value) -> Vec<&str> {
    let songs = queue["songs"].as_array().expect("songs");
    songs.iter().filter_map(|song| song["trackid"].as_str()).collect()
}

/// The n-th track of the stand-in.
fn uri(spotify: &Spotify, n: usize) -> String {
    format!("spotify:track:{}", spotify.catalogue().tracks[n].id)
}

#[tokio::test]
async fn the_sheet_shows_what_was_understood_and_what_could_not_be_added() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await;
    let music = spotify.catalogue();
    let paste = [
        format!("https://open.spotify.com/track/{}?si=abc", music.tracks[30].id),
        house.track(1).await, // waits already
        uri(&spotify, 23),    // not in this country
        format!("spotify:album:{}", music.albums[0].id),
        format!("spotify:episode:{}", music.episodes[0].id),
        format!("https://open.spotify.com/playlist/{}", music.playlists[0].id),
        "spotify:track:0000000000000000000000".to_owned(),
        "https://spotify.link/abc".to_owned(),
        format!("https://www.youtube.com/watch?v={}", "x".repeat(200)),
        "<script>alert(1)</script>".to_owned(),
    ]
    .join("\n");
    let before = house.everything().await;
    let page = look_up(&anna, &paste).await;
    insta::assert_snapshot!("sheet", read(&page).replace(&house.track(1).await, "[library]"));
    assert!(!page.contains("<script>alert"), "what was pasted stays text");
    assert!(
        page.contains("getElementById('sheet')") && !page.contains("<script>"),
        "every script carries a nonce"
    );
    let path = format!("{MAIN}?text={}", encoded(&paste));
    let by_link = anna.visit(&path).await.expect(200).text();
    assert_eq!(read(&by_link), read(&page), "a link leads to the same sheet");
    assert_eq!(house.everything().await, before, "nothing is queued by looking");
}

#[tokio::test]
async fn without_a_paste_there_is_a_field_for_one_and_nothing_else() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    insta::assert_snapshot!("empty", read(&anna.visit(MAIN).await.expect(200).text()));
    let dashes = look_up(&anna, "---").await;
    assert!(
        dashes.contains("There is no link and no title in that."),
        "{dashes}"
    );
}

#[tokio::test]
async fn what_is_ticked_is_added_in_its_order_and_the_room_says_so() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await;
    let tracks = [uri(&spotify, 3), house.track(2).await, uri(&spotify, 1)];
    let answer = add(&anna, "main", &tracks).await.expect(302);
    assert_eq!(answer.header("location"), "/?told=3%20tracks%20added.");
    let queue = anna.get("/queue/").await.json();
    assert_eq!(waiting(&queue)[1..], tracks);
    let own = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
    let room = anna.ask(answer.header("location"), &own).await.expect(200).text();
    let notice = room.split_once("data-kind=\"good\"").expect("good news").1;
    assert!(
        notice
            .split("</p>")
            .next()
            .is_some_and(|notice| notice.contains("3 tracks added."))
    );
    let from_elsewhere = [("sec-fetch-site", "cross-site"), ("accept", "text/html")];
    let room = anna
        .ask(answer.header("location"), &from_elsewhere)
        .await
        .expect(200)
        .text();
    assert!(
        !room.contains("3 tracks added."),
        "another site's link puts no words into ours"
    );
}

#[tokio::test]
async fn a_program_is_told_what_became_of_each() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await;
    let fields = [uri(&spotify, 0), uri(&spotify, 11), house.track(1).await];
    let fields: String = fields.iter().map(|track| format!("&track[]={track}")).collect();
    let answer = anna
        .call("add_ticked", &format!("nest=main{fields}"))
        .await
        .expect(200);
    insta::assert_json_snapshot!("each", answer.json(), {"[2].track" => "[library]"});
}

#[tokio::test]
async fn a_full_queue_takes_what_fits_and_says_for_how_many_it_was_full() {
    let house = House::open_with(&[("NEST_MAX_QUEUE_DEPTH", "1")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = &anna.build("Small").await;
    let mut tab = house.tab_at(&anna, &format!("/socket/{code}")).await;
    add(&anna, code, &[house.track(0).await]).await.expect(302);
    tab.event_that(|change| change.get("started").is_some()).await;
    let mut tracks = Vec::new();
    for n in 1..=3 {
        tracks.push(house.track(n).await);
    }
    let answer = add(&anna, code, &tracks).await.expect(302);
    let place = format!("/nest/{code}?error=");
    assert!(
        answer.header("location").starts_with(&place),
        "{}",
        answer.header("location")
    );
    let room = anna.visit(answer.header("location")).await.expect(200).text();
    let words = "1 track added. 2 not added: This nest's queue is full: it holds 1 song.";
    assert!(room.contains(words), "{}", answer.header("location"));
}

#[tokio::test]
async fn a_source_that_hangs_or_fails_takes_nothing_from_the_rest_of_the_sheet() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    let paste = format!("{}\n{}", house.track(1).await, uri(&spotify, 0));
    for (mood, why) in [
        (Mood::Overloaded, "Spotify can't be reached right now."),
        (
            Mood::Slow(Duration::from_secs(60)),
            "Spotify took too long to answer.",
        ),
    ] {
        spotify.be(mood);
        let begun = Instant::now();
        let page = look_up(&anna, &paste).await;
        assert!(
            begun.elapsed() < Duration::from_secs(9),
            "{mood:?}: {:?}",
            begun.elapsed()
        );
        assert!(page.contains("1 track can be added"), "{mood:?}");
        assert!(page.contains(why), "{mood:?}: {}", read(&page));
    }
}

#[tokio::test]
async fn an_artists_further_albums_are_shown_when_asked_for_and_ticks_stay_as_they_were() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    let artist = &spotify.catalogue().long_career().id;
    let paste = format!("spotify:artist:{artist}");
    let first = look_up(&anna, &paste).await;
    assert!(
        first.contains("Show more albums (3 of 8 shown)"),
        "{}",
        read(&first)
    );
    assert!(first.contains(&format!("value=\"{artist}:6\"")) && first.contains(MAIN));
    assert_eq!(read(&first).matches("[x]").count(), 6);
    // As a browser sends the form: the first of the six unticked.
    let uris: Vec<&str> = first.split("name=\"offered[]\" value=\"").skip(1).collect();
    let uris: Vec<&str> = uris.iter().filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(uris.len(), 6);
    let offered: String = uris.iter().map(|uri| format!("&offered%5B%5D={uri}")).collect();
    let ticked: String = uris[1..]
        .iter()
        .map(|uri| format!("&track%5B%5D={uri}"))
        .collect();
    let form = format!(
        "nest=main&text={}{offered}{ticked}&more%5B%5D={artist}%3A6",
        encoded(&paste)
    );
    let second = anna.post_form(MAIN, &form).await.expect(200).text();
    let marks = read(&second);
    assert_eq!(
        (marks.matches("[ ]").count(), marks.matches("[x]").count()),
        (1, 11),
        "{marks}"
    );
    assert!(second.contains("Show more albums (6 of 8 shown)"));
    let added = anna.post_form("/api/fn/add_ticked", &form).await.expect(302);
    assert_eq!(
        added.header("location"),
        "/?told=5%20tracks%20added.",
        "the whole form may be sent there"
    );
}

#[tokio::test]
async fn the_sheet_is_for_people_who_came_in_and_for_nests_that_are_awake() {
    let house = drowsy_house(&[], |_| {}).await;
    let stranger = house.stranger();
    let link = format!("{MAIN}?text=jazz");
    let sent = stranger.visit(&link).await.expect(303);
    assert_eq!(
        sent.header("location"),
        "/login?next=/nest/main/paste%3Ftext%3Djazz"
    );
    let sent = stranger.post_form(MAIN, "text=jazz").await.expect(303);
    assert_eq!(sent.header("location"), "/login?next=/nest/main/paste");
    let fields = format!("nest=main&track[]={}", house.track(0).await);
    let answer = stranger.call("add_ticked", &fields).await;
    answer.refused(401, ErrorCode::Unauthenticated);

    let anna = house.guest("Anna").await;
    anna.visit("/nest/ZZZZZ/paste").await.expect(404);
    let code = &anna.build("Sleepy").await;
    let by_name = anna.visit("/nest/sleepy/paste").await.expect(200).text();
    assert!(
        by_name.contains(&format!("action=\"/nest/{code}/paste\"")),
        "{by_name}"
    );
    fall_asleep(&house, code).await;
    let asleep = anna.visit(&format!("/nest/{code}/paste")).await.expect(302);
    assert_eq!(asleep.header("location"), format!("/nest/{code}"));
}

#[tokio::test]
async fn what_is_wrong_with_a_paste_is_named_and_changes_nothing() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await;
    let before = house.everything().await;
    let text = "a ".repeat(10_001);
    let too_long = look_up(&anna, &text).await;
    let error = too_long
        .split_once("id=\"paste-error\"")
        .expect("an error at the field")
        .1;
    let error = error.split("</p>").next().unwrap_or_default();
    assert!(
        error.contains("A paste has at most 20000 characters; this one has 20001."),
        "{error}"
    );
    let field = too_long.split_once("<textarea").expect("a field").1;
    let (tag, rest) = field.split_once('>').expect("a tag");
    assert!(tag.contains("aria-invalid=\"true\""), "{tag}");
    let kept = rest.split("</textarea>").next();
    assert!(kept == Some(text.as_str()), "it can be mended where it stands");

    let track = house.track(2).await;
    let many = format!("nest=main{}", format!("&track[]={track}").repeat(201));
    for fields in [
        "nest=main".to_owned(),
        "nest=main&track[]=library:../../etc".to_owned(),
        many,
    ] {
        let error = anna
            .call("add_ticked", &fields)
            .await
            .refused(400, ErrorCode::InvalidRequest);
        assert_eq!(error.field.as_deref(), Some("track"), "{fields:.60}");
    }
    anna.call("add_ticked", &format!("nest=ZZZZZ&track[]={track}"))
        .await
        .refused(404, ErrorCode::NotFound);

    let foreign = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://evil.example"),
    ];
    for path in [MAIN, "/api/fn/add_ticked"] {
        let body = Body::from(format!("nest=main&text=jazz&track[]={track}"));
        anna.send(Method::POST, path, &foreign, body)
            .await
            .refused(403, ErrorCode::Forbidden);
    }
    let json = [("content-type", "application/json")];
    let answer = anna.send(Method::POST, MAIN, &json, Body::from("{}")).await;
    answer.refused(415, ErrorCode::InvalidRequest);
    assert_eq!(house.everything().await, before);
}

#[tokio::test]
async fn whoever_pastes_a_playlist_without_an_account_is_led_to_connect_it_and_back_to_the_paste() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    let id = &spotify.catalogue().playlists[0].id;
    let page = look_up(&anna, &format!("spotify:playlist:{id}")).await;
    assert!(
        page.contains("If it is yours, connect your Spotify first."),
        "{}",
        read(&page)
    );
    let back = format!("/nest/main/paste%3Ftext%3Dspotify%253Aplaylist%253A{id}");
    assert!(page.contains(&format!("href=\"/spotify?next={back}\"")), "{page}");
    let way_on = accounts::connect(&spotify, &anna, ANNA, &back).await;
    assert_eq!(way_on, format!("/spotify?why=connected&next={back}"));
    let sheet = look_up(&anna, &format!("spotify:playlist:{id}")).await;
    assert!(
        read(&sheet).contains("Rainy Fridays · Anna Listens"),
        "{}",
        read(&sheet)
    );
}

#[tokio::test]
async fn ones_own_playlists_can_be_chosen_from_without_a_link() {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = spotify::open(&spotify).await;
    let anna = house.guest("Anna").await;
    let not_yet = anna.visit(MAIN).await.expect(200).text();
    assert!(not_yet.contains(r#"href="/spotify?next=/nest/main/paste""#));
    accounts::connect(&spotify, &anna, ANNA, "%2F").await;
    spotify.take_seen();
    let page = anna.visit(MAIN).await.expect(200).text();
    assert!(page.contains("Choose from your playlists"), "{}", read(&page));
    assert_eq!(spotify.take_seen(), [], "nobody asks before they are wanted");
    let list = anna
        .visit("/nest/main/paste?playlists=0")
        .await
        .expect(200)
        .text();
    insta::assert_snapshot!("own_playlists", read(&list));
    let id = &spotify.catalogue().playlists[4].id;
    let link = format!("/nest/main/paste?text=spotify%3Aplaylist%3A{id}");
    assert!(list.contains(&format!("href=\"{link}\"")), "{list}");
    let sheet = read(&anna.visit(&link).await.expect(200).text());
    assert!(
        sheet.contains("Kitchen Duty · Ben Listens") && sheet.contains("2 tracks can be added"),
        "{sheet}"
    );
    spotify.be(Mood::Overloaded);
    let broken = anna
        .visit("/nest/main/paste?playlists=nonsense")
        .await
        .expect(200)
        .text();
    assert!(broken.contains("Choose from your playlists"));
    let broken = anna
        .visit("/nest/main/paste?playlists=0")
        .await
        .expect(200)
        .text();
    assert!(
        broken.contains("Spotify can't be reached right now."),
        "{}",
        read(&broken)
    );
}

#[tokio::test]
async fn the_search_offers_the_sheet_for_links_and_not_for_words() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let link = "https://open.spotify.com/album/4uLU6hMCjMI75M1A2tKUQC";
    let offered = anna
        .visit(&format!("/?q={}", encoded(link)))
        .await
        .expect(200)
        .text();
    let form = offered.split_once("id=\"to-sheet\"").expect("the way there").1;
    let (tag, form) = form.split_once('>').expect("a tag");
    assert!(tag.contains(MAIN) && !tag.contains("hidden"), "{tag}");
    assert!(
        form.split("</form>")
            .next()
            .is_some_and(|form| form.contains(&format!("value=\"{link}\"")))
    );
    let words = anna.visit("/?q=glass").await.expect(200).text();
    let tag = words
        .split_once("id=\"to-sheet\"")
        .expect("it is there, unseen")
        .1;
    assert!(
        tag.split('>').next().is_some_and(|tag| tag.contains("hidden")),
        "{tag:.200}"
    );
    assert!(
        words.contains(&format!("href=\"{MAIN}\"")),
        "the menu leads there as well"
    );
}
