//! A house in which a request can be refused for every reason there is.

use axum::http::Method;
use nests::nest::{NestId, NestRef};
use serde_json::{Value, json};

use crate::support::house::{PATIENCE, vote};
use crate::support::restful::{drowsy_house, fall_asleep};
use crate::support::{Browser, House, Standing, Tab};

/// Where more nests are to be had.
pub const MORE: &str = "https://example.org/more-nests";

/// Anna built three nests, by their codes. No more may be awake, and in the one that is no more songs may wait.
pub struct Scene {
    pub house: House,
    pub stranger: Browser,
    pub anna: Browser,
    pub ben: Browser,
    /// Anna listens, one song of hers plays, one waits with a vote of Ben's.
    pub awake: String,
    pub asleep: String,
    /// Awake until it is deleted.
    pub doomed: String,
    /// The song that waits.
    pub song: String,
    tab: Tab,
}

impl Scene {
    pub async fn set() -> Self {
        let env = [
            ("NEST_MAX_ACTIVE", "2"),
            ("NEST_MAX_QUEUE_DEPTH", "1"),
            ("NEST_UPGRADE_URL", MORE),
        ];
        let house = drowsy_house(&env, |_| {}).await;
        let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
        let asleep = anna.build("Asleep").await;
        fall_asleep(&house, &asleep).await;
        let awake = anna.build("Awake").await;
        let doomed = anna.build("Gone").await;

        let mut tab = house.tab_at(&anna, &format!("/socket/{awake}")).await;
        // Everybody is told a moment after she came; from then on her coming changes nothing any more.
        tab.counts(1).await;
        let commands = format!("/api/nests/{awake}/commands");
        for n in [0, 1] {
            let add = json!({"add": {"track": house.track(n).await}});
            anna.post(&commands, add).await.expect(200);
            if n == 0 {
                tab.event_that(|change| change.get("started").is_some()).await;
            }
        }
        let nest = NestId::parse(&awake).expect("an id");
        let nest = house.state.engine.snapshot(&nest).await.expect("its state");
        let song = nest.songs[0].song.id.to_string();
        ben.post(&commands, vote(&song, "up")).await.expect(200);
        Self {
            stranger: house.stranger(),
            house,
            anna,
            ben,
            awake,
            asleep,
            doomed,
            song,
            tab,
        }
    }

    /// Deletes the doomed nest, of which that is remembered for half a minute.
    pub async fn delete_the_doomed(&self) {
        let path = format!("/api/nests/{}", self.doomed);
        self.anna
            .json(Method::DELETE, &path, Value::Null)
            .await
            .expect(204);
    }

    /// The awake nest begins its next generation, and Anna is not in it.
    pub async fn restart_without_anna(&mut self) {
        let fields = format!("nest={}&mode=force", self.awake);
        self.anna.call("restart_nest", &fields).await.expect(200);
        assert_eq!(self.tab.closed_with().await, 4412);
        // She has left a moment after that; whoever reads the list in between still finds her there.
        let nest = NestRef::parse(&self.awake).expect("a code");
        let empty = async {
            loop {
                let card = self.house.state.engine.get_nest(&nest).await.expect("awake");
                if card.member_count == 0 {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, empty).await.expect("she leaves");
    }

    pub async fn standing(&self) -> Standing {
        Standing::of(&self.house, &[&self.asleep]).await
    }
}
