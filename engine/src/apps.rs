//! By which app at Spotify a nest goes: the house's, or one that its host entered.
//!
//! Owns the handles to nests' own apps, made when they are first needed and dropped when the app is another one. How an app
//! is entered, tried and taken away is [`crate::own_app`]'s; what is kept of people's accounts is [`crate::accounts`]'.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nests::nest::{MemberId, NestId};
use nests::paste::Collection;
use nests::track::{Source, Track, TrackUri};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::error::EngineError;
use crate::secret::SpotifySecret;
use crate::source::spotify::{Calls, Spotify};
use crate::source::{Alike, Answer, Listing, MusicSource, SearchPage, SourceError, Sources};
use crate::store::Key;

/// Handles that one process holds; the one that was used longest ago makes room. Each has connections of its own.
const MOST_HANDLES: usize = 32;

/// An app at Spotify. People connect their account by one, and it counts for that one alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum App {
    #[default]
    House,
    /// The nest's own. Another client id is another app.
    OfNest { nest: NestId, client_id: String },
}

impl App {
    /// Where a person's account by this app is kept.
    pub(crate) fn account_key(&self, member: &MemberId) -> String {
        match self {
            Self::House => Key::SpotifyAccount(member).name(),
            Self::OfNest { nest, .. } => Key::OwnAppAccount(nest, member).name(),
        }
    }

    /// The place that the tokens of that account are sealed for.
    pub(crate) fn seal_place(&self, member: &MemberId) -> String {
        match self {
            Self::House => member.as_str().to_owned(),
            Self::OfNest { nest, client_id } => format!("{nest} {client_id} {member}"),
        }
    }
}

/// An app, ready to be asked.
#[derive(Clone)]
pub(crate) struct Through {
    pub(crate) app: App,
    pub(crate) spotify: Arc<Spotify>,
}

/// What is kept of a nest's own app.
pub(crate) struct KeptApp {
    pub(crate) client_id: String,
    /// Steps with each time that the app is entered.
    pub(crate) version: String,
    sealed: String,
}

impl KeptApp {
    /// The place that the secret is sealed for.
    pub(crate) fn seal_place(nest: &NestId, client_id: &str) -> String {
        format!("app {nest} {client_id}")
    }
}

/// The handles to nests' own apps in this process.
#[derive(Default)]
pub(crate) struct Handles {
    held: Mutex<HeldHandles>,
    /// What was asked by any of them since the program started, also by those that are gone.
    calls: Arc<Calls>,
}

#[derive(Default)]
struct HeldHandles {
    by_nest: HashMap<NestId, Handle>,
    /// Counts uses: the smallest was longest ago.
    uses: u64,
}

struct Handle {
    version: String,
    spotify: Arc<Spotify>,
    last_use: u64,
}

impl HeldHandles {
    fn of(&mut self, nest: &NestId, version: &str) -> Option<Arc<Spotify>> {
        self.uses += 1;
        let handle = self
            .by_nest
            .get_mut(nest)
            .filter(|handle| handle.version == version)?;
        handle.last_use = self.uses;
        Some(handle.spotify.clone())
    }
}

impl Handles {
    fn held(&self) -> MutexGuard<'_, HeldHandles> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often hosts' apps have asked which endpoint.
    pub(crate) fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }

    fn of(&self, nest: &NestId, version: &str) -> Option<Arc<Spotify>> {
        self.held().of(nest, version)
    }

    /// Where somebody else was faster, theirs: there is one token for all.
    fn hold(&self, nest: &NestId, version: String, spotify: Spotify) -> Arc<Spotify> {
        let mut held = self.held();
        if let Some(there) = held.of(nest, &version) {
            return there;
        }
        held.by_nest.remove(nest);
        while held.by_nest.len() >= MOST_HANDLES {
            let oldest = held.by_nest.iter().min_by_key(|(_, handle)| handle.last_use);
            let Some(oldest) = oldest.map(|(nest, _)| nest.clone()) else {
                break;
            };
            held.by_nest.remove(&oldest);
        }
        let spotify = Arc::new(spotify);
        let handle = Handle {
            version,
            spotify: spotify.clone(),
            last_use: held.uses,
        };
        held.by_nest.insert(nest.clone(), handle);
        spotify
    }

    /// Its secret and its token leave the memory with it.
    pub(crate) fn drop_of(&self, nest: &NestId) {
        self.held().by_nest.remove(nest);
    }
}

/// Spotify in a nest whose own app can't be used: each question has the same answer.
struct Shut(SourceError);

impl Shut {
    fn answer<'a, T: Send + 'a>(&self) -> Answer<'a, T> {
        Box::pin(std::future::ready(Err(self.0)))
    }
}

impl MusicSource for Shut {
    fn source(&self) -> Source {
        Source::Spotify
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn search<'a>(&'a self, _: &'a str, _: usize, _: usize) -> Answer<'a, SearchPage> {
        self.answer()
    }

    fn track<'a>(&'a self, _: &'a TrackUri) -> Answer<'a, Track> {
        self.answer()
    }

    fn has_at_hand<'a>(&'a self, _: &'a TrackUri) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(std::future::ready(true))
    }

    fn alike<'a>(&'a self, _: &'a Alike, _: usize, _: u64) -> Answer<'a, Vec<Track>> {
        self.answer()
    }

    fn listing<'a>(&'a self, _: &'a Collection, _: usize) -> Answer<'a, Listing> {
        self.answer()
    }
}

impl Engine {
    /// The house's own app.
    pub(crate) fn house_app(&self) -> Result<Through, EngineError> {
        let spotify = self.inner.spotify.clone();
        let spotify = spotify.ok_or(SourceError::NotSetUp.of(Source::Spotify))?;
        Ok(Through {
            app: App::House,
            spotify,
        })
    }

    /// By which app the nest goes.
    pub(crate) async fn app_of(&self, nest: &NestId) -> Result<App, EngineError> {
        let client_id = match nest.is_main() {
            true => None,
            false => {
                let mut read = redis::cmd("HGET");
                read.arg(Key::OwnApp(nest).name()).arg("client_id");
                self.inner.store.run::<Option<String>>(&read).await?
            }
        };
        Ok(client_id.map_or(App::House, |client_id| App::OfNest {
            nest: nest.clone(),
            client_id,
        }))
    }

    /// The same, ready to be asked.
    ///
    /// # Errors
    /// `NotSetUp` where neither the nest nor the house has an app; `OwnAppRefused` where the nest's can't be read any more.
    pub(crate) async fn through(&self, nest: &NestId) -> Result<Through, EngineError> {
        let Some(kept) = self.kept_app(nest).await? else {
            self.inner.own_apps.drop_of(nest); // taken away in another process
            return self.house_app();
        };
        let spotify = match self.inner.own_apps.of(nest, &kept.version) {
            Some(spotify) => spotify,
            None => {
                let secret = self.secret_of(nest, &kept);
                let secret = secret.ok_or(SourceError::OwnAppRefused.of(Source::Spotify))?;
                let settings = self.inner.settings.spotify_at.app(&kept.client_id, &secret);
                let own_apps = &self.inner.own_apps;
                let store = self.inner.store.clone();
                let spotify = Spotify::of_nest(&settings, store, nest.clone(), own_apps.calls.clone());
                own_apps.hold(nest, kept.version, spotify)
            }
        };
        let app = App::OfNest {
            nest: nest.clone(),
            client_id: kept.client_id,
        };
        Ok(Through { app, spotify })
    }

    /// The app by which somebody asks for that nest, or for no nest in particular.
    pub(crate) async fn through_in(&self, nest: Option<&NestId>) -> Result<Through, EngineError> {
        match nest {
            Some(nest) => self.through(nest).await,
            None => self.house_app(),
        }
    }

    /// The very app once more; `None`: the nest goes by another one by now.
    pub(crate) async fn through_again(&self, app: &App) -> Result<Option<Through>, EngineError> {
        match app {
            App::House => Ok(Some(self.house_app()?)),
            App::OfNest { nest, .. } if self.app_of(nest).await? != *app => Ok(None),
            App::OfNest { nest, .. } => {
                let through = self.through(nest).await?;
                Ok((through.app == *app).then_some(through))
            }
        }
    }

    /// Whether there is Spotify in the nest at all.
    pub async fn has_spotify(&self, nest: &NestId) -> Result<bool, EngineError> {
        Ok(self.inner.spotify.is_some() || self.app_of(nest).await? != App::House)
    }

    /// Which sources of music there are in that nest, in their order.
    pub async fn source_names(&self, nest: &NestId) -> Result<Vec<Source>, EngineError> {
        Ok(self.sources_of(Some(nest)).await?.names())
    }

    /// Where music comes from in that nest; `None`: in no particular one. An own app that can't be read leaves the nest
    /// without Spotify, and the library goes on.
    pub(crate) async fn sources_of(&self, nest: Option<&NestId>) -> Result<Sources, EngineError> {
        let sources = self.inner.sources.clone();
        let Some(nest) = nest else {
            return Ok(sources);
        };
        match self.through(nest).await {
            Ok(Through { app: App::House, .. })
            | Err(EngineError::Source {
                error: SourceError::NotSetUp,
                ..
            }) => Ok(sources),
            Ok(through) => Ok(sources.with_instead(through.spotify)),
            Err(EngineError::Source { error, .. }) => Ok(sources.with_instead(Arc::new(Shut(error)))),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn kept_app(&self, nest: &NestId) -> Result<Option<KeptApp>, EngineError> {
        if nest.is_main() {
            return Ok(None);
        }
        let mut read = redis::cmd("HMGET");
        read.arg(Key::OwnApp(nest).name())
            .arg(&["client_id", "version", "sealed"]);
        type Fields = (Option<String>, Option<String>, Option<String>);
        let (client_id, version, sealed): Fields = self.inner.store.run(&read).await?;
        Ok(client_id.map(|client_id| KeptApp {
            client_id,
            version: version.unwrap_or_default(),
            sealed: sealed.unwrap_or_default(),
        }))
    }

    /// `None`: it was sealed with a secret key that this house no longer has.
    pub(crate) fn secret_of(&self, nest: &NestId, kept: &KeptApp) -> Option<SpotifySecret> {
        let place = KeptApp::seal_place(nest, &kept.client_id);
        let secret = self.inner.settings.seal.open(&place, &kept.sealed)?;
        Some(SpotifySecret::new(secret))
    }
}
