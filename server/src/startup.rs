//! Starting and stopping, in order: data folder, key, port, engine, door; and back.
//!
//! Owns the order and the plain words when a step fails. What each step does is its module's business.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use engine::{
    AddressKey, Engine, EngineSettings, RedisUrl, RedisWhere, Seal, SpotifySecret, SpotifySettings,
};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::auth::developer;
use crate::auth::session_cookie::SessionCookies;
use crate::auth::sign_in_pace::SignInPace;
use crate::config::secret::Secret;
use crate::config::{Config, secret_key};
use crate::http::card::Cards;
use crate::http::{site, tv};
use crate::realtime::places::Places;
use crate::state::{AppState, House};
use crate::{listener, router};

/// How long the engine may take to put everything away.
const ENGINE_FAREWELL: Duration = Duration::from_secs(10);

/// Why the program did not start, in words for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("DATA_DIR {} cannot be used: {error}", .folder.display())]
    DataDir { folder: PathBuf, error: io::Error },
    #[error("no key to sign cookies with: {0}")]
    SecretKey(io::Error),
    #[error("{0} is in use already. Is EchoNest running? Stop it, or set NESTS_ADDR to another port")]
    PortInUse(SocketAddr),
    #[error("cannot listen on {addr}: {error}")]
    Listen { addr: SocketAddr, error: io::Error },
    #[error(transparent)]
    Engine(#[from] engine::StartError),
    #[error("the engine broke, so the program stopped; what was acknowledged is kept: {0}")]
    Broke(tokio::task::JoinError),
}

/// Runs the program until it is told to stop.
///
/// # Errors
/// Whatever keeps it from starting, or broke its engine. Otherwise it only ends on a signal.
pub async fn run(mut config: Config) -> Result<(), StartError> {
    for name in &config.without_effect {
        warn!("{name} is set, but has no effect in this version");
    }
    listener::allow_many_connections();
    let first_start = !config.data_dir.exists();
    open_data_dir(&config)?;
    let key = signing_key(&config)?;
    let door = listen(config.addr).await?;
    if let Ok(addr) = door.local_addr() {
        config.opened_at(addr);
    }

    let stop = CancellationToken::new();
    let engine_stop = CancellationToken::new();
    stop_on_signals(stop.clone());
    if first_start && config.music_dir.is_none() {
        info!("first start: the house collection is being composed; its songs appear one by one");
    }
    let settings = EngineSettings {
        address_key: AddressKey::new(key.expose()),
        seal: Seal::new(key.expose()),
        ..engine_settings(&config)
    };
    let engine = Engine::start(settings, engine_stop.clone()).await?;
    let background = vital(stop.clone(), {
        let engine = engine.clone();
        async move { engine.run().await }
    });

    let state = state(&config, &key, engine, stop.clone());
    announce(&config);
    listener::serve(door, router::router(state.clone()), stop).await;
    state.house.places.emptied().await;

    engine_stop.cancel();
    match tokio::time::timeout(ENGINE_FAREWELL, background).await {
        Ok(Ok(())) => info!("stopped"),
        Ok(Err(error)) => return Err(StartError::Broke(error)),
        Err(_) => warn!("the engine did not stop in time"),
    }
    Ok(())
}

/// Runs what the program is nothing without: songs end, nests fall asleep, news arrive. When that ends, for whatever reason,
/// the house is closed, so that whoever watches over the program can start it anew. A page that goes on without it would look
/// alive and be stale.
fn vital(stop: CancellationToken, work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(async move {
        let _closes_the_house = stop.drop_guard();
        work.await;
    })
}

/// Everything a request can reach, for these settings.
pub fn state(config: &Config, key: &Secret, engine: Engine, stop: CancellationToken) -> AppState {
    let leptos = site::options(config.addr);
    let house = House {
        cookies: SessionCookies::new(key, config.public_address.is_https()),
        public_address: config.public_address.clone(),
        address_is_told: config.address_is_told,
        guests_welcome: config.allow_guests,
        developer: config
            .developer
            .as_ref()
            .and_then(|email| developer::person(email, key)),
        sign_in_pace: SignInPace::default(),
        tv_pace: SignInPace::default(),
        screens: Arc::new(Semaphore::new(tv::MAX_SCREENS)),
        waiting_screens: Arc::new(Semaphore::new(tv::MAX_WAITING_SCREENS)),
        places: Places::new(stop.clone()),
        cards: Cards::default(),
        build: site::build_id(&leptos),
        stop,
    };
    AppState {
        engine,
        leptos,
        house: Arc::new(house),
    }
}

/// The part of the settings that is the engine's.
pub fn engine_settings(config: &Config) -> EngineSettings {
    let redis = match &config.redis_url {
        Some(url) => RedisWhere::Url(RedisUrl::new(url.expose())),
        None => RedisWhere::Private,
    };
    let spotify = config.spotify.as_ref().map(|app| SpotifySettings {
        client_id: app.client_id.clone(),
        client_secret: SpotifySecret::new(app.client_secret.expose()),
        market: app.market.clone(),
        api_url: app.api_url.clone(),
        accounts_url: app.accounts_url.clone(),
        sdk_url: app.sdk_url.clone(),
    });
    EngineSettings {
        redis,
        spotify,
        spotify_at: config.spotify_at.clone(),
        mixed_sources: config.mixed_sources,
        data_dir: config.data_dir.clone(),
        music_dir: config.music_dir.clone(),
        public_url: config.public_address.url(),
        short_host: config.short_host.clone(),
        nest_max_active: if config.nests.enabled {
            config.nests.max_active
        } else {
            0
        },
        nest_code_length: config.nests.code_length,
        nest_max_queue_depth: config.nests.max_queue_depth,
        nest_max_inactive_minutes: config.nests.max_inactive_minutes,
        nest_park_days: config.nests.park_days,
        nest_cleanup: config.nests.cleanup,
        bender_default: config.bender.in_new_nests,
        use_bender: config.bender.enabled,
        min_queue_depth: config.bender.min_queue_depth,
        max_bender_minutes: config.bender.max_minutes,
        bender_filter: config.bender.filter,
        bender_weights: config.bender.weights,
        zone: config.bender.zone.clone(),
        upgrade_url: config.nests.upgrade_url.clone(),
        ..EngineSettings::default()
    }
}

/// Makes the folder and writes a little into it, so that a full disk or a wrong owner shows now and in plain words.
///
/// # Errors
/// What is wrong with the folder.
pub fn open_data_dir(config: &Config) -> Result<(), StartError> {
    let folder = &config.data_dir;
    make_and_try(folder).map_err(|error| StartError::DataDir {
        folder: folder.clone(),
        error,
    })
}

fn make_and_try(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    const OWNER_ONLY: u32 = 0o700;
    /// A block of the file system: what a disk that isn't full can hold.
    const PROBE_BYTES: usize = 4096;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(OWNER_ONLY)
        .create(folder)?;
    let probe = folder.join(format!("probe.{}", std::process::id()));
    let written = std::fs::File::create(&probe).and_then(|mut file| {
        file.write_all(&[0; PROBE_BYTES])?;
        file.sync_all()
    });
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

/// # Errors
/// The data folder can't be read or written.
pub fn signing_key(config: &Config) -> Result<Secret, StartError> {
    match &config.secret_key {
        Some(key) => Ok(key.clone()),
        None => secret_key::load_or_make(&config.data_dir).map_err(StartError::SecretKey),
    }
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse(addr),
        _ => StartError::Listen { addr, error },
    })
}

/// The one line a person waits for.
fn announce(config: &Config) {
    let line = format!("EchoNest is open: {}\n", config.public_address.url());
    let said = io::stdout()
        .write_all(line.as_bytes())
        .and_then(|()| io::stdout().flush());
    if let Err(error) = said {
        warn!(
            "cannot write to the terminal ({error}); EchoNest is open at {}",
            config.public_address.url()
        );
    }
}

/// The first signal closes the house in order; the second one leaves at once.
fn stop_on_signals(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    /// What shells report of a program that was interrupted.
    const INTERRUPTED: i32 = 130;
    let signals = signal(SignalKind::interrupt()).and_then(|i| Ok((i, signal(SignalKind::terminate())?)));
    let (mut interrupt, mut terminate) = match signals {
        Ok(signals) => signals,
        Err(error) => return warn!("cannot listen for signals ({error}): stopping will be abrupt"),
    };
    tokio::spawn(async move {
        let mut asked = async || {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        asked().await;
        info!("stopping; once more to stop at once");
        stop.cancel();
        asked().await;
        std::process::exit(INTERRUPTED);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fault_a_task_that_dies_leaves_no_house_open_behind_it() {
        let stop = CancellationToken::new();
        let dies = vital(stop.clone(), async { panic!("as a bug would") });
        stop.cancelled().await;
        assert!(dies.await.expect_err("it broke").is_panic());

        let stop = CancellationToken::new();
        vital(stop.clone(), async {}).await.expect("it ended in peace");
        assert!(stop.is_cancelled());
    }
}
