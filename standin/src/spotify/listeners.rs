//! People with accounts at Spotify: what each has paid for and where they live. Which app has a seat for whom stands in
//! [`super::apps`].

use serde_json::{Value, json};

/// Somebody who can sign in at the stand-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    pub id: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub premium: bool,
    pub country: &'static str,
}

const fn listener(id: &'static str, name: &'static str, email: &'static str) -> Listener {
    Listener {
        id,
        name,
        email,
        premium: true,
        country: "US",
    }
}

pub const ANNA: Listener = listener("anna31", "Anna Listens", "anna.listens@example.org");
pub const BEN: Listener = listener("ben31", "Ben Listens", "ben.listens@example.org");
pub const CLEO: Listener = Listener {
    premium: false,
    ..listener("cleo31", "Cleo Pays Nothing", "cleo@example.org")
};
pub const DAN: Listener = Listener {
    country: "SE",
    ..listener("dan31", "Dan in Sweden", "dan@example.org")
};
pub const EVE: Listener = listener("eve31", "Eve Listens", "eve@example.org");
/// The sixth of six: the house's app has no seat for him.
pub const FRED: Listener = listener("fred31", "Fred Without a Seat", "fred@example.org");

pub const LISTENERS: [Listener; 6] = [ANNA, BEN, CLEO, DAN, EVE, FRED];

impl Listener {
    pub(super) fn of_id(id: &str) -> Option<Self> {
        LISTENERS.into_iter().find(|listener| listener.id == id)
    }

    /// What `/v1/me` tells; plan and country only with the scope for them, the address with another.
    pub(super) fn json(&self, scopes: &str) -> Value {
        let has = |wanted: &str| scopes.split(' ').any(|scope| scope == wanted);
        let mut me = json!({
            "display_name": self.name, "external_urls": {"spotify": format!("https://open.spotify.com/user/{}", self.id)},
            "href": format!("https://api.spotify.com/v1/users/{}", self.id), "id": self.id, "images": [], "type": "user",
            "uri": format!("spotify:user:{}", self.id),
        });
        if has("user-read-private") {
            me["product"] = json!(if self.premium { "premium" } else { "free" });
            me["country"] = json!(self.country);
        }
        if has("user-read-email") {
            me["email"] = json!(self.email);
        }
        me
    }
}
