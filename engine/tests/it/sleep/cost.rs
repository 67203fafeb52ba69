//! What sleeping nests cost those that are awake: nothing. A cleanup step touches only what is due.

use engine::NewNest;
use engine::store::Key;
use nests::nest::{NestCode, NestId, NestRef, NestSlug, sonic};
use nests::wire::directory::NestCard;

use super::{DAY, FIVE_MINUTES, cleaned};
use crate::support::commands::commands_of;
use crate::support::{House, person};

const MANY: usize = 5_000;
/// Nests put into the store with one pipeline; divides [`MANY`].
const AT_ONCE: usize = 100;
/// Bytes that Redis sends while a nest without a name is built, with what goes on beside it; the entries of all sleeping
/// nests would be a hundred times as many.
const WITHOUT_A_NAME: u64 = 20_000;

/// Puts so many sleeping nests beside the others, as copies of one.
async fn fill_with_sleeping_nests(house: &House, pattern: &NestCard) {
    let mut redis = house.redis().await;
    let text: String = redis::cmd("HGET")
        .arg(Key::Parked.name())
        .arg(pattern.nest_id.as_str())
        .query_async(&mut redis)
        .await
        .expect("its entry");
    let far = house.engine.now().0 + DAY;
    // They take the names of the house first, so that the next nest without a name has to look far.
    let mut names = sonic::orderly_names();
    let mut pipe = redis::pipe();
    for n in 0..MANY {
        let name = names.next().unwrap_or_else(|| format!("Copy {n}"));
        let letters: Vec<u8> = (0..5)
            .map(|place| nests::nest::code::ALPHABET[n / 31usize.pow(place) % 31])
            .collect();
        let code = String::from_utf8(letters).expect("letters");
        let entry = text
            .replace(&pattern.code, &code)
            .replace("Pattern", &name)
            .replace("\"pattern\"", &format!("\"copy-{n}\""));
        let slug = NestSlug::parse(&format!("copy-{n}")).expect("a slug");
        let id = NestId::parse(&code).expect("a code");
        let lookup = NestCode::parse(&code).expect("a code");
        pipe.hset(Key::Parked.name(), id.as_str(), entry).ignore();
        pipe.hincr(Key::Names.name(), &name, 1).ignore();
        pipe.set(Key::Code(&lookup).name(), id.as_str()).ignore();
        pipe.set(Key::Slug(&slug).name(), id.as_str()).ignore();
        pipe.zadd(Key::CleanupDue.name(), id.as_str(), far).ignore();
        if (n + 1) % AT_ONCE == 0 {
            let _: () = pipe.query_async(&mut redis).await.expect("filled");
            pipe.clear();
        }
    }
}

/// The bytes that Redis has sent so far, this very answer not among them.
async fn bytes_sent(house: &House) -> u64 {
    let mut redis = house.redis().await;
    let stats: String = redis::cmd("INFO")
        .arg("stats")
        .query_async(&mut redis)
        .await
        .expect("counters");
    let sent = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_net_output_bytes:"));
    sent.and_then(|bytes| bytes.parse().ok()).expect("a number")
}

#[tokio::test]
async fn five_thousand_sleeping_nests_cost_no_command_more_than_five() {
    let house = House::open_with(|s| s.nest_cleanup = std::time::Duration::from_secs(3600)).await;
    let pattern = house.build("Pattern").await;
    house.clock.advance(FIVE_MINUTES);
    assert_eq!(cleaned(&house).await.len(), 1);
    let awake = house.build("Wide Awake").await;
    let by_slug = NestRef::parse("wide-awake").expect("a slug");
    let mut costs = Vec::new();
    for round in 0..2 {
        let (list, cards) = commands_of(&house, house.engine.list_nests()).await;
        assert_eq!(cards.expect("the list").len(), 2);
        let (resolve, card) = commands_of(&house, house.engine.get_nest(&by_slug)).await;
        assert_eq!(card.expect("found").nest_id, awake.nest_id);
        let (create, created) = commands_of(
            &house,
            house.engine.create_nest(&person("ben"), NewNest::default()),
        )
        .await;
        let bens = created.expect("created").nest_id;
        house
            .engine
            .delete_nest(&person("ben"), &NestRef::Id(bens))
            .await
            .expect("deleted");
        let before = bytes_sent(&house).await;
        let cleo = house
            .engine
            .create_nest(&person("cleo"), NewNest::default())
            .await;
        let sent = bytes_sent(&house).await - before;
        assert!(
            sent < WITHOUT_A_NAME,
            "a name is found without reading every nest: {sent} bytes"
        );
        let unnamed = cleo.expect("created").nest_id;
        house
            .engine
            .delete_nest(&person("cleo"), &NestRef::Id(unnamed))
            .await
            .expect("deleted");
        let (cleanup, slept) = commands_of(&house, house.engine.cleanup_step()).await;
        assert!(slept.expect("cleaned").is_empty());
        // One nest is due among all of them: only that one is looked at.
        let due = house.build("Due").await.nest_id;
        let mut redis = house.redis().await;
        let long_ago: redis::RedisResult<()> = redis::cmd("ZADD")
            .arg(Key::CleanupDue.name())
            .arg(0)
            .arg(due.as_str())
            .query_async(&mut redis)
            .await;
        long_ago.expect("due");
        let (one_due, slept) = commands_of(&house, house.engine.cleanup_step()).await;
        assert!(slept.expect("cleaned").is_empty(), "it is too young to sleep");
        house
            .engine
            .delete_nest(&person("anna"), &NestRef::Id(due))
            .await
            .expect("deleted");
        costs.push((list, resolve, create, cleanup, one_due));
        if round == 0 {
            fill_with_sleeping_nests(&house, &pattern).await;
        }
    }
    let (few, many) = (costs[0], costs[1]);
    assert_eq!(few, many, "list, resolve, create, cleanup, cleanup of one");
    assert!(many.3 <= 2, "a cleanup with nothing due is one look: {many:?}");
    house.close().await;
}
