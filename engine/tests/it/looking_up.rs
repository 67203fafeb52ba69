//! What one person has looked up at sources outside the house, by pastes and seeds, is bounded; what the house knows is not.

use std::time::{Duration, Instant};

use engine::pasting::{AlbumsWished, Understood};
use engine::{EngineError, NewNest};
use nests::nest::NestRef;
use nests::wire::{ErrorBody, ErrorCode};
use standin::spotify::Spotify as Standin;

use crate::spotify::with;
use crate::support::{House, person};

/// As many pieces as one paste may have.
const SHEET: usize = 200;
/// After a sheet at once, one look-up more in this time.
const EVERY: Duration = Duration::from_millis(600);
const PUT_OFF: &str = "That is more than can be looked up at once. Paste the rest again in ";

async fn open() -> (Standin, House) {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    (standin, house)
}

async fn understood(house: &House, by: &str, text: &str) -> Understood {
    let (by, albums) = (person(by), AlbumsWished::new());
    let asked = house.engine.understand(None, &by, text, &albums).await;
    asked.expect("understood")
}

/// Titles that no source has.
fn invented(paste: &str) -> String {
    let lines = (0..SHEET).map(|n| format!("qxjw{paste} vvkz{n}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// In how many seconds the rest may be pasted again, by each row that was put off.
fn waits(understood: &Understood) -> Vec<u32> {
    let why = understood.rows.iter().filter_map(|row| row.brings.as_ref().err());
    let waits = why.filter_map(|why| why.strip_prefix(PUT_OFF)?.strip_suffix(" s."));
    waits.map(|wait| wait.parse().expect("seconds")).collect()
}

fn seeded(seed: &str) -> NewNest {
    NewNest {
        name: None,
        seed_track: Some(seed.to_owned()),
    }
}

/// Two pastes took Spotify from the whole house: each invented title was a call, as often as somebody liked.
#[tokio::test]
async fn two_sheets_of_invented_titles_cost_little_more_than_one_and_the_second_says_when_to_go_on() {
    let (standin, house) = open().await;
    let begun = Instant::now();
    let first = understood(&house, "anna", &invented("a")).await;
    assert_eq!((first.rows.len(), waits(&first).len()), (SHEET, 0));
    let second = understood(&house, "anna", &invented("b")).await;
    let worked_off = begun.elapsed().div_duration_f64(EVERY) as usize + 1;
    let waits_of_second = waits(&second);
    assert!(
        second.rows.len() == SHEET && waits_of_second.len() >= SHEET - worked_off,
        "{} put off, {worked_off} worked off",
        waits_of_second.len()
    );
    let enough = (SHEET as f64 * EVERY.as_secs_f64()).ceil() as u32;
    assert!(
        waits_of_second
            .iter()
            .all(|wait| *wait == waits_of_second[0] && *wait <= enough),
        "one wait for all of them: {waits_of_second:?}"
    );
    let calls = standin.take_seen().len();
    // Beside the one for a token.
    assert!(calls <= 1 + SHEET + worked_off, "{calls} calls");

    let mixed = format!("{}\nSong 7\nspotify:track:0000000000000000000000", house.track(0));
    let third = understood(&house, "anna", &mixed).await;
    assert_eq!(third.count(), 2, "the library's goes on: {:?}", third.rows);
    assert_eq!(
        waits(&understood(&house, "ben", &invented("c")).await),
        [0_u32; 0],
        "others have their own"
    );
}

#[tokio::test]
async fn what_the_house_remembers_is_looked_up_as_often_as_one_likes() {
    let (standin, house) = open().await;
    let links = standin.catalogue().tracks.iter().take(60);
    let links: Vec<String> = links.map(|track| format!("spotify:track:{}", track.id)).collect();
    let paste = links.join(" ");
    for turn in 0..5 {
        let understood = understood(&house, "anna", &paste).await;
        assert_eq!(waits(&understood), [0_u32; 0], "turn {turn}");
    }
}

#[tokio::test]
async fn artists_count_as_the_calls_that_they_cost() {
    let (standin, house) = open().await;
    let artists = (0..60).map(|n| format!("spotify:artist:{n:022}"));
    let understood = understood(&house, "anna", &artists.collect::<Vec<_>>().join(" ")).await;
    let waits = waits(&understood);
    assert!(
        (5..=10).contains(&waits.len()),
        "a list and three albums each: {waits:?}"
    );
    assert!(standin.take_seen().len() <= SHEET);
}

#[tokio::test]
async fn a_seed_is_looked_up_within_the_same_bound_and_only_where_a_nest_can_be_built() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(|settings| {
        with(&standin)(settings);
        settings.nest_max_active = 1;
    })
    .await;
    let seed = "spotify:track:0000000000000000000000";
    understood(&house, "anna", &invented("a")).await;
    standin.take_seen();
    // A sheet takes so long that a few look-ups are worked off meanwhile.
    let mut tired = None;
    for _ in 0..SHEET / 10 {
        match house.engine.create_nest(&person("anna"), seeded(seed)).await {
            Ok(card) => {
                let nest = NestRef::parse(card.nest_id.as_str()).expect("a nest");
                let deleted = house.engine.delete_nest(&person("anna"), &nest).await;
                deleted.expect("deleted");
            }
            Err(error) => tired = Some(error),
        }
    }
    let tired = tired.expect("too many at once");
    let told = ErrorBody::from(&tired);
    assert_eq!((told.error, told.retry_after), (ErrorCode::RateLimited, Some(1)));
    let at_home = seeded(house.track(0).as_str());
    house
        .engine
        .create_nest(&person("anna"), at_home)
        .await
        .expect("the library's seed asks nobody");
    standin.take_seen();
    let full = house.engine.create_nest(&person("ben"), seeded(seed)).await;
    assert!(matches!(full, Err(EngineError::NestLimit(1, _))), "{full:?}");
    assert_eq!(
        standin.take_seen(),
        [],
        "nobody is asked for a nest that can't be"
    );
}
