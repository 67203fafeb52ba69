//! Names and titles that a page could take for its own markup: they are shown, and never run.

use nests::nest::NestId;
use serde_json::json;

use super::support::{Browser, House};

/// Ends the element it stands in and begins a script.
const SCRIPT: &str = "</script><script>alert(1)</script>";
/// Ends the attribute it stands in, and the element.
const IMAGE: &str = "\"><img src=x onerror=alert(1)>";
/// Ends the title of a page, where a nest's name stands.
const TITLE: &str = "</title><script>alert(1)</script>";
/// The same for nicknames, which have 24 characters: as forms send them, and as people see them.
const SCRIPT_SENT: &str = "%3C%2Fscript%3E%3Cscript%3Eb%28%29";
const SCRIPT_NICKNAME: &str = "</script><script>b()";
const IMAGE_SENT: &str = "%22%3E%3Cimg+src%3Dx+onerror%3Db%3E";
const IMAGE_NICKNAME: &str = "\"><img src=x onerror=b>";

/// As the text of a page shows it.
fn as_text(raw: &str) -> String {
    raw.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// As the data that a room's page carries in a script element has it.
fn as_data(raw: &str) -> String {
    raw.replace('"', "\\\"").replace('<', "\\u003c")
}

/// A page on which `shown` stand as text and `carried` as data, and nothing of it raw.
async fn is_harmless(browser: &Browser, path: &str, shown: &[&str], carried: &[&str]) {
    let page = browser.visit(path).await.expect(200).text();
    assert_eq!(page.matches("</title>").count(), 1, "{path}: the title ends once");
    for raw in ["<script>alert", "<script>b()", "<img src=x"] {
        let around = page.find(raw).map(|at| {
            let start = page.floor_char_boundary(at.saturating_sub(200));
            &page[start..page.ceil_char_boundary(at + 100)]
        });
        assert_eq!(around, None, "{path}: {raw}");
    }
    for raw in shown {
        assert!(page.contains(&as_text(raw)), "{path} shows {raw}: {page}");
    }
    for raw in carried {
        assert!(page.contains(&as_data(raw)), "{path} carries {raw}: {page}");
    }
}

/// In the nest one song has played, one plays and one waits, each with both in its facts; and each person brought one that is seen.
async fn an_evening(house: &House, nest: &str, anna: &Browser, ben: &Browser) {
    let id = NestId::parse(nest).expect("an id");
    let socket = if id.is_main() {
        "/socket/".to_owned()
    } else {
        format!("/socket/{nest}")
    };
    let mut tab = house.tab_at(anna, &socket).await;
    let commands = format!("/api/nests/{nest}/commands");
    let add = async |who: &Browser, title: &str| {
        let track = house.track_called(title).await;
        who.post(&commands, json!({"add": {"track": track}}))
            .await
            .expect(200);
    };
    add(anna, SCRIPT).await;
    tab.event_that(|change| change.get("started").is_some()).await;
    add(ben, IMAGE).await;
    let playing = house.state.engine.snapshot(&id).await.expect("it is awake");
    let song = playing
        .playing
        .as_ref()
        .expect("it plays")
        .queued
        .song
        .id
        .to_string();
    anna.post(&commands, json!({"skip": {"song": song}}))
        .await
        .expect(200);
    tab.event_that(|change| change.get("started").is_some()).await;
    add(anna, SCRIPT).await;
}

#[tokio::test]
async fn a_name_or_a_title_that_is_a_script_is_shown_as_words_on_every_page() {
    let house = House::open().await;
    house.bring_music(&[(IMAGE, SCRIPT), (SCRIPT, IMAGE)]).await;
    let (anna, ben) = (house.guest(SCRIPT_SENT).await, house.guest(IMAGE_SENT).await);
    let everybody = [SCRIPT, IMAGE, SCRIPT_NICKNAME, IMAGE_NICKNAME];
    let played = [SCRIPT, IMAGE, SCRIPT_NICKNAME];
    let mut nests = vec!["main".to_owned()];
    let names = [TITLE, IMAGE];
    for name in names {
        nests.push(anna.build(name).await);
    }
    for nest in &nests {
        an_evening(&house, nest, &anna, &ben).await;
        let page = if nest == "main" {
            "/".to_owned()
        } else {
            format!("/nest/{nest}")
        };
        for who in [&anna, &ben] {
            is_harmless(who, &page, &everybody, &everybody).await;
            is_harmless(who, &format!("/nest/{nest}/history"), &played, &[]).await;
        }
    }
    is_harmless(&anna, "/nests", &names, &[]).await;
    is_harmless(&anna, "/join", &names, &[]).await;
    for nest in &nests[1..] {
        is_harmless(&anna, &format!("/nest/{nest}/settings"), &[], &[]).await;
    }
}
