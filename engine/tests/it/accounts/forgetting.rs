//! What is left of an account in the store: never a token in clear, nothing of one that was replaced, and nothing at all of one
//! that was taken back.

use engine::accounts::AccountError;
use engine::store::Key;
use nests::nest::NestId;
use standin::spotify::apps::HOUSE;
use standin::spotify::listeners::{ANNA, BEN};

use super::{HOUR, account, connect, dump, open, token};
use crate::hearing::{Hearer, add, hears};
use crate::support::{House, person};

/// Somebody's tokens as the store has them.
async fn sealed(house: &House, who: &str) -> String {
    let id = person(who).id;
    let mut read = redis::cmd("HGET");
    read.arg(Key::SpotifyAccount(&id).name()).arg("sealed");
    let sealed = read.query_async(&mut house.redis().await).await;
    sealed.expect("they are connected")
}

#[tokio::test]
async fn no_token_stands_in_the_store_in_clear_and_after_disconnecting_nothing_of_it_does() {
    let (standin, house) = open().await;
    for (n, listener) in HOUSE.users.into_iter().enumerate() {
        connect(&standin, &house, &format!("p{n}"), listener).await;
    }
    house.clock.advance(HOUR);
    assert!(token(&house, "p0").await.is_ok(), "a renewed one among them");
    house
        .engine
        .begin_linking(&person("p1"), "/")
        .await
        .expect("somebody is under way");
    let (hers, his) = (sealed(&house, "p0").await, sealed(&house, "p1").await);
    let all = dump(&house).await;
    assert!(all.contains("NESTS|spotify-account:p0") && all.contains(&hers) && all.contains(&his));
    for secret in standin.tokens().into_iter().chain(standin.refresh_tokens()) {
        assert!(!all.contains(&secret), "{secret}");
    }
    assert!(!all.contains("standin-"), "not even a piece");
    house.engine.unlink(&person("p0").id).await.expect("disconnected");
    let all = dump(&house).await;
    assert!(!all.contains("NESTS|spotify-account:p0") && !all.contains(&hers));
    assert!(all.contains(&his), "his stay");
    assert!(matches!(
        token(&house, "p0").await,
        Err(AccountError::NotConnected)
    ));
    assert_eq!(account(&house, "p0").await, None);
}

#[tokio::test]
async fn whoever_connects_again_leaves_no_token_of_the_first_time_and_goes_on_with_the_new_one() {
    let (standin, house) = open().await;
    connect(&standin, &house, "anna", ANNA).await;
    let first = sealed(&house, "anna").await;
    assert!(dump(&house).await.contains(&first), "it would be seen");
    connect(&standin, &house, "anna", ANNA).await;
    let second = sealed(&house, "anna").await;
    let all = dump(&house).await;
    assert!(!all.contains(&first) && all.contains(&second));
    // Both count at Spotify, so which one is used up shows which one was used.
    let refreshes = standin.refresh_tokens();
    assert_eq!(refreshes.len(), 2);
    house.clock.advance(HOUR);
    token(&house, "anna").await.expect("a renewed token");
    let left = standin.refresh_tokens();
    assert!(
        left.contains(&refreshes[0]),
        "nobody knows the first one any more"
    );
    assert!(!left.contains(&refreshes[1]), "the second one was used");
}

#[tokio::test]
async fn whoever_disconnects_in_the_middle_of_a_song_leaves_nothing_of_the_account_and_takes_nothing_of_others()
 {
    let (standin, house) = open().await;
    let nest = NestId::main();
    connect(&standin, &house, "anna", ANNA).await;
    connect(&standin, &house, "ben", BEN).await;
    add(&standin, &house, &nest, 0).await;
    let device = standin.open_device(ANNA, "Kitchen", "Speaker");
    let chosen = house.engine.choose_device(&person("anna"), &nest, &device).await;
    chosen.expect("it is there");
    let anna = Hearer {
        person: person("anna"),
        listener: ANNA,
        device,
        _seat: house.join(&nest, "anna").await,
    };
    hears(&standin, &anna, 0).await;
    let (hers, his) = (sealed(&house, "anna").await, sealed(&house, "ben").await);
    let traces = [
        hers.as_str(),
        ANNA.id,
        ANNA.name,
        "NESTS|spotify-account:anna",
        "NESTS|spotify-conductor:anna",
        "|HEARING:anna",
    ];
    let before = dump(&house).await;
    for trace in traces {
        assert!(before.contains(trace), "it would be seen: {trace}");
    }
    house.engine.unlink(&anna.person.id).await.expect("disconnected");
    let after = dump(&house).await;
    for trace in traces {
        assert!(!after.contains(trace), "{trace}");
    }
    for kept in [his.as_str(), BEN.id, BEN.name] {
        assert!(after.contains(kept), "{kept}");
    }
}
