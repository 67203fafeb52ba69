//! A person's own account at Spotify, and the device on which they hear a nest. Plain forms.

use leptos::prelude::*;

use super::Refused;
use super::answer::Answer;

/// From now on one hears the nest's Spotify songs on that device.
#[server(name = HearOn, prefix = "/api/fn", endpoint = "hear_on", output = Answer)]
pub async fn hear_on(nest: String, device: String) -> Result<(), Refused> {
    use super::door;
    let (engine, me, id) = (door::engine()?, door::person()?, door::nest_id(&nest)?);
    engine.choose_device(&me, &id, &device).await.map_err(words)?;
    door::lead_form_to(&crate::paths::hear(&id));
    Ok(())
}

/// One's device falls silent.
#[server(name = StopHearing, prefix = "/api/fn", endpoint = "stop_hearing", output = Answer)]
pub async fn stop_hearing(nest: String) -> Result<(), Refused> {
    use super::door;
    let (engine, me, id) = (door::engine()?, door::person()?, door::nest_id(&nest)?);
    engine.stop_hearing(&me, &id).await.map_err(door::refused)?;
    door::lead_form_to(&crate::paths::hear(&id));
    Ok(())
}

/// After something of one's own: the nest again.
#[server(name = BackInSync, prefix = "/api/fn", endpoint = "back_in_sync", output = Answer)]
pub async fn back_in_sync(nest: String) -> Result<(), Refused> {
    use super::door;
    let (engine, me, id) = (door::engine()?, door::person()?, door::nest_id(&nest)?);
    engine.back_in_step(&me, &id).await.map_err(door::refused)?;
    door::lead_form_to(&crate::paths::nest(&id));
    Ok(())
}

#[cfg(feature = "ssr")]
pub(super) fn words(error: engine::accounts::AccountError) -> Refused {
    use engine::accounts::AccountError as E;
    use nests::wire::{ErrorBody, ErrorCode};
    let told = match error {
        E::Engine(error) => return super::door::refused(error),
        E::NotConnected | E::UnknownState | E::Declined => "Connect your Spotify first.",
        E::NoSeat => "The app at Spotify has no seat for your account.",
        E::SeatsTaken => "All seats of this nest's app at Spotify are taken.",
        E::Withdrawn => "Spotify no longer accepts the permission you gave. Connect again.",
    };
    Refused(ErrorBody::new(ErrorCode::FeatureNotAllowed, told))
}

#[cfg(feature = "ssr")]
pub(crate) use own::{HearingOf, OwnAccount, own_account, plays_here};

#[cfg(feature = "ssr")]
mod own {
    use engine::accounts::{Account, AccountError};
    use engine::hearing::Hearing;
    use engine::own_app::Seats;
    use engine::source::spotify::Device;
    use leptos::prelude::use_context;
    use nests::nest::{NestId, Person};
    use nests::wire::directory::{NestCard, NestState};

    use super::super::{PlayerDoor, ThisBrowser, door};
    use super::Refused;

    pub(crate) struct OwnAccount {
        /// `None`: none is connected.
        pub(crate) account: Option<Account>,
        /// Whether this house, or the nest, has Spotify at all.
        pub(crate) is_set_up: bool,
        /// The seats of the nest's own app; `None`: it goes by the house's.
        pub(crate) seats: Option<Seats>,
        /// Where the house listens, by two letters.
        pub(crate) market: String,
        /// How they hear the nest that the page was opened from.
        pub(crate) hearing: Option<HearingOf>,
    }

    pub(crate) struct HearingOf {
        pub(crate) card: NestCard,
        pub(crate) hearing: Hearing,
        /// Whether what they chose is the very browser that asks.
        pub(crate) is_here: bool,
        /// What could play, or why Spotify doesn't tell.
        pub(crate) devices: Result<Vec<Device>, String>,
    }

    pub(crate) async fn own_account(nest: Option<&str>) -> Result<OwnAccount, Refused> {
        let (me, engine) = (door::person()?, door::engine()?);
        let id = nest.and_then(|nest| NestId::parse(nest).ok());
        let own_app = match &id {
            Some(id) => engine.own_app(id).await.map_err(door::refused)?,
            None => None,
        };
        let is_connected = account_of(&me, id.as_ref()).await?.is_some();
        let hearing = match nest {
            Some(nest) if is_connected => hearing_of(&me, nest).await?,
            _ => None,
        };
        // Looking for devices may have shown that Spotify accepts it no more.
        let account = account_of(&me, id.as_ref()).await?;
        Ok(OwnAccount {
            account,
            is_set_up: own_app.is_some() || engine.spotify().is_some(),
            seats: own_app.map(|app| app.seats),
            market: engine.settings().spotify_at.market.clone(),
            hearing,
        })
    }

    async fn account_of(me: &Person, nest: Option<&NestId>) -> Result<Option<Account>, Refused> {
        let engine = door::engine()?;
        let account = match nest {
            Some(nest) => engine.account_in(nest, &me.id).await,
            None => engine.account(&me.id).await,
        };
        account.map_err(door::refused)
    }

    async fn hearing_of(me: &Person, nest: &str) -> Result<Option<HearingOf>, Refused> {
        let engine = door::engine()?;
        let card = engine
            .get_nest(&door::nest_ref(nest)?)
            .await
            .map_err(door::refused)?;
        if card.state == NestState::Asleep {
            return Ok(None);
        }
        let hearing = engine
            .hearing(&me.id, &card.nest_id)
            .await
            .map_err(door::refused)?;
        let is_here = hearing
            .device
            .as_ref()
            .is_some_and(|chosen| use_context::<ThisBrowser>().is_some_and(|this| chosen.is_in(&this.0)));
        let devices = match engine.devices(&me.id, &card.nest_id).await {
            Ok(devices) => Ok(devices),
            // Sealed with a key that is gone: what is kept can't be read.
            Err(AccountError::NotConnected) => Err("Connect your Spotify again.".to_owned()),
            Err(error) => Err(super::words(error).0.message),
        };
        Ok(Some(HearingOf {
            card,
            hearing,
            is_here,
            devices,
        }))
    }

    /// Where Spotify's script is, if the visitor hears the nest in the very browser that asks; this page then lets it in. What
    /// goes wrong leaves the page without a player.
    pub(crate) async fn plays_here(nest: &NestId) -> Option<String> {
        let (me, engine) = (door::person().ok()?, door::engine().ok()?);
        let this = use_context::<ThisBrowser>()?.0;
        let chosen = engine.hearing(&me.id, nest).await.ok()?.device?;
        chosen.is_in(&this).then(|| {
            use_context::<PlayerDoor>().inspect(PlayerDoor::open);
            engine.settings().spotify_at.sdk_url.clone()
        })
    }
}
