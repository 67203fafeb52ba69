//! The track that a nest is built on, looked up where it comes from.

use engine::NewNest;
use nests::wire::directory::NestCard;
use standin::spotify::{Mood, Spotify as Standin};

use crate::spotify::with;
use crate::support::{House, person};

async fn built_on(house: &House, seed: &str) -> NestCard {
    let wish = NewNest {
        name: Some("Seeded".to_owned()),
        seed_track: Some(seed.to_owned()),
    };
    let built = house.engine.create_nest(&person("anna"), wish).await;
    built.expect("built")
}

#[tokio::test]
async fn a_seed_is_looked_up_at_spotify_and_kept_where_that_fails() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let id = standin.catalogue().tracks[3].id.clone();
    let (uri, link) = (
        format!("spotify:track:{id}"),
        format!("https://open.spotify.com/track/{id}?si=1"),
    );
    for typed in [&uri, &link] {
        let card = built_on(&house, typed).await;
        assert_eq!(
            (card.seed_uri.as_ref(), card.seed_unverified),
            (Some(&uri), false),
            "{typed}"
        );
    }
    let asked: Vec<String> = standin.take_seen().iter().map(ToString::to_string).collect();
    let looked_up = asked.iter().filter(|line| line.contains(&id)).count();
    assert_eq!(looked_up, 1, "and remembered: {asked:#?}");

    standin.be(Mood::Overloaded);
    let other = format!("spotify:track:{}", standin.catalogue().tracks[4].id);
    let nowhere = "spotify:track:0000000000000000000000".to_owned();
    let kept = built_on(&house, &other).await;
    assert_eq!(
        (kept.seed_uri, kept.seed_unverified),
        (Some(other), true),
        "Spotify is down"
    );
    standin.be(Mood::Well);
    let unknown = built_on(&house, &nowhere).await;
    assert_eq!(
        (unknown.seed_uri, unknown.seed_unverified),
        (Some(nowhere), true),
        "there is no such track"
    );
    house.close().await;
}
