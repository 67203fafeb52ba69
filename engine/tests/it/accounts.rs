//! People's own accounts at Spotify: agreeing, keeping tokens, renewing them.

mod forgetting;

use std::time::Duration;

use engine::accounts::{Account, AccountError};
use engine::source::SourceError;
use engine::{EngineError, EngineSettings, Seal};
use nests::nest::NestId;
use redis::Value;
use standin::spotify::listeners::{ANNA, BEN, CLEO, DAN, FRED, Listener};
use standin::spotify::{Mood, Spotify as Standin};

use crate::support::{House, person};

/// In milliseconds, as the clock is turned.
pub const HOUR: i64 = 3_600_000;

pub fn with(standin: &Standin) -> impl Fn(&mut EngineSettings) + use<> {
    let spotify = crate::spotify::with(standin);
    move |settings| {
        spotify(settings);
        settings.seal = Seal::new("the house's own secret, which is longer than this");
    }
}

pub async fn open() -> (Standin, House) {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    (standin, house)
}

/// What stands in the query of an address.
pub fn part(url: &str, name: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(n, _)| *n == name);
    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
}

pub async fn connect(standin: &Standin, house: &House, who: &str, listener: Listener) -> Account {
    let linked = try_to_connect(standin, house, who, listener).await;
    linked.expect("they are connected")
}

async fn try_to_connect(
    standin: &Standin,
    house: &House,
    who: &str,
    listener: Listener,
) -> Result<Account, AccountError> {
    let page = house.engine.begin_linking(&person(who), "/nest/X7K2P").await?;
    let back = standin.agree(&page, listener);
    let (state, code) = (part(&back, "state"), part(&back, "code"));
    let linked = house
        .engine
        .finish_linking(&person(who), &state, Some(&code))
        .await?;
    assert_eq!(linked.next, "/nest/X7K2P");
    Ok(linked.account)
}

async fn account(house: &House, who: &str) -> Option<Account> {
    house
        .engine
        .account(&person(who).id)
        .await
        .expect("the store answers")
}

async fn token(house: &House, who: &str) -> Result<String, AccountError> {
    let token = house.engine.access_token(&person(who).id).await;
    token.map(|token| token.expose().to_owned())
}

/// Everything that the store holds, as text: read as it is, for what DUMP gives may be compressed.
pub async fn dump(house: &House) -> String {
    let mut redis = house.redis().await;
    let mut all = String::new();
    for key in house.keys("*").await {
        let mut kind = redis::cmd("TYPE");
        let kind: String = kind.arg(&key).query_async(&mut redis).await.expect("a type");
        let (read, range): (_, &[&str]) = match kind.as_str() {
            "none" => continue, // it ran out meanwhile
            "string" => ("GET", &[]),
            "hash" => ("HGETALL", &[]),
            "set" => ("SMEMBERS", &[]),
            "list" => ("LRANGE", &["0", "-1"]),
            "zset" => ("ZRANGE", &["0", "-1"]),
            "stream" => ("XRANGE", &["-", "+"]),
            other => panic!("{key} is a {other}"),
        };
        let mut read = redis::cmd(read);
        read.arg(&key);
        for end in range {
            read.arg(*end);
        }
        let value: Value = read.query_async(&mut redis).await.expect("a value");
        all += &format!("{key} {}\n", text(&value));
    }
    all
}

fn text(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(" "),
        other => format!("{other:?}"),
    }
}

pub fn log(standin: &Standin) -> String {
    let lines: Vec<String> = standin.take_seen().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[tokio::test]
async fn whoever_agrees_is_connected_and_spotify_is_asked_exactly_this() {
    let (standin, house) = open().await;
    assert_eq!(account(&house, "anna").await, None);
    let anna = connect(&standin, &house, "anna", ANNA).await;
    assert_eq!((anna.who.as_str(), anna.premium), ("Anna Listens", true));
    assert_eq!(anna.country.as_deref(), Some("US"));
    assert_eq!(account(&house, "anna").await, Some(anna));
    assert_eq!(account(&house, "ben").await, None, "nobody else is");
    let cleo = connect(&standin, &house, "cleo", CLEO).await;
    let dan = connect(&standin, &house, "dan", DAN).await;
    assert!(!cleo.premium && dan.country.as_deref() == Some("SE"));
    insta::assert_snapshot!("connecting", log(&standin));
}

/// The address of the page at Spotify, a line for each part, without what is another one each time.
fn read(standin: &Standin, page: &str) -> String {
    let (place, query) = page.split_once('?').expect("a query");
    let line = |part: &str| match part.split_once('=') {
        Some((name @ ("state" | "code_challenge"), _)) => format!("{name}=*"),
        Some(("scope", scopes)) => {
            let mut scopes: Vec<&str> = scopes.split('+').collect();
            scopes.sort_unstable();
            format!("scope={}", scopes.join("+"))
        }
        _ => part.to_owned(),
    };
    let mut lines: Vec<String> = query.split('&').map(line).collect();
    lines.sort_unstable();
    let place = place.replace(&standin.accounts_url(), "[Spotify's accounts]");
    format!("{place}\n{}", lines.join("\n"))
}

#[tokio::test]
async fn the_page_is_asked_for_with_a_challenge_a_state_and_every_scope() {
    let (standin, house) = open().await;
    let first = house
        .engine
        .begin_linking(&person("anna"), "/")
        .await
        .expect("a page");
    let second = house
        .engine
        .begin_linking(&person("anna"), "/")
        .await
        .expect("a page");
    for name in ["state", "code_challenge"] {
        let (one, other) = (part(&first, name), part(&second, name));
        assert!(one.len() >= 43 && one != other, "{name}: {one}, {other}");
    }
    insta::assert_snapshot!("the_page", read(&standin, &first));
    assert!(
        standin
            .agree(&first, ANNA)
            .starts_with("http://127.0.0.1:3000/authentication/spotify_callback?")
    );
}

#[tokio::test]
async fn a_state_counts_once_for_who_was_sent_and_for_ten_minutes() {
    let (standin, house) = open().await;
    let finish = async |who: &str, back: &str| {
        let (state, code) = (part(back, "state"), part(back, "code"));
        house
            .engine
            .finish_linking(&person(who), &state, Some(&code))
            .await
    };
    let page = house
        .engine
        .begin_linking(&person("anna"), "/")
        .await
        .expect("a page");
    let back = standin.agree(&page, ANNA);
    assert!(
        matches!(finish("ben", &back).await, Err(AccountError::UnknownState)),
        "another person"
    );
    assert!(
        matches!(finish("anna", &back).await, Err(AccountError::UnknownState)),
        "it was used up"
    );
    let page = house
        .engine
        .begin_linking(&person("anna"), "/")
        .await
        .expect("a page");
    let back = standin.agree(&page, ANNA);
    assert!(finish("anna", &back).await.is_ok());
    assert!(
        matches!(finish("anna", &back).await, Err(AccountError::UnknownState)),
        "twice"
    );
    let made_up = "http://127.0.0.1:3000/?state=made-up&code=x";
    assert!(matches!(
        finish("anna", made_up).await,
        Err(AccountError::UnknownState)
    ));
    let mut redis = house.redis().await;
    house
        .engine
        .begin_linking(&person("anna"), "/")
        .await
        .expect("a page");
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("NESTS|spotify-linking:*")
        .query_async(&mut redis)
        .await
        .expect("keys");
    let life: i64 = redis::cmd("TTL")
        .arg(&keys[0])
        .query_async(&mut redis)
        .await
        .expect("a life");
    assert!(keys.len() == 1 && (590..=600).contains(&life), "{keys:?} {life}");
}

#[tokio::test]
async fn who_declines_or_has_no_seat_or_brings_a_code_that_does_not_count_stays_unconnected() {
    let (standin, house) = open().await;
    let page = house
        .engine
        .begin_linking(&person("anna"), "/")
        .await
        .expect("a page");
    let back = standin.decline(&page);
    assert_eq!(part(&back, "error"), "access_denied");
    let declined = house
        .engine
        .finish_linking(&person("anna"), &part(&back, "state"), None)
        .await;
    assert!(matches!(declined, Err(AccountError::Declined)), "{declined:?}");
    let sixth = try_to_connect(&standin, &house, "fred", FRED).await;
    assert!(matches!(sixth, Err(AccountError::NoSeat)), "{sixth:?}");
    let page = house
        .engine
        .begin_linking(&person("anna"), "/")
        .await
        .expect("a page");
    let wrong = house
        .engine
        .finish_linking(&person("anna"), &part(&page, "state"), Some("made up"))
        .await;
    assert!(matches!(wrong, Err(AccountError::Withdrawn)), "{wrong:?}");
    for who in ["anna", "fred"] {
        assert_eq!(account(&house, who).await, None, "{who}");
        assert!(matches!(
            token(&house, who).await,
            Err(AccountError::NotConnected)
        ));
    }
}

#[tokio::test]
async fn a_token_that_runs_out_is_renewed_once_however_many_ask_and_in_whatever_process() {
    let (standin, house) = open().await;
    connect(&standin, &house, "anna", ANNA).await;
    let other = house.another_process_with(with(&standin)).await;
    let first = token(&house, "anna").await.expect("a token");
    assert_eq!(
        token(&other, "anna").await.expect("a token"),
        first,
        "as long as it counts"
    );
    standin.take_seen();
    house.clock.advance(HOUR);
    let asking = (0..20).map(|_| token(&house, "anna"));
    let tokens = futures_util::future::join_all(asking).await;
    let second = tokens[0].as_ref().expect("a token").clone();
    assert!(
        second != first
            && tokens
                .iter()
                .all(|token| token.as_ref().is_ok_and(|token| *token == second))
    );
    assert_eq!(token(&other, "anna").await.expect("a token"), second);
    assert_eq!(
        log(&standin),
        "POST /api/token by nobody with client_id=standin-client-id&grant_type=refresh_token&refresh_token=* -> 200"
    );
    assert_eq!(standin.refresh_tokens().len(), 1, "each is used up by the next");
}

#[tokio::test]
async fn two_processes_that_renew_at_once_both_end_with_the_token_that_counts() {
    let (standin, house) = open().await;
    connect(&standin, &house, "anna", ANNA).await;
    let other = house.another_process_with(with(&standin)).await;
    for round in 0..10 {
        house.clock.advance(HOUR);
        let (one, two) = tokio::join!(token(&house, "anna"), token(&other, "anna"));
        // Who came second with a refresh token that is used up may have to ask once more.
        let counts = token(&house, "anna").await.expect("it is connected still");
        assert!(
            [one, two]
                .iter()
                .any(|token| token.as_ref().is_ok_and(|token| *token == counts)),
            "round {round}"
        );
        assert!(standin.tokens().contains(&counts));
        let account = account(&house, "anna").await.expect("an account");
        assert!(!account.withdrawn, "round {round}");
    }
}

#[tokio::test]
async fn a_permission_taken_back_at_spotify_is_noticed_said_and_mended_by_connecting_again() {
    let (standin, house) = open().await;
    connect(&standin, &house, "anna", ANNA).await;
    connect(&standin, &house, "ben", BEN).await;
    standin.withdraw_permission(ANNA);
    house.clock.advance(HOUR);
    let refused = token(&house, "anna").await;
    assert!(matches!(refused, Err(AccountError::Withdrawn)), "{refused:?}");
    assert!(
        account(&house, "anna")
            .await
            .is_some_and(|account| account.withdrawn)
    );
    assert!(token(&house, "ben").await.is_ok(), "it was hers alone");
    connect(&standin, &house, "anna", ANNA).await;
    assert!(
        account(&house, "anna")
            .await
            .is_some_and(|account| !account.withdrawn)
    );
    assert!(token(&house, "anna").await.is_ok());
}

#[tokio::test]
async fn whom_spotify_refuses_is_not_asked_for_again_until_they_connect_anew() {
    type Refuse = fn(&Standin);
    let ways: [(&str, Refuse); 3] = [
        ("they took their permission back", |standin| {
            standin.withdraw_permission(ANNA)
        }),
        ("renewed tokens are refused as well", |standin| {
            standin.shut_out(ANNA)
        }),
        ("their seat is gone", |standin| standin.unseat(ANNA)),
    ];
    let (standin, house) = open().await;
    let anna = person("anna").id;
    let mut told = Vec::new();
    for (why, refuse) in ways {
        connect(&standin, &house, "anna", ANNA).await;
        standin.take_seen();
        refuse(&standin);
        let refused = house.engine.devices(&anna, &NestId::main()).await.expect_err(why);
        told.push(format!("{why}: {refused}\n{}", log(&standin)));
        for _ in 0..3 {
            let again = house.engine.devices(&anna, &NestId::main()).await.expect_err(why);
            assert_eq!(again.to_string(), refused.to_string(), "{why}");
            assert!(house.engine.playlists(None, &anna, 0).await.is_err(), "{why}");
        }
        assert_eq!(log(&standin), "", "{why}: nobody asks again");
        assert!(
            account(&house, "anna")
                .await
                .is_some_and(|account| account.withdrawn)
        );
        standin.let_in_again(ANNA);
    }
    insta::assert_snapshot!("ended", told.join("\n\n"));
    connect(&standin, &house, "anna", ANNA).await;
    assert!(house.engine.devices(&anna, &NestId::main()).await.is_ok());
}

#[tokio::test]
async fn spotify_out_of_order_takes_nobodys_account_away() {
    let (standin, house) = open().await;
    connect(&standin, &house, "anna", ANNA).await;
    house.clock.advance(HOUR);
    for mood in [Mood::Overloaded, Mood::Garbled] {
        standin.be(mood);
        let refused = token(&house, "anna").await;
        let unavailable = matches!(
            refused,
            Err(AccountError::Engine(EngineError::Source {
                error: SourceError::Unavailable,
                ..
            }))
        );
        assert!(unavailable, "{mood:?}: {refused:?}");
    }
    standin.be(Mood::Well);
    assert!(
        account(&house, "anna")
            .await
            .is_some_and(|account| !account.withdrawn)
    );
    assert!(token(&house, "anna").await.is_ok());
}

#[tokio::test]
async fn a_renewal_that_comes_back_after_the_person_disconnected_connects_nobody() {
    let (standin, house) = open().await;
    connect(&standin, &house, "anna", ANNA).await;
    house.clock.advance(HOUR);
    standin.be(Mood::Slow(Duration::from_millis(300)));
    standin.take_seen();
    let renewing = tokio::spawn({
        let engine = house.engine.clone();
        async move { engine.access_token(&person("anna").id).await }
    });
    let asked = async {
        while standin.seen().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, asked)
        .await
        .expect("Spotify is being asked");
    house
        .engine
        .unlink(&person("anna").id)
        .await
        .expect("disconnected");
    let renewed = renewing.await.expect("it ends");
    assert!(matches!(renewed, Err(AccountError::NotConnected)), "{renewed:?}");
    assert_eq!(account(&house, "anna").await, None);
}

#[tokio::test]
async fn tokens_sealed_with_a_key_that_was_lost_count_as_not_connected() {
    let (standin, house) = open().await;
    connect(&standin, &house, "anna", ANNA).await;
    let spotify = crate::spotify::with(&standin);
    let other = house.another_process_with(spotify).await; // another key
    assert!(matches!(
        token(&other, "anna").await,
        Err(AccountError::NotConnected)
    ));
    assert!(token(&house, "anna").await.is_ok());
}

#[tokio::test]
async fn a_house_without_spotify_connects_nobody() {
    let house = House::open().await;
    let refused = house.engine.begin_linking(&person("anna"), "/").await;
    assert!(matches!(
        refused,
        Err(AccountError::Engine(EngineError::Source {
            error: SourceError::NotSetUp,
            ..
        }))
    ));
}
