//! Players of people at Spotify: which there are, what one is doing, and telling it what to do. Each call is made with its
//! owner's token (<https://developer.spotify.com/documentation/web-api/reference/get-information-about-the-users-current-playback>).

use nests::following::Sight;
use nests::track::TrackUri;
use serde::Deserialize;
use serde_json::json;

use super::Spotify;
use super::calls::Endpoint;
use super::consent::PersonalError;
use super::web::Call;
use crate::secret::SpotifySecret;
use crate::source::SourceError;

/// Devices of one person that are shown; nobody has more.
const MOST_DEVICES: usize = 24;
const MAX_DEVICE_ID: usize = 128;

/// Something of a person's that plays music.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub name: String,
    /// `Computer`, `Smartphone`, `Speaker`, ...
    pub kind: String,
    /// Whether it is the one that plays or played last.
    pub is_active: bool,
}

#[derive(Deserialize)]
struct DevicesAnswer {
    devices: Vec<DeviceAnswer>,
}

#[derive(Deserialize)]
struct DeviceAnswer {
    id: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    is_active: bool,
    /// It takes no orders over the Web API.
    #[serde(default)]
    is_restricted: bool,
}

#[derive(Deserialize)]
struct PlayerAnswer {
    device: Option<DeviceAnswer>,
    #[serde(default)]
    is_playing: bool,
    progress_ms: Option<i64>,
    item: Option<ItemAnswer>,
}

#[derive(Deserialize)]
struct ItemAnswer {
    uri: Option<String>,
    /// What was asked for, where a sibling plays in its place.
    linked_from: Option<LinkAnswer>,
}

#[derive(Deserialize)]
struct LinkAnswer {
    uri: Option<String>,
}

/// An id that can stand in an address as it is.
pub fn is_device_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_DEVICE_ID).contains(&text.len()) && text.bytes().all(plain)
}

impl Spotify {
    /// What of theirs could play now.
    pub(crate) async fn devices(&self, access: &SpotifySecret) -> Result<Vec<Device>, PersonalError> {
        let call = Call::get(Endpoint::Devices, "me/player/devices".to_owned(), Vec::new());
        let text = self.web.ask_as(call, access).await?;
        let answer: DevicesAnswer = read(&text)?;
        let usable = answer.devices.into_iter().filter(|device| !device.is_restricted);
        Ok(usable
            .filter_map(|device| {
                Some(Device {
                    id: device.id.filter(|id| is_device_id(id))?,
                    name: nests::text::tidy(&device.name),
                    kind: device.kind,
                    is_active: device.is_active,
                })
            })
            .take(MOST_DEVICES)
            .collect())
    }

    /// What the person's player is doing. One that plays elsewhere than on `device` plays nothing of ours.
    pub(crate) async fn look(&self, access: &SpotifySecret, device: &str) -> Result<Sight, PersonalError> {
        let kinds = vec![("additional_types", "track,episode".to_owned())];
        let call = Call::get(Endpoint::Player, "me/player".to_owned(), kinds);
        let text = self.web.ask_as(call, access).await?;
        if text.trim().is_empty() {
            return Ok(Sight::Gone); // 204: nothing is there
        }
        let player: PlayerAnswer = read(&text)?;
        let on = player.device.and_then(|device| device.id);
        if on.is_none() {
            return Ok(Sight::Gone);
        }
        let item = player.item.filter(|_| on.as_deref() == Some(device));
        let uris = item
            .into_iter()
            .flat_map(|item| [item.uri, item.linked_from.and_then(|from| from.uri)]);
        Ok(Sight::Player {
            uris: uris
                .flatten()
                .filter_map(|uri| TrackUri::parse(&uri).ok())
                .collect(),
            position_ms: player.progress_ms.unwrap_or_default(),
            playing: player.is_playing,
        })
    }

    pub(crate) async fn play(
        &self,
        access: &SpotifySecret,
        device: &str,
        uri: &TrackUri,
        position_ms: i64,
    ) -> Result<(), PersonalError> {
        let body = json!({"uris": [uri.to_string()], "position_ms": position_ms});
        self.tell(
            access,
            Endpoint::Play,
            format!("me/player/play?device_id={device}"),
            body,
        )
        .await
    }

    pub(crate) async fn seek(
        &self,
        access: &SpotifySecret,
        device: &str,
        position_ms: i64,
    ) -> Result<(), PersonalError> {
        let path = format!("me/player/seek?position_ms={position_ms}&device_id={device}");
        self.tell(access, Endpoint::Seek, path, json!({})).await
    }

    pub(crate) async fn pause(&self, access: &SpotifySecret, device: &str) -> Result<(), PersonalError> {
        self.tell(
            access,
            Endpoint::Pause,
            format!("me/player/pause?device_id={device}"),
            json!({}),
        )
        .await
    }

    async fn tell(
        &self,
        access: &SpotifySecret,
        endpoint: Endpoint,
        path: String,
        body: serde_json::Value,
    ) -> Result<(), PersonalError> {
        self.web.ask_as(Call::put(endpoint, path, body), access).await?;
        Ok(())
    }
}

fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, PersonalError> {
    serde_json::from_str(text).map_err(|error| {
        tracing::warn!(%error, "what Spotify says of a player can't be read");
        SourceError::Unavailable.into()
    })
}
