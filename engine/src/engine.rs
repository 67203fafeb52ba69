//! The engine as a whole: what it is made of, how it starts and how it ends.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use nests::nest::{MemberId, NestId};
use nests::time::Millis;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::accounts::{self, Renewals};
use crate::acting;
use crate::apps::Handles;
use crate::clock::Clock;
use crate::directory::identity_of;
use crate::error::EngineError;
use crate::hearing::{self, Conductors, in_browser};
use crate::live::{Hub, LiveNest};
use crate::looking_up;
use crate::pace::Pace;
use crate::playing::Player;
use crate::searching::{self, SearchPace};
use crate::settings::{EngineSettings, RedisWhere};
use crate::source::library::{Librarian, Library, LibraryOptions};
use crate::source::spotify::Spotify;
use crate::source::{MusicSource, Sources, house};
use crate::store::lock::{DataDirLock, LockError, lock};
use crate::store::private_redis::{PrivateRedis, PrivateRedisError};
use crate::store::{Store, state};

/// Everything EchoNest can do. A cheap handle: clones share one engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: EngineSettings,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) hub: Hub,
    pub(crate) player: Player,
    pub(crate) sources: Sources,
    /// Also one of the sources; here by its own name for what only Spotify does.
    pub(crate) spotify: Option<Arc<Spotify>>,
    /// To the apps that hosts entered for their nests.
    pub(crate) own_apps: Handles,
    /// Codes drawn for new nests that were taken already.
    pub(crate) code_collisions: AtomicU64,
    pub(crate) renewals: Renewals,
    pub(crate) search_pace: SearchPace,
    /// Of ways to Spotify that somebody sets out on.
    pub(crate) linking_pace: Pace<MemberId>,
    /// Of wishes that come by requests.
    pub(crate) wish_pace: Pace<MemberId>,
    /// Of what pastes and seeds have looked up outside the house.
    pub(crate) look_up_pace: Pace<MemberId>,
    /// Of wishes for one's player, and of news of it.
    pub(crate) player_pace: Pace<MemberId>,
    /// Of tokens on loan that a page says are refused.
    pub(crate) loan_pace: Pace<MemberId>,
    pub(crate) conductors: Conductors,
    pub(crate) stop: CancellationToken,
    /// What [`Engine::run`] takes when it starts.
    duties: Mutex<Option<Duties>>,
    _lock: DataDirLock,
}

struct Duties {
    librarian: Librarian,
    people_changed: mpsc::Receiver<NestId>,
    redis: Option<PrivateRedis>,
}

/// Why the program could not start, in words for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    DataDir(#[from] LockError),
    #[error(transparent)]
    PrivateRedis(#[from] PrivateRedisError),
    #[error("Redis can't be reached: {0}. Check REDIS_URL (or REDIS_HOST and REDIS_PORT)")]
    Redis(#[from] redis::RedisError),
    #[error("the store can't be read: {0}")]
    Store(#[from] EngineError),
}

impl Engine {
    /// Locks the data folder, starts or reaches Redis, opens the library and the Main Nest. Once `stop` is cancelled
    /// [`Engine::run`] puts everything away.
    pub async fn start(settings: EngineSettings, stop: CancellationToken) -> Result<Self, StartError> {
        Self::start_with_clock(settings, stop, Clock::System).await
    }

    /// The same with a clock of the caller's.
    pub async fn start_with_clock(
        settings: EngineSettings,
        stop: CancellationToken,
        clock: Clock,
    ) -> Result<Self, StartError> {
        Self::start_with_sources(settings, stop, clock, Vec::new()).await
    }

    /// The same with sources of music of the caller's beside the house's.
    pub async fn start_with_sources(
        settings: EngineSettings,
        stop: CancellationToken,
        clock: Clock,
        more: Vec<Arc<dyn MusicSource>>,
    ) -> Result<Self, StartError> {
        let data_dir_lock = lock(&settings.data_dir)?;
        let (redis, url) = match &settings.redis {
            RedisWhere::Url(url) => (None, url.expose().to_owned()),
            RedisWhere::Private => {
                let redis = PrivateRedis::start(&settings.data_dir).await?;
                let url = redis.url.clone();
                (Some(redis), url)
            }
        };
        let store = Store::connect(&url).await?;
        store.ping().await?;
        let folder = settings
            .music_dir
            .clone()
            .unwrap_or_else(|| house_folder(&settings));
        let (library, librarian) = Library::open(LibraryOptions::new(folder, &settings.data_dir)).await;
        let spotify = settings.spotify.as_ref();
        let spotify = spotify.map(|settings| Arc::new(Spotify::new(settings, store.clone())));
        let sources = match &spotify {
            Some(spotify) => Sources::new(library).with(spotify.clone()),
            None => Sources::new(library),
        };
        let (hub, people_changed) = Hub::new(settings.news_check);
        let duties = Duties {
            librarian,
            people_changed,
            redis,
        };
        let inner = Inner {
            settings,
            clock,
            store,
            hub,
            player: Player::new(),
            sources: more.into_iter().fold(sources, Sources::with),
            spotify,
            own_apps: Handles::default(),
            code_collisions: AtomicU64::new(0),
            renewals: Renewals::default(),
            search_pace: searching::pace(),
            linking_pace: accounts::pace(),
            wish_pace: acting::pace(),
            look_up_pace: looking_up::pace(),
            player_pace: hearing::pace(),
            loan_pace: in_browser::pace(),
            conductors: Conductors::default(),
            stop,
            duties: Mutex::new(Some(duties)),
            _lock: data_dir_lock,
        };
        let engine = Self {
            inner: Arc::new(inner),
        };
        engine.ensure_main_nest().await?;
        engine.count_names().await?;
        if let Err(error) = engine.adopt_older_queue().await {
            tracing::error!(%error, "the queue of an older installation can't be taken over; it stays where it is");
        }
        Ok(engine)
    }

    /// The background work: news from Redis, the player, people, cleanup, the library. Returns when all of it has ended
    /// after `stop`, the private Redis last.
    pub async fn run(&self) {
        let duties = self
            .inner
            .duties
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Duties {
            librarian,
            people_changed,
            redis,
        }) = duties
        else {
            tracing::error!("the engine runs already");
            return;
        };
        let stop = &self.inner.stop;
        let house = self.compose_house_collection();
        tokio::join!(
            self.inner.hub.listen(
                &self.inner.store,
                (&self.inner.player, &self.inner.conductors),
                stop.clone()
            ),
            self.run_player(stop.clone()),
            self.run_harvest(stop.clone()),
            self.run_people(people_changed, stop.clone()),
            self.run_conductors(stop.clone()),
            self.run_cleanup(stop.clone()),
            librarian.run(stop.clone()),
            house,
        );
        self.inner.hub.close_all();
        self.tell_calls();
        if let Some(redis) = redis {
            redis.stop().await;
        }
    }

    /// How often Spotify was asked since the start: it counts as well, and is the one who says when it is enough.
    fn tell_calls(&self) {
        let house = self.spotify().map(Spotify::calls);
        let hosts = self.inner.own_apps.calls().as_ref();
        for (app, calls) in [("the house's app", house), ("hosts' apps", Some(hosts))] {
            if let Some(calls) = calls.filter(|calls| calls.in_all() > 0) {
                tracing::info!(calls = calls.in_all(), "Spotify was asked by {app}: {calls}");
            }
        }
    }

    /// With no music folder the program makes its own music; the library finds the files as they appear.
    async fn compose_house_collection(&self) {
        if self.inner.settings.music_dir.is_some() {
            return;
        }
        let folder = house_folder(&self.inner.settings);
        let stop = self.inner.stop.clone();
        let composing = tokio::task::spawn_blocking(move || {
            let told = |progress: house::Progress| {
                tracing::info!(
                    "the house collection: {} of {} pieces",
                    progress.done,
                    progress.total
                );
            };
            house::compose_into(&folder, told, || stop.is_cancelled())
        });
        match composing.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the house collection could not be composed"),
            Err(error) => tracing::error!(%error, "composing the house collection broke off"),
        }
    }

    pub fn library(&self) -> &Library {
        self.inner.sources.library()
    }

    /// Where music comes from.
    pub fn sources(&self) -> &Sources {
        &self.inner.sources
    }

    pub fn spotify(&self) -> Option<&Spotify> {
        self.inner.spotify.as_deref()
    }

    pub fn settings(&self) -> &EngineSettings {
        &self.inner.settings
    }

    pub fn now(&self) -> Millis {
        self.inner.clock.now()
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), EngineError> {
        Ok(self.inner.store.ping().await?)
    }

    /// The nest, held in this process from now on.
    pub(crate) async fn open(&self, nest: &NestId) -> Result<Arc<LiveNest>, EngineError> {
        match self.open_once(nest).await {
            // While it was being read: now the next generation is there to be read.
            Err(EngineError::NestRestarted) => self.open_once(nest).await,
            answer => answer,
        }
    }

    async fn open_once(&self, nest: &NestId) -> Result<Arc<LiveNest>, EngineError> {
        let inner = &self.inner;
        let load = async || {
            let entry = self.entry(nest).await?;
            let mut loaded = state::load(&inner.store, entry.identity(), inner.settings.use_bender).await?;
            // Read again: a name that came between the entry and the state would be in neither of the two. One that comes
            // now is in the log, behind what was loaded.
            if let (Some(loaded), Some(identity)) = (&mut loaded, identity_of(&inner.store, nest).await?) {
                loaded.snapshot.nest = identity;
            }
            Ok(loaded)
        };
        inner.hub.open(nest, &inner.store, self.now(), load).await
    }
}

fn house_folder(settings: &EngineSettings) -> std::path::PathBuf {
    settings.data_dir.join("house")
}
