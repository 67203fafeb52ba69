//! Search and look-ups of a nest go by its own app, and by the rate limit of that app.

use engine::source::{FoundIn, SourceError};
use nests::nest::NestId;
use nests::track::{Source, TrackUri};
use nests::wire::Command;
use standin::spotify::Spotify as Standin;
use standin::spotify::apps::{HOSTS, OTHER};

use super::{enter, open, without};
use crate::accounts::log;
use crate::support::{House, by_id, person};

async fn search(house: &House, nest: Option<&NestId>) -> Vec<FoundIn> {
    house
        .engine
        .search(&person("ben"), nest, "glass", 5, 0)
        .await
        .expect("an answer")
}

/// What came of asking Spotify.
async fn spotifys(house: &House, nest: Option<&NestId>) -> Result<(), SourceError> {
    let found = search(house, nest).await;
    let page = found.into_iter().find(|found| found.source == Source::Spotify);
    page.ok_or(SourceError::NotSetUp)?.page.map(|_| ())
}

fn uri(standin: &Standin, n: usize) -> TrackUri {
    TrackUri::parse(&format!("spotify:track:{}", standin.catalogue().tracks[n].id)).expect("a URI")
}

#[tokio::test]
async fn a_nests_search_and_look_ups_go_by_its_app_with_one_token_and_others_by_the_houses() {
    let (standin, house) = open().await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    log(&standin);
    let id = &nest.nest_id;
    for _ in 0..2 {
        spotifys(&house, Some(id)).await.expect("found");
    }
    let add = Command::Add {
        track: uri(&standin, 30),
    };
    house.act(id, "ben", add).await.expect("added");
    let link = format!(
        "https://open.spotify.com/album/{}",
        standin.catalogue().albums[1].id
    );
    let pasted = house
        .engine
        .understand(Some(id), &person("ben"), &link, &Default::default())
        .await;
    assert!(pasted.expect("read").count() > 0);
    for nest in [None, Some(&NestId::main())] {
        spotifys(&house, nest).await.expect("found");
    }
    insta::assert_snapshot!("by_which_app", log(&standin));
}

#[tokio::test]
async fn each_apps_rate_limit_stops_those_who_go_by_it_and_nobody_else() {
    let (standin, house) = open().await;
    let (nest, another) = (house.build("Friday Vibes").await, house.build("Another").await);
    enter(&house, &nest, HOSTS).await.expect("it works");
    enter(&house, &another, OTHER).await.expect("it works");
    let (id, other) = (&nest.nest_id, &another.nest_id);
    standin.allow_calls_of(HOSTS, 0, 7);
    let limited = Err(SourceError::RateLimited { retry_after: 7 });
    assert_eq!(spotifys(&house, Some(id)).await, limited);
    assert_eq!(spotifys(&house, None).await, Ok(()));
    assert_eq!(spotifys(&house, Some(other)).await, Ok(()));
    let flag = format!("NEST:{id}|SPOTIFY|rate-limited");
    assert_eq!(house.keys("*rate-limited").await, [flag]);
    log(&standin);
    let process = house.another_process_with(super::with(&standin)).await;
    for house in [&house, &process] {
        assert!(spotifys(house, Some(id)).await.is_err());
        // The same app once more, perhaps with a new secret, is to be left alone as well.
        assert!(enter(house, &nest, HOSTS).await.is_err());
    }
    assert_eq!(log(&standin), "", "nobody asked by that app");

    standin.allow_calls(0, 7);
    assert_eq!(spotifys(&house, None).await, limited);
    assert_eq!(
        spotifys(&house, Some(other)).await,
        Ok(()),
        "the house's rest is not the nest's"
    );
    enter(&house, &nest, OTHER).await.expect("another app");
    assert_eq!(
        house.keys("NEST:*rate-limited").await,
        Vec::<String>::new(),
        "its rest went with it"
    );
    assert_eq!(spotifys(&house, Some(id)).await, Ok(()));
}

#[tokio::test]
async fn a_nest_has_spotify_where_the_house_has_none_until_its_app_is_removed() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(without(&standin)).await;
    let nest = house.build("Friday Vibes").await;
    let id = &nest.nest_id;
    assert_eq!(spotifys(&house, Some(id)).await, Err(SourceError::NotSetUp));
    enter(&house, &nest, HOSTS).await.expect("it works");
    assert_eq!(spotifys(&house, Some(id)).await, Ok(()));
    let add = Command::Add {
        track: uri(&standin, 0),
    };
    house.act(id, "ben", add.clone()).await.expect("added");
    assert_eq!(
        spotifys(&house, None).await,
        Err(SourceError::NotSetUp),
        "only there"
    );
    let elsewhere = house
        .act(&NestId::main(), "ben", add)
        .await
        .expect_err("not here");
    assert!(elsewhere.to_string().contains("no such source"), "{elsewhere}");
    let removed = house.engine.remove_own_app(&person("anna"), &by_id(&nest)).await;
    removed.expect("removed");
    assert_eq!(spotifys(&house, Some(id)).await, Err(SourceError::NotSetUp));
}

#[tokio::test]
async fn a_replaced_app_is_used_by_every_process_from_its_next_call_on() {
    let (standin, house) = open().await;
    let process = house.another_process_with(super::with(&standin)).await;
    let nest = house.build("Friday Vibes").await;
    enter(&house, &nest, HOSTS).await.expect("it works");
    spotifys(&process, Some(&nest.nest_id)).await.expect("found");
    enter(&house, &nest, OTHER).await.expect("it works");
    log(&standin);
    spotifys(&process, Some(&nest.nest_id)).await.expect("found");
    let asked = log(&standin);
    assert!(
        asked.contains("other app") && !asked.contains("host's app"),
        "{asked}"
    );
}
