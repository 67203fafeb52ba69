//! Screens: paired by a code, known by a digest, taken back.

use engine::{EngineError, NewNest, TvToken};
use nests::nest::{NestId, NestRef};
use nests::wire::ErrorCode;

use super::support::{House, person};

async fn paired(house: &House, nest: &NestId) -> TvToken {
    let token = house.engine.new_tv_token();
    let code = house.engine.pairing_code(&token).await.expect("a code");
    house
        .engine
        .pair_tv(&person("anna"), &NestRef::Id(nest.clone()), &code)
        .await
        .expect("the code counts");
    token
}

async fn a_nest(house: &House) -> NestId {
    let card = house
        .engine
        .create_nest(&person("anna"), NewNest::default())
        .await;
    card.expect("a nest").nest_id
}

fn code_of<T: std::fmt::Debug>(refused: Result<T, EngineError>) -> ErrorCode {
    refused.expect_err("refused").code()
}

#[tokio::test]
async fn a_code_is_typed_once_in_any_case_and_the_store_never_sees_the_token() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    let token = house.engine.new_tv_token();
    assert_eq!(house.engine.tv(&token).await.expect("read"), None);
    let code = house.engine.pairing_code(&token).await.expect("a code");
    assert_eq!(house.engine.pairing_code(&token).await.expect("the same"), code);
    let typed = format!(" {}-{} ", code[..3].to_lowercase(), &code[3..]);
    let anna = person("anna");
    let main = NestRef::Id(NestId::main());
    let found = house
        .engine
        .pair_tv(&anna, &NestRef::Id(nest.clone()), &typed)
        .await;
    assert_eq!(found.expect("paired"), nest);
    assert_eq!(house.engine.tv(&token).await.expect("read"), Some(nest.clone()));
    assert_eq!(
        code_of(house.engine.pair_tv(&anna, &main, &code).await),
        ErrorCode::InvalidRequest,
        "it is used up"
    );

    let mut redis = house.redis().await;
    let keys = house.keys("*").await;
    assert!(keys.iter().any(|key| key.starts_with("NESTS|tv:")), "{keys:?}");
    for key in keys
        .iter()
        .filter(|key| key.contains("tv") || key.contains("TVS"))
    {
        let dump: Vec<u8> = redis::cmd("DUMP")
            .arg(key)
            .query_async(&mut redis)
            .await
            .expect("a value");
        let everything = format!("{key} {}", String::from_utf8_lossy(&dump));
        assert!(!everything.contains(token.expose()), "{key} holds the token");
    }
    house.close().await;
}

#[tokio::test]
async fn a_screen_is_taken_back_by_whoever_paired_it_or_the_nests_creator() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    let named = NestRef::Id(nest.clone());
    let token = paired(&house, &nest).await;
    let screens = house.engine.screens(&nest).await.expect("a list");
    assert_eq!((screens.len(), screens[0].by.name.as_str()), (1, "anna"));
    let refused = house
        .engine
        .unpair_tv(&person("ben"), &named, &screens[0].id)
        .await;
    assert_eq!(code_of(refused), ErrorCode::Forbidden);
    assert_eq!(house.engine.tv(&token).await.expect("read"), Some(nest.clone()));
    house
        .engine
        .unpair_tv(&person("anna"), &named, &screens[0].id)
        .await
        .expect("hers");
    assert_eq!(house.engine.tv(&token).await.expect("read"), None);
    assert_eq!(house.engine.screens(&nest).await.expect("a list"), []);
    house.close().await;
}

#[tokio::test]
async fn codes_cannot_be_guessed_in_peace_and_a_nest_has_a_bounded_number_of_screens() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    let named = NestRef::Id(nest.clone());
    for _ in 0..10 {
        let guess = house.engine.pair_tv(&person("ben"), &named, "ABC234").await;
        assert_eq!(code_of(guess), ErrorCode::InvalidRequest);
    }
    let guess = house.engine.pair_tv(&person("ben"), &named, "ABC235").await;
    assert_eq!(code_of(guess), ErrorCode::RateLimited);

    for n in 0..17 {
        let token = house.engine.new_tv_token();
        let code = house.engine.pairing_code(&token).await.expect("a code");
        let who = person(&format!("g-{n}"));
        let done = house.engine.pair_tv(&who, &named, &code).await;
        assert_eq!(done.is_ok(), n < 16, "screen {n}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_screen_sees_every_change_and_is_nobody_in_the_nest() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    let mut watch = house.engine.watch(&nest).await.expect("it may look");
    assert_eq!(watch.snapshot().songs.len(), 0);
    house.add(&nest, "anna", 0).await;
    while watch.snapshot().playing.is_none() {
        watch.changed().await.expect("the nest lives");
    }
    assert_eq!(house.engine.people(&nest).await.expect("a list").count, 0);
    house
        .engine
        .delete_nest(&person("anna"), &NestRef::Id(nest))
        .await
        .expect("hers");
    let end = loop {
        if let Err(end) = watch.changed().await {
            break end;
        }
    };
    assert_eq!(end, engine::CloseReason::NestGone);
    house.close().await;
}
