//! What each kind of trouble with Spotify turns into, and that the queue and the library go on.

use std::time::{Duration, Instant};

use engine::source::SourceError;
use engine::{SpotifySecret, SpotifySettings};
use nests::nest::NestId;
use nests::track::TrackUri;
use nests::wire::{Command, ErrorBody, ErrorCode};
use standin::spotify::{CLIENT_ID, CLIENT_SECRET, Mood, Spotify as Standin};

use super::{log, open, said, spotify, uri, with};
use crate::support::{House, person};

/// One that only Sweden may play.
const RESTRICTED: usize = 11;

#[tokio::test]
async fn wrong_credentials_are_said_plainly_and_tried_once() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(|settings| {
        with(&standin)(settings);
        if let Some(spotify) = &mut settings.spotify {
            spotify.client_secret = SpotifySecret::new("a wrong one");
        }
    })
    .await;
    for n in 0..5 {
        assert_eq!(
            spotify(&house).track(&uri(&standin, n)).await,
            Err(SourceError::Refused)
        );
    }
    assert_eq!(
        log(&standin),
        "POST /api/token by a stranger with grant_type=client_credentials -> 400"
    );
    let error = house
        .act(
            &NestId::main(),
            "anna",
            Command::Add {
                track: uri(&standin, 0),
            },
        )
        .await;
    insta::assert_snapshot!(said(error), @"Spotify does not accept this house's credentials. Whoever runs it can check them.");
    house.add(&NestId::main(), "anna", 0).await;
}

#[tokio::test]
async fn each_trouble_has_its_clear_answer_and_the_next_call_finds_spotify_well_again() {
    let (standin, house) = open().await;
    let table = [
        (Mood::Overloaded, SourceError::Unavailable),
        (Mood::Garbled, SourceError::Unavailable),
        (Mood::Endless, SourceError::Unavailable),
        (Mood::Slow(Duration::from_secs(30)), SourceError::TimedOut),
    ];
    spotify(&house).track(&uri(&standin, 0)).await.expect("a track");
    for (n, (mood, expected)) in table.into_iter().enumerate() {
        standin.be(mood);
        assert_eq!(
            spotify(&house).track(&uri(&standin, n + 1)).await,
            Err(expected),
            "{mood:?}"
        );
        standin.be(Mood::Well);
        spotify(&house)
            .track(&uri(&standin, n + 1))
            .await
            .expect("it is well again");
    }
}

#[tokio::test]
async fn with_spotify_down_the_library_goes_on() {
    let house = House::open_with(|settings| {
        settings.spotify = Some(SpotifySettings {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SpotifySecret::new(CLIENT_SECRET),
            market: "US".to_owned(),
            // The port of "discard": nobody listens.
            api_url: "http://127.0.0.1:9/v1".to_owned(),
            accounts_url: "http://127.0.0.1:9".to_owned(),
            sdk_url: "http://127.0.0.1:9/player.js".to_owned(),
        });
    })
    .await;
    let track = TrackUri::parse("spotify:track:4uLU6hMCjMI75M1A2tKUQC").expect("a URI");
    assert_eq!(spotify(&house).track(&track).await, Err(SourceError::Unavailable));
    house.add(&NestId::main(), "anna", 0).await;
}

#[tokio::test]
async fn whoever_adds_a_track_while_its_source_is_in_trouble_is_told_which_source_that_is() {
    let (standin, house) = open().await;
    let main = NestId::main();
    spotify(&house).track(&uri(&standin, 0)).await.expect("a track");
    let add = async |track: TrackUri| {
        let refused = house.act(&main, "anna", Command::Add { track }).await;
        ErrorBody::from(refused.expect_err("it can't be looked up"))
    };
    standin.be(Mood::Overloaded);
    let down = add(uri(&standin, 1)).await;
    assert_eq!(
        (down.error, down.message.as_str()),
        (ErrorCode::NotFound, "Spotify can't be reached right now.")
    );
    let many = [house.track(0), uri(&standin, 1)].to_vec();
    let outcomes = house.engine.add_all(&main, &person("ben"), many).await;
    let outcomes = outcomes.expect("the nest is there");
    assert!(outcomes[0].done.is_ok(), "{outcomes:?}");
    assert_eq!(outcomes[1].done, Err(down));
    standin.be(Mood::Slow(Duration::from_secs(30)));
    let hangs = add(uri(&standin, 2)).await;
    assert_eq!(hangs.message, "Spotify took too long to answer. Try again.");
    standin.be(Mood::Well);
    for (track, message) in [
        (
            TrackUri::parse("spotify:track:0000000000000000000000").expect("a URI"),
            "Spotify doesn't have that.",
        ),
        (TrackUri::library(404), "The library doesn't have that."),
    ] {
        let unknown = add(track).await;
        assert_eq!(
            (unknown.error, unknown.field.as_deref(), unknown.message.as_str()),
            (ErrorCode::NotFound, Some("track"), message)
        );
    }
    standin.allow_calls(0, 7);
    let limited = add(uri(&standin, 3)).await;
    assert_eq!(
        (limited.error, limited.retry_after),
        (ErrorCode::RateLimited, Some(7))
    );
    assert_eq!(limited.message, "Spotify needs a break; again in 7 s.");
}

#[tokio::test]
async fn a_house_without_spotify_says_so() {
    let house = House::open().await;
    let track = TrackUri::parse("spotify:track:4uLU6hMCjMI75M1A2tKUQC").expect("a URI");
    let error = house.act(&NestId::main(), "anna", Command::Add { track }).await;
    insta::assert_snapshot!(said(error), @"Spotify is not set up in this house.");
}

#[tokio::test]
async fn what_may_not_be_played_here_is_refused_in_words_and_leaves_the_queue_alone() {
    let (standin, house) = open().await;
    let main = NestId::main();
    let before = house.snapshot(&main).await;
    for _ in 0..2 {
        let error = house
            .act(
                &main,
                "anna",
                Command::Add {
                    track: uri(&standin, RESTRICTED),
                },
            )
            .await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(said(error), @"That track is not available in your country.");
        }
    }
    assert_eq!(house.snapshot(&main).await, before);
    let tracks = standin
        .seen()
        .iter()
        .filter(|seen| seen.path.starts_with("/v1/tracks/"))
        .count();
    assert_eq!(tracks, 1, "it is remembered that it may not be played");
}

#[tokio::test]
async fn an_answer_without_an_end_is_given_up_long_before_its_time() {
    let (standin, house) = open().await;
    spotify(&house)
        .search("amber", 5, 0)
        .await
        .expect("the token is there");
    standin.be(Mood::Endless);
    let begun = Instant::now();
    let refused = spotify(&house).search("amber", 5, 0).await;
    assert_eq!(refused, Err(SourceError::Unavailable));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    standin.be(Mood::Well);
    spotify(&house)
        .search("amber", 5, 0)
        .await
        .expect("it is well again");
}
