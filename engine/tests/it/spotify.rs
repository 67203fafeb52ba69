//! Spotify against its stand-in: what is asked, what is not asked twice, and what each kind of trouble turns into.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::source::spotify::{Endpoint, Spotify};
use engine::source::{Alike, Answer, MusicSource, SearchPage, SourceError};
use engine::{EngineError, EngineSettings, SpotifySecret, SpotifySettings};
use nests::nest::NestId;
use nests::track::{Source, Track, TrackUri};
use nests::wire::{Command, ErrorCode};
use standin::spotify::{CLIENT_ID, CLIENT_SECRET, Mood, Spotify as Standin};

use crate::support::{House, person};

pub fn with(standin: &Standin) -> impl Fn(&mut EngineSettings) + use<> {
    let (api_url, accounts_url, sdk_url) = (standin.api_url(), standin.accounts_url(), standin.sdk_url());
    move |settings| {
        settings.spotify = Some(SpotifySettings {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SpotifySecret::new(CLIENT_SECRET),
            market: "US".to_owned(),
            api_url: api_url.clone(),
            accounts_url: accounts_url.clone(),
            sdk_url: sdk_url.clone(),
        });
    }
}

async fn open() -> (Standin, House) {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    (standin, house)
}

fn spotify(house: &House) -> &dyn MusicSource {
    house.engine.sources().of(Source::Spotify).expect("it is set up")
}

/// The n-th track of the stand-in.
fn uri(standin: &Standin, n: usize) -> TrackUri {
    TrackUri::parse(&format!("spotify:track:{}", standin.catalogue().tracks[n].id)).expect("a URI")
}

/// One that only Sweden may play.
const RESTRICTED: usize = 11;

fn log(standin: &Standin) -> String {
    let lines: Vec<String> = standin.take_seen().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn titles(tracks: &[Track]) -> Vec<&str> {
    tracks.iter().map(|track| track.title.as_str()).collect()
}

#[tokio::test]
async fn a_search_is_asked_in_pages_of_ten_and_what_may_not_be_played_is_left_out() {
    let (standin, house) = open().await;
    let page = spotify(&house)
        .search("glass harbour", 20, 0)
        .await
        .expect("found");
    assert_eq!((page.tracks.len(), page.total), (19, 36));
    let first = &page.tracks[0];
    assert_eq!(first.artist, "Glass Harbour");
    assert!(
        first.img.as_ref().is_some_and(|img| img.ends_with("-300")),
        "{first:?}"
    );
    let last = spotify(&house)
        .search("glass harbour", 10, 30)
        .await
        .expect("found");
    assert_eq!(last.tracks.len(), 5);
    let nothing = spotify(&house).search("zzz", 10, 0).await.expect("an answer");
    assert_eq!(nothing, SearchPage::default());
    insta::assert_snapshot!("search", log(&standin));
}

/// A source that never answers a search.
struct Hanging;

impl MusicSource for Hanging {
    fn source(&self) -> Source {
        Source::Spotify
    }
    fn search<'a>(&'a self, _: &'a str, _: usize, _: usize) -> Answer<'a, SearchPage> {
        Box::pin(std::future::pending())
    }
    fn track<'a>(&'a self, _: &'a TrackUri) -> Answer<'a, Track> {
        Box::pin(std::future::pending())
    }
    fn alike<'a>(&'a self, _: &'a Alike, _: usize, _: u64) -> Answer<'a, Vec<Track>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn of_three_sources_one_that_hangs_keeps_nobody_waiting_for_the_other_two() {
    let (standin, house) = open().await;
    spotify(&house)
        .track(&uri(&standin, 0))
        .await
        .expect("the token is there");
    let sources = house.engine.sources().clone().with(Arc::new(Hanging));
    let begun = Instant::now();
    let found = sources.search(None, "song", 5, 0).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(1_500), "{took:?}");
    assert_eq!(found[0].tracks().len(), 5, "the library");
    assert!(found[1].page.is_ok(), "Spotify");
    assert_eq!(found[2].page, Err(SourceError::TimedOut));
    assert_eq!(
        found[2].complaint().as_deref(),
        Some("Spotify took too long to answer.")
    );
}

#[tokio::test]
async fn a_source_that_is_asked_by_itself_has_longer_and_keeps_nobody_waiting() {
    let (standin, house) = open().await;
    spotify(&house)
        .track(&uri(&standin, 0))
        .await
        .expect("the token is there");
    standin.be(Mood::Slow(Duration::from_millis(1_500)));
    let begun = Instant::now();
    let anna = person("anna");
    let search = async |source| {
        let found = house.engine.search_in(&anna, source, None, "amber", 5, 0).await;
        (found.expect("an answer"), begun.elapsed())
    };
    let (library, late) = tokio::join!(search(Source::Library), search(Source::Spotify));
    assert!(library.1 < Duration::from_millis(1_000), "{:?}", library.1);
    assert_eq!((late.0.tracks().len(), late.0.complaint()), (5, None));
    assert!(late.1 > Duration::from_millis(1_200), "{:?}", late.1);
    standin.be(Mood::Slow(Duration::from_secs(60)));
    let never = search(Source::Spotify).await.0;
    assert_eq!(never.page, Err(SourceError::TimedOut));
}

#[tokio::test]
async fn one_source_finds_nothing_of_anothers_link_and_a_house_without_it_says_so() {
    let (standin, house) = open().await;
    let link = uri(&standin, 5).to_string();
    let anna = person("anna");
    let search = async |source, query: &str| house.engine.search_in(&anna, source, None, query, 5, 0).await;
    let own = search(Source::Spotify, &link).await.expect("found");
    assert_eq!(titles(own.tracks()), ["Falling Rivers"]);
    let other = search(Source::Library, &link).await.expect("an answer");
    assert_eq!(other.page, Ok(SearchPage::default()));
    let album = format!("spotify:album:{}", standin.catalogue().albums[0].id);
    let refused = search(Source::Library, &album).await;
    insta::assert_snapshot!(said(refused), @"That link stands for many songs: the paste sheet takes it.");
    let without = House::open().await;
    let refused = without
        .engine
        .search_in(&anna, Source::Spotify, None, "a", 5, 0)
        .await;
    assert_eq!(refused.expect("an answer").page, Err(SourceError::NotSetUp));
}

#[tokio::test]
async fn a_pasted_link_finds_its_track_and_asks_for_nothing_else() {
    let (standin, house) = open().await;
    let id = &standin.catalogue().tracks[5].id;
    let link = format!(" https://open.spotify.com/intl-de/track/{id}?si=0123 ");
    let found = house
        .engine
        .search(&person("anna"), None, &link, 10, 0)
        .await
        .expect("found");
    assert_eq!(
        (found.len(), titles(found[0].tracks())),
        (1, vec!["Falling Rivers"])
    );
    let own = house
        .engine
        .search(&person("anna"), None, &house.track(3).to_string(), 10, 0)
        .await
        .expect("found");
    assert_eq!(own[0].tracks()[0].uri, house.track(3));
    assert_eq!(standin.take_seen().len(), 2, "a token and a look-up");
}

#[tokio::test]
async fn a_nest_that_is_held_to_one_source_searches_that_one_and_takes_no_other() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(|settings| {
        with(&standin)(settings);
        settings.mixed_sources = false;
    })
    .await;
    let main = NestId::main();
    let sources = async |nest| {
        let found = house
            .engine
            .search(&person("anna"), nest, "song", 5, 0)
            .await
            .expect("an answer");
        found.iter().map(|found| found.source).collect::<Vec<_>>()
    };
    assert_eq!(sources(Some(&main)).await, [Source::Library, Source::Spotify]);
    house.add(&main, "anna", 0).await;
    assert_eq!(sources(Some(&main)).await, [Source::Library]);
    assert_eq!(sources(None).await, [Source::Library, Source::Spotify]);
    let anna = person("anna");
    let other = house
        .engine
        .search_in(&anna, Source::Spotify, Some(&main), "amber", 5, 0);
    let other = other.await.expect("an answer");
    assert_eq!(other.page, Ok(SearchPage::default()), "nor one by itself");
    let error = house
        .act(
            &main,
            "anna",
            Command::Add {
                track: uri(&standin, 0),
            },
        )
        .await;
    insta::assert_snapshot!(said(error), @"This nest plays from one source at a time, now from Library.");
}

#[tokio::test]
async fn tracks_and_episodes_are_looked_up_once_for_the_whole_house() {
    let (standin, house) = open().await;
    let track = spotify(&house).track(&uri(&standin, 5)).await.expect("a track");
    assert_eq!(
        (track.title.as_str(), track.album.as_str()),
        ("Falling Rivers", "First Light 1")
    );
    let episode =
        TrackUri::parse(&format!("spotify:episode:{}", standin.catalogue().episodes[0].id)).expect("a URI");
    let heard = spotify(&house).track(&episode).await.expect("an episode");
    assert_eq!(
        (heard.title.as_str(), heard.artist.as_str()),
        ("How the Ferry Was Won", "Harbour Stories")
    );
    let unknown = TrackUri::parse("spotify:track:0000000000000000000000").expect("a URI");
    assert_eq!(spotify(&house).track(&unknown).await, Err(SourceError::NotFound));
    insta::assert_snapshot!("look_ups", log(&standin));

    let neighbour = house.another_process_with(with(&standin)).await;
    assert_eq!(
        spotify(&house).track(&uri(&standin, 5)).await.as_ref(),
        Ok(&track)
    );
    assert_eq!(
        spotify(&neighbour).track(&uri(&standin, 5)).await.as_ref(),
        Ok(&track)
    );
    assert_eq!(spotify(&neighbour).track(&episode).await, Ok(heard));
    assert_eq!(log(&standin), "", "all of it is remembered");
}

#[tokio::test]
async fn more_of_the_same_is_found_without_the_endpoints_that_are_gone() {
    let (standin, house) = open().await;
    let spotify = spotify(&house);
    let seed = spotify.track(&uri(&standin, 0)).await.expect("a track");
    let of_another_source = Track {
        uri: house.track(0),
        ..seed.clone()
    };
    let wishes = [
        Alike::Genre("folk".to_owned()),
        Alike::Artist(seed.clone()),
        Alike::Album(seed.clone()),
        Alike::ArtistsAlbums(seed.clone()),
        Alike::ArtistsAlbums(of_another_source),
        Alike::Anything,
    ];
    let mut asked = vec![log(&standin)];
    for wish in wishes {
        let found = spotify.alike(&wish, 20, 10_003).await.expect("an answer");
        assert!(!found.is_empty(), "{wish:?}");
        let fits = |track: &Track| match &wish {
            Alike::Genre(_) => ["Paper Lanterns", "Marta Vance"].contains(&track.artist.as_str()),
            Alike::Artist(_) => track.artist == "Glass Harbour",
            Alike::Album(_) => track.album == seed.album && track.uri != seed.uri,
            Alike::ArtistsAlbums(_) => track.artist == seed.artist && track.album != seed.album,
            Alike::Anything => true,
        };
        assert!(found.iter().all(fits), "{wish:?}: {:?}", titles(&found));
        asked.push(format!("{wish:?}\n{}", log(&standin)));
    }
    let nothing = spotify.alike(&Alike::Genre("polka".to_owned()), 20, 3).await;
    assert_eq!(nothing, Ok(Vec::new()));
    let asked = asked
        .join("\n\n")
        .replace(&house.track(0).to_string(), "[library]");
    insta::assert_snapshot!("alike", asked);
}

#[tokio::test]
async fn thirty_callers_at_once_share_one_token() {
    let (standin, house) = open().await;
    let sources = Arc::new(house.engine.sources().clone());
    let ask = |n: usize| {
        let (sources, uri) = (sources.clone(), uri(&standin, n * 12));
        tokio::spawn(async move { sources.track(&uri).await })
    };
    let asking: Vec<_> = (0..24).map(ask).collect();
    for asked in asking {
        asked.await.expect("no panic").expect("a track");
    }
    let tokens = standin
        .seen()
        .iter()
        .filter(|seen| seen.path == "/api/token")
        .count();
    assert_eq!(tokens, 1);
}

#[tokio::test]
async fn a_token_that_ran_out_or_was_taken_back_is_replaced_without_anybody_noticing() {
    let (standin, house) = open().await;
    spotify(&house).track(&uri(&standin, 0)).await.expect("a track");
    standin.revoke_tokens();
    spotify(&house).track(&uri(&standin, 1)).await.expect("a track");
    // One that is about to run out is not used any more.
    standin.revoke_tokens();
    standin.give_tokens_for(5);
    spotify(&house).track(&uri(&standin, 2)).await.expect("a track");
    spotify(&house).track(&uri(&standin, 3)).await.expect("a track");
    insta::assert_snapshot!("tokens", log(&standin));
}

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
        assert!(spotify.alike(&Alike::Anything, 20, 7).await.is_err());
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

    // The time is over: Redis says so, and so does Spotify.
    redis::cmd("PEXPIRE")
        .arg("MISC|spotify-rate-limited")
        .arg(0)
        .exec_async(&mut redis)
        .await
        .expect("expired");
    standin.rest_is_over();
    spotify(&neighbour)
        .track(&uri(&standin, 2))
        .await
        .expect("a track");
    spotify(&house).track(&uri(&standin, 3)).await.expect("a track");
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
    insta::assert_snapshot!(said(error), @"That source of music does not accept this house's credentials. Whoever runs it can check them.");
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
async fn a_house_without_spotify_says_so() {
    let house = House::open().await;
    let track = TrackUri::parse("spotify:track:4uLU6hMCjMI75M1A2tKUQC").expect("a URI");
    let error = house.act(&NestId::main(), "anna", Command::Add { track }).await;
    insta::assert_snapshot!(said(error), @"That source of music is not set up in this house.");
}

#[tokio::test]
async fn a_track_is_queued_with_what_spotify_says_of_it() {
    let (standin, house) = open().await;
    let main = NestId::main();
    house
        .act(
            &main,
            "anna",
            Command::Add {
                track: uri(&standin, 5),
            },
        )
        .await
        .expect("queued");
    let nest = house
        .until(&main, "it plays", |nest| nest.playing.is_some())
        .await;
    let song = nest.playing.expect("it plays").queued.song;
    assert_eq!(
        (song.track.title.as_str(), song.track.artist.as_str()),
        ("Falling Rivers", "Glass Harbour")
    );
    assert!(song.track.duration_ms > 100_000 && song.track.big_img.is_some());
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
async fn calls_are_counted_by_endpoint() {
    let standin = Standin::start().await.expect("a stand-in");
    let house = House::open_with(with(&standin)).await;
    let source = house.engine.spotify().expect("it is set up");
    source.track(&uri(&standin, 0)).await.expect("a track");
    source.search("amber", 20, 0).await.expect("found");
    let counts: Vec<u64> = Endpoint::ALL
        .iter()
        .map(|endpoint| Spotify::calls(source).of(*endpoint))
        .collect();
    assert_eq!(counts[..3], [1, 2, 1]);
    assert!(counts[3..].iter().all(|count| *count == 0), "{counts:?}");
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

fn said<T: std::fmt::Debug>(answer: Result<T, EngineError>) -> String {
    nests::wire::ErrorBody::from(answer.expect_err("it is refused")).message
}
