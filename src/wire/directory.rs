//! How the directory of nests presents a nest.

use serde::{Deserialize, Serialize};

use crate::nest::{NestId, NestName, NestSlug};

/// A nest's metadata, as the registry keeps it and the API shows it. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NestCard {
    pub nest_id: NestId,
    pub code: String,
    pub name: NestName,
    #[serde(default)]
    pub slug: Option<NestSlug>,
    /// The creator's nickname, for people.
    #[serde(default)]
    pub creator: Option<String>,
    pub created_at: String,
    pub last_activity: String,
    pub ttl_minutes: u32,
    pub is_main: bool,
    pub state: NestState,
    /// Since when it sleeps; `None` while it is awake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asleep_since: Option<String>,
    /// Steps with each restart.
    #[serde(default)]
    pub generation: u32,
    #[serde(default)]
    pub restart_count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarted_at: Option<String>,
    pub member_count: u32,
    pub now_playing: Option<Brief>,
    /// Address of the nest's page on this host.
    pub url: String,
    /// The short link to share.
    pub short_url: String,
    /// What the creator picked for the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_uri: Option<String>,
    /// Whether the seed that was named could not be looked up when the nest was built; it is kept as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seed_unverified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genre_hint: Option<String>,
}

impl NestCard {
    /// The short link with its scheme, so that wherever it is pasted it can be followed.
    pub fn short_link(&self) -> String {
        let scheme = self.url.split_once("://").map_or("https", |(scheme, _)| scheme);
        format!("{scheme}://{}", self.short_url)
    }

    /// Scheme and host of the nest's page: `https://echone.st`.
    pub fn origin(&self) -> &str {
        let host = self.url.find("://").map_or(0, |at| at + 3);
        let end = self.url[host..].find('/').map_or(self.url.len(), |at| host + at);
        &self.url[..end]
    }

    /// The same nest with its links on another host (`192.168.1.7:3000`).
    pub fn at_host(mut self, host: &str) -> Self {
        let moved = |address: &str| match address.split_once('/') {
            Some((_, path)) => format!("{host}/{path}"),
            None => host.to_owned(),
        };
        if let Some((scheme, address)) = self.url.split_once("://") {
            self.url = format!("{scheme}://{}", moved(address));
        }
        self.short_url = moved(&self.short_url);
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NestState {
    Awake,
    Asleep,
}

/// What plays, in two words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    pub title: String,
    pub artist: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nest_seen_from_another_host_has_its_links_there() {
        let card = |url: &str, short_url: &str| -> NestCard {
            serde_json::from_value(serde_json::json!({
                "nest_id": "X7K2P", "code": "X7K2P", "name": "Friday Vibes", "created_at": "", "last_activity": "",
                "ttl_minutes": 5, "is_main": false, "state": "awake", "member_count": 0, "now_playing": null,
                "url": url, "short_url": short_url,
            }))
            .expect("a card")
        };
        let table = [
            (
                "http://127.0.0.1:3000/nest/X7K2P",
                "127.0.0.1:3000/friday-vibes",
                "http://10.0.0.7:80/friday-vibes",
            ),
            ("https://echone.st/", "echone.st", "https://10.0.0.7:80"),
        ];
        for (url, short, link) in table {
            let here = card(url, short);
            assert_eq!(
                here.short_link(),
                format!("{}://{short}", &url[..url.find(':').expect("a scheme")])
            );
            assert_eq!(here.at_host("10.0.0.7:80").short_link(), link);
        }
        let there = card("https://echone.st/nest/X7K2P", "echone.st");
        assert_eq!(there.origin(), "https://echone.st");
        let moved = card("http://127.0.0.1/nest/X7K2P", "a/b").at_host("h");
        assert_eq!(
            (moved.url.as_str(), moved.short_url.as_str()),
            ("http://h/nest/X7K2P", "h/b")
        );
    }
}
