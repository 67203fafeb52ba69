//! The store goes away: whatever people ask for is refused with 503, and nothing has changed, key by key.

use std::pin::Pin;
use std::time::Duration;

use engine::store::Key;
use engine::{Alteration, CloseReason, Engine, EngineError, RestartMode, RestartWish, SeatEvent};
use nests::nest::member::Nickname;
use nests::nest::{NestId, NestRef};
use nests::queue::{SongId, Vote};
use nests::wire::directory::NestCard;
use nests::wire::{Change, Command, ErrorCode, ServerFrame};

use crate::support::audit::holds_together;
use crate::support::process::Process;
use crate::support::whole_store::whole_store;
use crate::support::{House, PATIENCE, by_id, frame, named, person};

const FIVE_MINUTES: i64 = 5 * 60_000 + 1;
/// More commands than any wish takes, with what a process does beside it.
const MOST_COMMANDS: i64 = 40;
const FORCE: RestartWish = RestartWish {
    mode: RestartMode::Force,
    expected_generation: None,
    keep_queue: false,
};

/// What can become of a nest's log, by command and its arguments behind the key.
const LOG_WRECKS: [(&str, &[&[&str]]); 2] = [
    ("an event that is none", &[&["XADD", "*", "e", "{not JSON"]]),
    ("a log of another type", &[&["DEL"], &["SET", "x"]]),
];

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), EngineError>> + Send + 'a>>;
/// What somebody asks for.
type Wish = for<'a> fn(&'a Engine, &'a Scene) -> Answer<'a>;

fn told<'a, T>(answer: impl Future<Output = Result<T, EngineError>> + Send + 'a) -> Answer<'a> {
    Box::pin(async move { answer.await.map(drop) })
}

/// A nest that is awake, with a song that is paused and one that waits, and one that sleeps. Both are Anna's.
struct Scene {
    awake: NestCard,
    asleep: NestCard,
    playing: SongId,
    waiting: SongId,
    track: nests::track::TrackUri,
}

impl Scene {
    async fn set(house: &House) -> Self {
        let asleep = house.build("Asleep").await;
        house.clock.advance(FIVE_MINUTES);
        let fell_asleep = house.engine.cleanup_step().await.expect("cleaned");
        assert!(fell_asleep.contains(&asleep.nest_id));
        let awake = house.build("Awake").await;
        let nest = &awake.nest_id;
        house.add(nest, "anna", 0).await;
        let playing = house.until_it_plays(nest).await;
        house.act(nest, "anna", Command::Pause).await.expect("paused");
        let waiting = house.add(nest, "anna", 1).await;
        Self {
            awake,
            asleep,
            playing,
            waiting,
            track: house.track(2),
        }
    }

    fn act<'a>(&'a self, engine: &'a Engine, who: &'static str, command: Command) -> Answer<'a> {
        told(async move { engine.act(&self.awake.nest_id, &person(who), command).await })
    }
}

fn build<'a>(engine: &'a Engine, _: &'a Scene) -> Answer<'a> {
    told(async move { engine.create_nest(&person("anna"), named("New")).await })
}

fn rename<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    told(async move {
        engine
            .rename_nest(&person("anna"), &by_id(&scene.awake), "Another")
            .await
    })
}

fn pick_emoji<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    told(async move {
        engine
            .set_emoji(&person("anna"), &by_id(&scene.awake), "🐦")
            .await
    })
}

fn alter<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    let wish = Alteration {
        name: Some("Another"),
        emoji: Some("🐦"),
        ..Alteration::default()
    };
    told(async move {
        engine
            .alter_nest(&person("anna"), &by_id(&scene.awake), wish)
            .await
    })
}

fn delete<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    told(async move { engine.delete_nest(&person("anna"), &by_id(&scene.awake)).await })
}

fn delete_asleep<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    told(async move { engine.delete_nest(&person("anna"), &by_id(&scene.asleep)).await })
}

fn restart<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    told(async move {
        engine
            .restart_nest(&person("anna"), &by_id(&scene.awake), FORCE)
            .await
    })
}

fn wake<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    let gently = RestartWish::default();
    told(async move {
        engine
            .restart_nest(&person("anna"), &by_id(&scene.asleep), gently)
            .await
    })
}

fn join<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    told(async move { engine.join(&scene.awake.nest_id, &person("ben"), None).await })
}

fn vote<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    let (song, vote) = (scene.waiting.clone(), Some(Vote::Up));
    scene.act(engine, "ben", Command::Vote { song, vote })
}

fn jam<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    let song = scene.waiting.clone();
    scene.act(engine, "ben", Command::Jam { song, on: true })
}

fn remove<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    let song = scene.waiting.clone();
    scene.act(engine, "anna", Command::Remove { song })
}

fn skip<'a>(engine: &'a Engine, scene: &'a Scene) -> Answer<'a> {
    let song = scene.playing.clone();
    scene.act(engine, "anna", Command::Skip { song })
}

/// What changes something, in a nest that the process knows already.
const CHANGES: [(&str, Wish); 13] = [
    ("build", build),
    ("rename", rename),
    ("pick an emoji", pick_emoji),
    ("rename and pick an emoji", alter),
    ("delete", delete),
    ("delete a nest that sleeps", delete_asleep),
    ("restart", restart),
    ("wake", wake),
    ("join", join),
    ("vote", vote),
    ("jam", jam),
    ("remove", remove),
    ("skip", skip),
];

#[tokio::test]
async fn with_the_store_away_every_wish_is_refused_and_no_key_has_changed() {
    let house = House::open().await;
    let scene = Scene::set(&house).await;
    let (away, fuse) = house.process_behind_a_fuse().await;
    let engine = &away.engine;
    let nick = |name: &str| Nickname::parse(name).expect("a name");
    let (session, _) = engine.open_session(nick("Anna")).await.expect("signed in");
    away.snapshot(&scene.awake.nest_id).await;
    let before = whole_store(&house).await;
    fuse.cut();

    let anna = person("anna");
    let slug = scene.awake.slug.clone().expect("a slug");
    let mut wishes: Vec<(&str, Answer<'_>)> = vec![
        ("health", told(engine.ping())),
        ("sign in", told(engine.open_session(nick("Ben")))),
        ("come back", told(engine.session(&session))),
        ("sign out", told(engine.close_session(&session))),
        ("list", told(engine.list_nests())),
        (
            "find",
            told(async { engine.get_nest(&by_id(&scene.awake)).await }),
        ),
        (
            "find by its link",
            told(async { engine.get_nest(&NestRef::Slug(slug)).await }),
        ),
        (
            "history",
            told(async { engine.whole_history(&by_id(&scene.asleep)).await }),
        ),
        ("my nests", told(engine.nests_of(&anna))),
        (
            "look into a nest that nobody here knows",
            told(async { engine.snapshot(&NestId::main()).await }),
        ),
        (
            "who is there",
            told(async { engine.people(&NestId::main()).await }),
        ),
    ];
    wishes.extend(CHANGES.map(|(what, wish)| (what, wish(engine, &scene))));
    let commands = [
        Command::Add {
            track: scene.track.clone(),
        },
        Command::Clear,
        Command::Resume,
        Command::Volume { level: 7 },
    ];
    for command in commands {
        wishes.push(("a command", scene.act(engine, "anna", command)));
    }
    for (what, answer) in wishes {
        let refused = answer.await.expect_err(what);
        assert_eq!(refused.code(), ErrorCode::StoreUnavailable, "{what}: {refused:?}");
        assert_eq!(whole_store(&house).await, before, "{what}");
    }
    away.close().await;
    house.close().await;
}

/// It may go away between any two commands of a wish: until the one step that carries the wish out nothing has changed, and
/// behind it the change is whole.
#[tokio::test]
async fn a_store_that_goes_away_on_the_way_has_changed_nothing_or_all() {
    let house = House::open().await;
    for (what, wish) in CHANGES {
        let scene = Scene::set(&house).await;
        let mut refusals = 0;
        for commands in 0..MOST_COMMANDS {
            let process = Process::start(&house, None, |_| {}).await;
            let known = process.engine.snapshot(&scene.awake.nest_id).await;
            known.expect("it lives");
            let before = whole_store(&house).await;
            process.fuse.light(commands, true);
            let answer = wish(&process.engine, &scene).await;
            let after = whole_store(&house).await;
            process.crash();
            if after != before {
                break;
            }
            let refused = answer.expect_err(what);
            assert_eq!(refused.code(), ErrorCode::StoreUnavailable, "{what}: {refused:?}");
            refusals += 1;
        }
        assert!(
            (1..MOST_COMMANDS).contains(&refusals),
            "{what}: {refusals} refusals"
        );
        holds_together(&house)
            .await
            .unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
        // Whatever is left of them makes room; what was deleted is gone already.
        for card in [&scene.awake, &scene.asleep] {
            house.engine.delete_nest(&person("anna"), &by_id(card)).await.ok();
        }
    }
    house.close().await;
}

/// One nest whose log could not be read kept the line of news from ever being made again: "the store is away", in every nest.
#[tokio::test]
async fn fault_one_nest_that_could_not_be_read_took_the_house_down() {
    let house = House::open().await;
    let other = house.another_process().await;
    for (wreck, commands) in LOG_WRECKS {
        let (broken, well) = (house.build("Broken").await, house.build("Well").await);
        let mut in_broken = house.join(&broken.nest_id, "ben").await;
        let mut in_well = house.join(&well.nest_id, "ben").await;
        let mut redis = house.redis().await;
        for command in commands {
            let mut wrecked = redis::cmd(command[0]);
            wrecked.arg(Key::Log(&broken.nest_id).name()).arg(&command[1..]);
            let _: redis::Value = wrecked.query_async(&mut redis).await.expect("wrecked");
        }
        let mut kill = redis::cmd("CLIENT");
        kill.arg("KILL").arg("TYPE").arg("pubsub");
        let _: usize = kill.query_async(&mut redis).await.expect("the line is cut");
        for seat in [&mut in_well, &mut in_broken] {
            for wanted in [false, true] {
                let is = |f: &ServerFrame| matches!(f, ServerFrame::Store { up } if *up == wanted);
                frame(seat, wreck, is).await;
            }
        }
        // And its news come in again.
        other.add(&well.nest_id, "cleo", 0).await;
        let added =
            |f: &ServerFrame| matches!(f, ServerFrame::Event(e) if matches!(e.change, Change::Added { .. }));
        frame(&mut in_well, wreck, added).await;
        // The host helps the broken one, and those inside are sent to what it became.
        let again = house
            .engine
            .restart_nest(&person("anna"), &by_id(&broken), FORCE)
            .await;
        again.expect("it begins anew");
        let end = async {
            loop {
                if let SeatEvent::Closed(reason) = in_broken.next().await {
                    return reason;
                }
            }
        };
        let reason = tokio::time::timeout(PATIENCE, end)
            .await
            .expect("it ends in time");
        assert_eq!(reason, CloseReason::NestRestarted, "{wreck}");
        drop((in_broken, in_well));
        for card in [&broken, &well] {
            let deleted = house.engine.delete_nest(&person("anna"), &by_id(card)).await;
            deleted.expect("it makes room");
        }
    }
    other.close().await;
    house.close().await;
}

/// Nothing passes over the line of news, and neither end is told: what happens elsewhere meanwhile still arrives.
#[tokio::test]
async fn fault_a_line_of_news_that_fell_silent_was_never_made_anew() {
    let house = House::open().await;
    let often = Duration::from_millis(50);
    let (away, fuse) = house
        .process_behind_a_fuse_with(|settings| settings.news_check = often)
        .await;
    let main = NestId::main();
    let mut seat = away.join(&main, "ben").await;
    fuse.silence_news();
    house.add(&main, "anna", 0).await;
    let added =
        |f: &ServerFrame| matches!(f, ServerFrame::Event(e) if matches!(e.change, Change::Added { .. }));
    frame(&mut seat, "what happened meanwhile", added).await;
    drop(seat);
    away.close().await;
    house.close().await;
}

/// Whoever opened a nest waited on the silent line, and so did all who came after.
#[tokio::test]
async fn fault_no_nest_could_be_opened_once_the_line_of_news_fell_silent() {
    let house = House::open().await;
    let (away, fuse) = house.process_behind_a_fuse().await;
    let card = house.build("Not yet held").await;
    away.snapshot(&NestId::main()).await;
    fuse.silence_news();
    let opened = async {
        while let Err(refused) = away.engine.snapshot(&card.nest_id).await {
            assert_eq!(refused.code(), ErrorCode::StoreUnavailable, "{refused:?}");
        }
    };
    tokio::time::timeout(PATIENCE, opened)
        .await
        .expect("the line is made anew");
    away.close().await;
    house.close().await;
}
