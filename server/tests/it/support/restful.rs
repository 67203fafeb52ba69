//! Houses whose nests fall asleep when a test says so.

use std::time::Duration;

use engine::EngineSettings;

use super::House;
use super::house::PATIENCE;

/// Nests fall asleep in the first cleanup step after they were built or left.
pub async fn drowsy_house(env: &[(&str, &str)], adjust: impl FnOnce(&mut EngineSettings)) -> House {
    House::open_with(env, |settings| {
        settings.nest_max_inactive_minutes = 0;
        settings.nest_cleanup = Duration::from_secs(3600);
        settings.leave_grace = Duration::ZERO;
        adjust(settings);
    })
    .await
}

/// Cleans until the nest sleeps.
pub async fn fall_asleep(house: &House, code: &str) {
    let asleep = async {
        loop {
            let asleep = house.state.engine.cleanup_step().await.expect("cleaned");
            if asleep.iter().any(|nest| nest.as_str() == code) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asleep)
        .await
        .expect("it falls asleep");
}
