//! An evening on which all that is secret of Spotify's is used, and goes wrong in every way: nothing of it stands in a log or in
//! a file. scripts/no-secrets.sh searches the whole test run for the same.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use standin::spotify::apps::HOSTS;
use standin::spotify::listeners::{ANNA, BEN, Listener};
use standin::spotify::{CLIENT_ID, CLIENT_SECRET, Mood, Spotify, secrets};
use tempfile::TempDir;

use super::support::program::{Running, files};
use super::support::{Outsider, Tab};

/// A player that fell behind is moved 20 s after it was started, at the next look.
const PATIENCE: Duration = Duration::from_secs(60);
/// All there is to say, also by those who would say too much.
const EVERYTHING: &str = "trace,rspotify::clients::base=trace,rspotify_http::reqwest=trace,hyper=trace";
const UNREADABLE: &str = "Spotify's accounts service gave an answer that can't be read";

/// A program of its own, and the stand-in that it asks.
struct Evening {
    standin: Spotify,
    address: String,
    /// The code of the nest that has an app of its own.
    hosted: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_secrets_in_the_log() {
    let standin = Spotify::start().await.expect("a stand-in");
    let folder = TempDir::new().expect("a folder");
    let log = folder.path().join("log");
    let (api, accounts) = (standin.api_url(), standin.accounts_url());
    let env = [
        ("NESTS_ADDR", "127.0.0.1:0"),
        ("MUSIC_DIR", "music"),
        ("USE_BENDER", "false"),
        ("RUST_LOG", EVERYTHING),
        ("SPOTIFY_CLIENT_ID", CLIENT_ID),
        ("SPOTIFY_CLIENT_SECRET", CLIENT_SECRET),
        ("SPOTIFY_API_URL", &api),
        ("SPOTIFY_ACCOUNTS_URL", &accounts),
    ];
    let file = File::create(&log).expect("a file");
    let program = Running::start_logging_into(folder.path(), &env, file);
    let anna = Outsider::sign_in(&program.address);
    let (_, nest) = anna.post("/api/nests", &json!({"name": "Friday Vibes"}));
    let evening = Evening {
        standin,
        address: program.address.clone(),
        hosted: nest["code"].as_str().expect("a code").to_owned(),
    };

    let (_, found) = anna.get("/api/search?q=glass");
    assert!(found.to_string().contains("Glass Harbour"));
    let _seat = evening.anna_listens(&anna).await;
    evening.anna_looks_at_her_playlists(&anna);
    evening.ben_listens_by_the_hosts_own_app(&anna).await;
    evening
        .a_token_is_renewed_and_one_is_handed_to_a_browser(&anna)
        .await;
    evening.answers_with_tokens_are_cut_short(&anna);
    evening.anna_disconnects_and_spotify_wants_a_break(&anna);
    assert!(program.stop().success());

    let said = fs::read_to_string(&log).expect("a log");
    assert!(said.contains("TRACE"), "it did say everything");
    assert!(
        said.matches(UNREADABLE).count() >= 3,
        "a renewal, the app's own token, a code"
    );
    assert!(said.contains("it is left alone"), "the 429");
    for app in ["the house's app", "hosts' apps"] {
        assert!(
            said.contains(&format!("Spotify was asked by {app}: token ")),
            "{app}"
        );
    }
    evening.everything_was_used();
    for (path, text) in files(folder.path()) {
        for secret in secrets() {
            assert!(!text.contains(&secret), "{path} holds {secret}");
        }
        let wrong = wrong_secret();
        assert!(!text.contains(wrong), "{path} holds {wrong}");
    }
}

/// One that a host mistypes.
fn wrong_secret() -> &'static str {
    &HOSTS.secret[..HOSTS.secret.len() - 1]
}

impl Evening {
    /// Connects their account by the nest's app, takes a seat there, and chooses the speaker in their kitchen.
    async fn sit_down(&self, who: &Outsider, listener: Listener, nest: &str) -> Tab {
        let back = self.come_back(who, listener, nest);
        assert!(back.contains("why=connected"), "{back}");
        let kitchen = self.standin.open_device(listener, "Kitchen", "Speaker");
        let address = self.address.trim_start_matches("http://");
        let address: SocketAddr = address.parse().expect("an address");
        let seat = Tab::open(address, &format!("/socket/{nest}"), &who.cookie).await;
        who.post_form("/api/fn/hear_on", &format!("nest={nest}&device={kitchen}"));
        seat
    }

    /// They agree at Spotify; where they come out.
    fn come_back(&self, who: &Outsider, listener: Listener, nest: &str) -> String {
        let (page, _) = who.post_form("/spotify/connect", &format!("next=/&nest={nest}"));
        self.come_back_from(&page, who, listener)
    }

    fn come_back_from(&self, page: &str, who: &Outsider, listener: Listener) -> String {
        let back = self.standin.agree(page, listener);
        let path = back.find("/authentication").map_or("", |at| &back[at..]);
        who.visit(path).0
    }

    fn add(&self, who: &Outsider, nest: &str, n: usize) {
        let track = format!("spotify:track:{}", self.standin.catalogue().tracks[n].id);
        command(who, nest, &json!({"add": {"track": track}}));
    }

    async fn until(&self, what: &str, is: impl Fn(&Spotify) -> bool) {
        let comes = tokio::time::timeout(PATIENCE, self.standin.until(is)).await;
        assert!(
            comes.is_ok(),
            "never: {what}. Spotify was asked {:#?}",
            self.standin.seen()
        );
    }

    async fn until_it_plays(&self, listener: Listener, plays: bool) {
        let does = |standin: &Spotify| standin.hears(listener).is_some_and(|heard| heard.playing) == plays;
        let what = format!("{} plays: {plays}", listener.name);
        self.until(&what, does).await;
    }

    /// Her speaker plays, is paused, plays on, and falls behind.
    async fn anna_listens(&self, anna: &Outsider) -> Tab {
        let seat = self.sit_down(anna, ANNA, "main").await;
        self.add(anna, "main", 0);
        self.until_it_plays(ANNA, true).await;
        command(anna, "main", &json!("pause"));
        self.until_it_plays(ANNA, false).await;
        command(anna, "main", &json!("resume"));
        self.until_it_plays(ANNA, true).await;
        self.standin.move_by_hand(ANNA, 60_000);
        seat
    }

    fn anna_looks_at_her_playlists(&self, anna: &Outsider) {
        let (_, list) = anna.visit("/nest/main/paste?playlists=0");
        assert!(list.contains("Rainy Fridays"), "{list}");
        let id = &self.standin.catalogue().playlists[0].id;
        let (_, sheet) = anna.visit(&format!("/nest/main/paste?text=spotify%3Aplaylist%3A{id}"));
        assert!(sheet.contains("Amber Rooms"), "{sheet}");
    }

    /// Entered with a wrong secret first, then with the right one.
    async fn ben_listens_by_the_hosts_own_app(&self, anna: &Outsider) {
        let nest = &self.hosted;
        for secret in [wrong_secret(), HOSTS.secret] {
            let fields = format!("nest={nest}&client_id={}&client_secret={secret}", HOSTS.id);
            let (_, told) = anna.post_form("/api/fn/set_spotify_app", &fields);
            assert!(!told.contains(secret));
        }
        let ben = Outsider::sign_in(&self.address);
        let _seat = self.sit_down(&ben, BEN, nest).await;
        let (_, settings) = anna.visit(&format!("/nest/{nest}/settings"));
        assert!(settings.contains("1 of 5 seats used"), "{settings}");
        self.add(&ben, nest, 1);
        self.until_it_plays(BEN, true).await;
        ben.post_form("/spotify/disconnect", &format!("nest={nest}"));
        self.until_it_plays(BEN, false).await;
    }

    async fn a_token_is_renewed_and_one_is_handed_to_a_browser(&self, anna: &Outsider) {
        self.standin.revoke_tokens();
        assert!(anna.visit("/spotify?nest=main").1.contains("Kitchen"));
        self.until("her speaker is moved to where the nest is", |standin| {
            standin.seen().iter().any(|seen| seen.path.ends_with("/seek"))
        })
        .await;
        anna.post_form("/spotify/here", "nest=main");
        let (status, handed) = anna.post("/api/nests/main/player/token", &json!({}));
        let handed = handed["access_token"].as_str().unwrap_or_default();
        assert!(status == 200 && self.standin.tokens().iter().any(|token| token == handed));
    }

    /// What can't be read holds a token as well.
    fn answers_with_tokens_are_cut_short(&self, anna: &Outsider) {
        let (page, _) = anna.post_form("/spotify/connect", "next=/");
        self.standin.revoke_tokens();
        self.standin.be(Mood::CutShort);
        anna.visit("/spotify?nest=main");
        anna.get("/api/search?q=amber&source=spotify");
        let nowhere = self.come_back_from(&page, anna, ANNA);
        assert!(nowhere.contains("why=unavailable"), "{nowhere}");
        self.standin.be(Mood::Well);
        anna.visit("/spotify?nest=main"); // with a refresh token that is used up
    }

    fn anna_disconnects_and_spotify_wants_a_break(&self, anna: &Outsider) {
        let again = self.come_back(anna, ANNA, "main");
        assert!(again.contains("why=connected"), "{again}");
        let (location, _) = anna.post_form("/spotify/disconnect", "");
        assert!(location.contains("why=disconnected"), "{location}");
        self.standin.allow_calls(0, 60);
        anna.get("/api/search?q=amber&source=spotify");
    }

    fn everything_was_used(&self) {
        let seen = self.standin.seen();
        for path in [
            "/v1/search",
            "/v1/me/player/devices",
            "/v1/me/player/play",
            "/v1/me/player/pause",
            "/v1/me/player/seek",
            "/v1/me/playlists",
        ] {
            assert!(seen.iter().any(|seen| seen.path == path), "{path}");
        }
        for status in [400, 401, 429] {
            assert!(seen.iter().any(|seen| seen.status == status), "{status}");
        }
        let renewals = seen.iter().filter(|seen| seen.body.contains("refresh_token=*"));
        assert!(renewals.count() >= 3, "{seen:#?}");
        let by_the_host = seen.iter().filter(|seen| seen.by.ends_with("of host's app"));
        assert!(by_the_host.count() > 0, "{seen:#?}");
    }
}

fn command(who: &Outsider, nest: &str, command: &serde_json::Value) {
    let (status, answer) = who.post(&format!("/api/nests/{nest}/commands"), command);
    assert_eq!(status, 200, "{command}: {answer}");
}
