//! What the engine says during the tests, every word of it: kept where a run collects it, to be searched for secrets.

use std::sync::Once;

use standin::evidence;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Whose evidence it is.
pub const ENGINE: &str = "engine";

/// From now on, for all tests of this program: they share one log.
pub fn write_down() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let Some((_, file)) = evidence::new_log(ENGINE).expect("a file for the log") else {
            return;
        };
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(file);
        let discreet = filter_fn(|about| engine::is_discreet(about.target(), *about.level()));
        tracing_subscriber::registry().with(lines).with(discreet).init();
        tracing::trace!("everything is said");
    });
}
