//! After a 429 nobody asks Spotify anything for the time that it named: no nest, no process, no player. What needs no call
//! goes on. And the pace that the house itself keeps people to.

use std::time::Duration;

use engine::accounts::AccountError;
use engine::source::{Alike, SourceError};
use engine::{EngineError, EngineSettings};
use nests::nest::NestId;
use nests::queue::Song;
use nests::track::Source;
use nests::wire::{Command, ErrorCode, Snapshot};
use standin::spotify::listeners::{ANNA, BEN, CLEO};
use standin::spotify::{Seen, Spotify as Standin};

use super::{log, open, spotify, uri, with};
use crate::accounts::{self, connect, part};
use crate::hearing::{Hearer, add, hears};
use crate::support::{House, PATIENCE, person};

#[tokio::test]
async fn a_rate_limit_stops_every_call_of_every_process_for_exactly_its_time() {
    let (standin, house) = open().await;
    let neighbour = house.another_process_with(with(&standin)).await;
    spotify(&house).track(&uri(&standin, 0)).await.expect("a track");
    spotify(&neighbour)
        .track(&uri(&standin, 1))
        .await
        .expect("a track");
    standin.allow_calls(0, 7);
    let refused = spotify(&house).track(&uri(&standin, 2)).await;
    assert_eq!(refused, Err(SourceError::RateLimited { retry_after: 7 }));
    assert!(log(&standin).ends_with("-> 429"));

    // As long as the flag stands nobody asks, whoever and whatever; what is known, and the library, go on.
    let mut redis = house.redis().await;
    let mut life = redis::cmd("PTTL");
    life.arg("MISC|spotify-rate-limited");
    let left: i64 = life.query_async(&mut redis).await.expect("a life");
    assert!((6_000..=7_000).contains(&left), "{left}");
    for house in [&house, &neighbour] {
        let spotify = spotify(house);
        for n in 3..9 {
            let refused = spotify.track(&uri(&standin, n)).await;
            assert!(
                matches!(refused, Err(SourceError::RateLimited { retry_after: 1..=7 })),
                "{refused:?}"
            );
        }
        assert!(spotify.search("amber", 10, 0).await.is_err());
        let folk = Alike::Genre("folk".to_owned());
        assert!(spotify.alike(&folk, 20, 7).await.is_err());
        spotify
            .track(&uri(&standin, 1))
            .await
            .expect("what is remembered is not asked for");
        house
            .engine
            .sources()
            .track(&house.track(0))
            .await
            .expect("the library goes on");
    }
    let error = house
        .act(
            &NestId::main(),
            "anna",
            Command::Add {
                track: uri(&standin, 4),
            },
        )
        .await;
    let error = error.expect_err("it can't be looked up");
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert_eq!(log(&standin), "", "nobody asked");

    rest_is_over(&standin, &house).await;
    spotify(&neighbour)
        .track(&uri(&standin, 2))
        .await
        .expect("a track");
    spotify(&house).track(&uri(&standin, 3)).await.expect("a track");
}

/// The time is over: Redis says so, and so does Spotify.
async fn rest_is_over(standin: &Standin, house: &House) {
    redis::cmd("PEXPIRE")
        .arg("MISC|spotify-rate-limited")
        .arg(0)
        .exec_async(&mut house.redis().await)
        .await
        .expect("expired");
    standin.rest_is_over();
}

#[tokio::test]
async fn a_rate_limit_stops_what_is_asked_for_people_as_well_and_after_its_time_all_of_it_works() {
    let (standin, house) = accounts::open().await;
    let (engine, main) = (&house.engine, NestId::main());
    let [anna, ben, cleo] = ["anna", "ben", "cleo"].map(person);
    connect(&standin, &house, "ben", BEN).await;
    house.clock.advance(accounts::HOUR); // his token runs out
    connect(&standin, &house, "anna", ANNA).await;
    standin.open_device(ANNA, "Kitchen", "Speaker");
    let page = engine.begin_linking(&cleo, "/").await.expect("a page");
    let back = standin.agree(&page, CLEO);
    let (state, code) = (part(&back, "state"), part(&back, "code"));
    standin.allow_calls(0, 7);
    assert!(spotify(&house).track(&uri(&standin, 0)).await.is_err());
    standin.take_seen();

    let renewed = engine.access_token(&ben.id).await.err();
    let redeemed = engine.finish_linking(&cleo, &state, Some(&code)).await.err();
    let listed = engine.playlists(None, &anna.id, 0).await.err();
    let devices = engine.devices(&anna.id, &main).await.err();
    for refused in [renewed, redeemed, listed, devices] {
        let is_limited = matches!(
            &refused,
            Some(AccountError::Engine(EngineError::Source {
                of: Source::Spotify,
                error: SourceError::RateLimited { retry_after: 1..=7 },
            }))
        );
        assert!(is_limited, "{refused:?}");
    }
    assert_eq!(log(&standin), "", "nobody asked");

    rest_is_over(&standin, &house).await;
    engine.access_token(&ben.id).await.expect("renewed");
    connect(&standin, &house, "cleo", CLEO).await;
    let listed = engine.playlists(None, &anna.id, 0).await;
    assert!(!listed.expect("a list").playlists.is_empty());
    let devices = engine.devices(&anna.id, &main).await.expect("a list");
    assert_eq!(devices.len(), 1, "{devices:?}");
}

#[tokio::test]
async fn after_the_first_refusal_not_one_more_call_is_made() {
    let (standin, house) = open().await;
    spotify(&house).track(&uri(&standin, 0)).await.expect("a track");
    log(&standin);
    standin.allow_calls(3, 5);
    let mut refused = 0;
    for n in 1..40 {
        refused += u32::from(spotify(&house).track(&uri(&standin, n)).await.is_err());
    }
    let seen = standin.take_seen();
    let by_status = |status| seen.iter().filter(|seen| seen.status == status).count();
    assert_eq!((by_status(200), by_status(429)), (3, 1), "{seen:?}");
    assert_eq!(refused, 36);
}

#[tokio::test]
async fn who_searches_faster_than_anybody_types_is_told_for_how_long_to_wait() {
    let (_standin, house) = open().await;
    let (anna, ben) = (person("anna"), person("ben"));
    let search = async |who| {
        house
            .engine
            .search_in(who, Source::Library, None, "song", 5, 0)
            .await
    };
    let mut searches = 0;
    let refused = loop {
        match search(&anna).await {
            Ok(_) => searches += 1,
            Err(error) => break error,
        }
        assert!(searches < 1_000, "there is an end to it");
    };
    assert!(searches >= 20, "{searches}");
    let EngineError::RateLimited { retry_after, .. } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(retry_after, 1);
    assert!(search(&ben).await.is_ok(), "he may");
}

/// Seconds that Spotify asks for where the rest is really waited for.
const RETRY_AFTER: u32 = 6;
/// How soon after it whoever still wants something has asked.
const SOON: Duration = Duration::from_secs(3);
/// How often somebody searches who does not give up; nobody is told to search more slowly for it.
const ASK_EVERY: Duration = Duration::from_millis(250);

/// Searches until Spotify answers; how often they were told to wait.
async fn searches_on(house: &House, nest: &NestId, who: &str) -> u32 {
    let who = person(who);
    let mut pace = tokio::time::interval(ASK_EVERY);
    let mut refusals = 0;
    loop {
        pace.tick().await;
        let search = house
            .engine
            .search_in(&who, Source::Spotify, Some(nest), "amber", 5, 0);
        match search.await.expect("the house answers").page {
            Ok(_) => return refusals,
            Err(SourceError::RateLimited {
                retry_after: 1..=RETRY_AFTER,
            }) => refusals += 1,
            Err(error) => panic!("{} is told {error:?}", who.name),
        }
    }
}

/// Waits until the nest is as `is` wants it, from no seat: whoever sits in a nest counts among those who hear it.
async fn seen(house: &House, nest: &NestId, what: &str, is: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let mut watch = house.engine.watch(nest).await.expect("it may look");
    let waiting = async {
        loop {
            let snapshot = watch.snapshot();
            if is(&snapshot) {
                return (*snapshot).clone();
            }
            watch.changed().await.expect("it lives");
        }
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(snapshot) => snapshot,
        Err(_) => panic!(
            "never happened: {what}. The nest is {:#?}",
            house.snapshot(nest).await
        ),
    }
}

/// What Bender has in the queue, his next song first.
fn picks(nest: &Snapshot) -> Vec<&Song> {
    let ordered = nest.ordered().into_iter().map(|placed| &placed.queued.song);
    ordered.filter(|song| song.auto).collect()
}

/// The refusal with which the rest began, and every request that came after it.
fn since_the_limit(standin: &Standin) -> (Seen, Vec<Seen>) {
    let mut seen = standin.seen().into_iter().skip_while(|seen| seen.status != 429);
    (seen.next().expect("a refusal"), seen.collect())
}

/// By real time, from the first 429 to the next request: nothing is turned, cleared or let run out by hand.
#[tokio::test]
async fn no_nest_and_no_process_asks_before_the_time_is_over_and_meanwhile_songs_end_and_bender_picks() {
    let standin = Standin::start().await.expect("a stand-in");
    let with_bender = |settings: &mut EngineSettings| {
        accounts::with(&standin)(settings);
        settings.use_bender = true;
    };
    let house = House::open_with(with_bender).await;
    let other = house.another_process_with(with_bender).await;
    let main = NestId::main();
    let (one, two) = (house.build("One").await.nest_id, house.build("Two").await.nest_id);
    for n in [0, 1] {
        add(&standin, &house, &main, n).await;
    }
    house.until_it_plays(&main).await;
    connect(&standin, &house, "anna", ANNA).await;
    let device = standin.open_device(ANNA, "Kitchen", "Speaker");
    let chosen = house.engine.choose_device(&person("anna"), &main, &device).await;
    chosen.expect("it is there");
    let anna = Hearer {
        person: person("anna"),
        listener: ANNA,
        device,
        _seat: house.join(&main, "anna").await,
    };
    hears(&standin, &anna, 0).await;
    let full = |nest: &Snapshot| nest.songs.len() >= 3 && !picks(nest).is_empty();
    let before = seen(&house, &main, "Bender fills the queue", full).await;

    standin.take_seen();
    standin.allow_calls(0, RETRY_AFTER.into());
    let refused = spotify(&house).track(&uri(&standin, 40)).await;
    let limited = SourceError::RateLimited {
        retry_after: RETRY_AFTER,
    };
    assert_eq!(refused, Err(limited));
    let goes_on = async {
        let playing = &before.playing.as_ref().expect("a song").queued.song.track;
        house.pass(i64::from(playing.duration_ms)).await;
        let next = uri(&standin, 1);
        let plays = |nest: &Snapshot| {
            let playing = nest.playing.as_ref();
            playing.is_some_and(|playing| playing.queued.song.track.uri == next) && full(nest)
        };
        let nest = seen(&house, &main, "the next song plays", plays).await;
        let preview = picks(&nest)[0].id.clone();
        let filter = Command::Filter {
            song: preview.clone(),
        };
        house.act(&main, "anna", filter).await.expect("filtered");
        let another = |nest: &Snapshot| full(nest) && picks(nest).iter().all(|song| song.id != preview);
        let after = seen(&house, &main, "another preview", another).await;
        let is_new = |song: &Song| before.songs.iter().all(|queued| queued.song.id != song.id);
        let mut fresh = picks(&after);
        fresh.retain(|song| is_new(song));
        assert!(!fresh.is_empty(), "Bender picked");
        let mut sources = fresh.iter().map(|song| song.track.uri.source());
        assert!(sources.all(|source| source == Source::Library), "{fresh:#?}");
        let (_, asked) = since_the_limit(&standin);
        assert_eq!(asked, [], "all of that happened within the rest");
    };
    let all = async {
        tokio::join!(
            searches_on(&house, &main, "ben"),
            searches_on(&house, &one, "cleo"),
            searches_on(&house, &two, "dan"),
            searches_on(&other, &main, "eve"),
            goes_on,
        )
    };
    let (ben, cleo, dan, eve, ()) = tokio::time::timeout(PATIENCE, all)
        .await
        .expect("Spotify answers again");
    for refusals in [ben, cleo, dan, eve] {
        assert!(refusals > 0, "everybody asked during the rest: {refusals}");
    }
    hears(&standin, &anna, 1).await;
    let (limit, after) = since_the_limit(&standin);
    let first = after.first().expect("they asked again");
    let waited = first.at.duration_since(limit.at);
    let rest = Duration::from_secs(RETRY_AFTER.into());
    assert!((rest..rest + SOON).contains(&waited), "{waited:?}: {first}");
    assert!(after.iter().all(|seen| seen.status != 429), "{after:#?}");
    other.close().await;
    house.close().await;
}
