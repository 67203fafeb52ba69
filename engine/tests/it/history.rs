//! What played: written down when it ends, read back in pages, kept over sleep and restart.

use engine::history::HistoryPage;
use engine::store::Key;
use engine::{NewNest, RestartMode, RestartWish};
use nests::history::Ending;
use nests::nest::{NestId, NestRef};
use nests::wire::{Command, ErrorCode};

use crate::support::{House, person};

const MINUTE: i64 = 60_000;
const RESTART: RestartWish = RestartWish {
    mode: RestartMode::Force,
    expected_generation: None,
    keep_queue: false,
};

async fn page(
    house: &House,
    nest: &NestId,
    before: Option<String>,
    limit: usize,
) -> engine::history::History {
    let page = HistoryPage {
        before,
        limit,
        ..HistoryPage::default()
    };
    let (_, history) = house
        .engine
        .history(&NestRef::Id(nest.clone()), page)
        .await
        .expect("a history");
    history
}

async fn found(house: &House, nest: &NestId, search: &str) -> Vec<String> {
    let page = HistoryPage {
        search: search.to_owned(),
        limit: 50,
        ..HistoryPage::default()
    };
    let (_, history) = house
        .engine
        .history(&NestRef::Id(nest.clone()), page)
        .await
        .expect("a history");
    history.songs.into_iter().map(|song| song.title).collect()
}

async fn a_nest(house: &House) -> NestId {
    let wish = NewNest {
        name: Some("Evening".into()),
        seed_track: None,
    };
    let card = house.engine.create_nest(&person("anna"), wish).await;
    card.expect("created").nest_id
}

#[tokio::test]
async fn a_song_that_ends_is_remembered_with_who_brought_it_who_jammed_and_how_it_ended() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    let first = house.add(&nest, "anna", 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    let second = house.add(&nest, "ben", 1).await;
    let jam = Command::Jam {
        song: first,
        on: true,
    };
    house.act(&nest, "cleo", jam).await.expect("jammed");
    assert!(
        page(&house, &nest, None, 10).await.songs.is_empty(),
        "not before it is over"
    );
    house.pass(MINUTE).await;
    house
        .until(&nest, "the second one plays", |n| {
            n.playing.as_ref().is_some_and(|p| p.queued.song.id == second)
        })
        .await;
    house.clock.advance(5_000);
    house
        .act(&nest, "ben", Command::Skip { song: second })
        .await
        .expect("skipped");

    let history = page(&house, &nest, None, 10).await;
    let told: Vec<_> = history
        .songs
        .iter()
        .map(|song| {
            (
                song.user.name.as_str(),
                song.ending,
                song.jams.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("ben", Ending::Skipped, vec![]),
            ("anna", Ending::Finished, vec!["cleo"])
        ],
        "the newest first"
    );
    assert_eq!(history.songs[1].ended_at, history.songs[0].started_at);
    assert_eq!(history.next, None);
    house.close().await;
}

#[tokio::test]
async fn history_outlives_sleep_and_restart_and_ends_with_the_nest() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    let by_id = NestRef::Id(nest.clone());
    house.add(&nest, "anna", 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    // A restart in the middle of a song ends that song.
    house
        .engine
        .restart_nest(&person("anna"), &by_id, RESTART)
        .await
        .expect("restarted");
    house.add(&nest, "ben", 1).await;
    house
        .until(&nest, "it plays", |n| n.generation == 2 && n.playing.is_some())
        .await;
    house.pass(MINUTE).await;
    house.until(&nest, "silence", |n| n.playing.is_none()).await;
    let before = house.engine.whole_history(&by_id).await.expect("a history").1;
    assert_eq!(
        before.iter().map(|song| song.ending).collect::<Vec<_>>(),
        [Ending::Skipped, Ending::Finished]
    );

    let deadline = 3 * MINUTE;
    house.until_everybody_left(&nest).await;
    house.clock.advance(deadline + 5 * MINUTE);
    assert_eq!(
        house.engine.cleanup_step().await.expect("cleaned"),
        std::slice::from_ref(&nest)
    );
    let asleep = house.engine.whole_history(&by_id).await.expect("a history").1;
    assert_eq!(asleep, before, "over sleep");
    let wake = RestartWish {
        mode: RestartMode::IfInactive,
        ..RESTART
    };
    house
        .engine
        .restart_nest(&person("anna"), &by_id, wake)
        .await
        .expect("woken");
    let woken = house.engine.whole_history(&by_id).await.expect("a history").1;
    assert_eq!(woken, before, "over waking");
    house
        .engine
        .delete_nest(&person("anna"), &by_id)
        .await
        .expect("deleted");
    let mut redis = house.redis().await;
    let left: u32 = redis::cmd("EXISTS")
        .arg(Key::History(&nest).name())
        .query_async(&mut redis)
        .await
        .expect("answered");
    assert_eq!(left, 0, "and not the nest's end");
    house.close().await;
}

#[tokio::test]
async fn a_song_over_which_the_nest_fell_asleep_is_in_the_history() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    house.add(&nest, "anna", 0).await;
    house.until(&nest, "it plays", |n| n.playing.is_some()).await;
    house.act(&nest, "anna", Command::Pause).await.expect("paused");
    house.until_everybody_left(&nest).await;
    house.clock.advance(6 * MINUTE);
    assert_eq!(house.engine.cleanup_step().await.expect("cleaned").len(), 1);
    let history = page(&house, &nest, None, 10).await;
    assert_eq!(
        history.songs.iter().map(|s| s.ending).collect::<Vec<_>>(),
        [Ending::Skipped]
    );
    house.close().await;
}

/// So many songs that played and were skipped, by three people in turn.
async fn play_and_skip(house: &House, nest: &NestId, songs: usize) {
    let who = ["anna", "ben", "cleo"];
    for n in 0..songs {
        let song = house.add(nest, who[n % 3], n).await;
        house
            .until(nest, "it plays", |nest| {
                nest.playing.as_ref().is_some_and(|p| p.queued.song.id == song)
            })
            .await;
        house.clock.advance(1_000);
        house
            .act(nest, who[n % 3], Command::Skip { song })
            .await
            .expect("skipped");
    }
}

#[tokio::test]
async fn pages_lead_back_as_they_led_on_and_keep_to_what_is_looked_for() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    play_and_skip(&house, &nest, 7).await;
    let turn = async |before: Option<String>, after: Option<String>, search: &str| {
        let page = HistoryPage {
            before,
            after,
            search: search.to_owned(),
            limit: 2,
        };
        let read = house.engine.history(&NestRef::Id(nest.clone()), page).await;
        read.expect("a history").1
    };
    for (search, sizes) in [("", vec![2, 2, 2, 1]), ("anna", vec![2, 1])] {
        let mut pages = vec![turn(None, None, search).await];
        assert_eq!(pages[0].previous, None, "nothing is newer than the newest");
        while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
            pages.push(turn(Some(next), None, search).await);
        }
        assert_eq!(
            pages.iter().map(|page| page.songs.len()).collect::<Vec<_>>(),
            sizes
        );
        let mut page = pages.pop().expect("the oldest page");
        while let Some(newer) = pages.pop() {
            page = turn(None, page.previous, search).await;
            assert_eq!(page.songs, newer.songs, "{search}");
            assert_eq!(page.next, newer.next, "{search}");
        }
        assert_eq!(page.previous, None, "back at the newest");
    }

    let second = turn(turn(None, None, "").await.next, None, "").await;
    let third = turn(second.next.clone(), None, "").await;
    play_and_skip(&house, &nest, 1).await;
    let newest = turn(None, None, "").await;
    let shifted = turn(None, turn(None, third.previous, "").await.previous, "").await;
    assert!(shifted.previous.is_some(), "one has played since");
    let filled = turn(None, shifted.previous, "").await;
    assert_eq!(filled.songs, newest.songs, "the newest page is a whole one");
    house.close().await;
}

#[tokio::test]
async fn history_is_read_in_pages_and_searched() {
    let house = House::open().await;
    let nest = a_nest(&house).await;
    play_and_skip(&house, &nest, 7).await;
    let whole = house
        .engine
        .whole_history(&NestRef::Id(nest.clone()))
        .await
        .expect("a history")
        .1;
    assert_eq!(whole.len(), 7);
    let (mut paged, mut before) = (Vec::new(), None);
    let mut sizes = Vec::new();
    loop {
        let page = page(&house, &nest, before, 3).await;
        sizes.push(page.songs.len());
        paged.extend(page.songs);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    paged.reverse();
    assert_eq!(paged, whole, "every song once, in order");

    assert_eq!(found(&house, &nest, "").await.len(), 7);
    assert_eq!(found(&house, &nest, "BEN").await.len(), 2);
    let title = &whole[4].title;
    let hits = found(&house, &nest, title).await;
    assert!(hits.contains(title) && hits.len() < 7, "{title}: {hits:?}");
    assert!(found(&house, &nest, "nobody at all").await.is_empty());
    for (before, limit, field) in [
        (Some("yesterday"), 3, "before"),
        (None, 0, "limit"),
        (None, 201, "limit"),
    ] {
        let page = HistoryPage {
            before: before.map(str::to_owned),
            limit,
            ..HistoryPage::default()
        };
        let error = house.engine.history(&NestRef::Id(nest.clone()), page).await;
        let error = error.expect_err("refused");
        assert_eq!(error.code(), ErrorCode::InvalidRequest, "{field}: {error:?}");
    }
    house.close().await;
}
