//! What people see of each trouble with Spotify, wherever they meet it; and that the library goes on, whatever it is.

use std::time::Duration;

use serde_json::json;
use standin::spotify::listeners::ANNA;
use standin::spotify::{CLIENT_SECRET, Mood, Spotify};

use super::accounts::{connect, page};
use super::paste::{encoded, read};
use super::spotify::open_with_secret;
use super::support::{Answer, Browser, House, Tab};

const PASTE: &str = "/nest/main/paste";
const COMMANDS: &str = "/api/nests/main/commands";
/// Longer than anybody waits for.
const ENDLESS: Duration = Duration::from_secs(60);
/// Seconds that Spotify asks for.
const RETRY_AFTER: u64 = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// The house has no app at Spotify: nobody can connect, and nothing is asked.
    NotSetUp,
    NothingListens,
    WrongSecret,
    Slow,
    Garbled,
    Overloaded,
    RateLimited,
    /// Anna took her permission back at Spotify.
    Withdrawn,
}

/// Those that are over in a moment.
const QUICK: [Trouble; 7] = [
    Trouble::NotSetUp,
    Trouble::NothingListens,
    Trouble::WrongSecret,
    Trouble::Garbled,
    Trouble::Overloaded,
    Trouble::RateLimited,
    Trouble::Withdrawn,
];

impl Trouble {
    /// Whether Spotify was there before it, so that its songs wait in the queue.
    fn comes_later(self) -> bool {
        !matches!(self, Self::NotSetUp | Self::WrongSecret)
    }

    /// It begins. What is left of Spotify.
    async fn begin(self, spotify: Spotify) -> Option<Spotify> {
        match self {
            Self::NothingListens => {
                spotify.close().await;
                return None;
            }
            Self::NotSetUp | Self::WrongSecret => {} // from the start
            Self::Slow => spotify.be(Mood::Slow(ENDLESS)),
            Self::Garbled => spotify.be(Mood::Garbled),
            Self::Overloaded => spotify.be(Mood::Overloaded),
            Self::RateLimited => spotify.allow_calls(0, RETRY_AFTER),
            Self::Withdrawn => spotify.withdraw_permission(ANNA),
        }
        Some(spotify)
    }
}

/// The line below what a search found.
fn below_the_rows(page: &str) -> String {
    let line = page.split_once("class=\"search__state\"").expect("a line").1;
    let line = line.split_once('>').expect("a tag").1;
    let text = line.split("</p>").next().unwrap_or_default();
    text.replace("<!>", "").trim().to_owned()
}

/// What stands on a page, up to what it always ends with; how long Spotify has to be left alone changes with every second.
fn up_to(page: &str, end: &str) -> String {
    let text = read(page);
    let lines = text.lines().take_while(|line| *line != end);
    lines.map(without_seconds).collect::<Vec<_>>().join("\n")
}

fn without_seconds(line: &str) -> String {
    match line.rsplit_once("again in ") {
        Some((before, time)) if time.ends_with(" s.") => format!("{before}again in [n] s."),
        _ => line.to_owned(),
    }
}

async fn add(anna: &Browser, track: &str) -> Answer {
    anna.post(COMMANDS, json!({"add": {"track": track}})).await
}

/// Waits until the next song plays; its title.
async fn next_plays(house: &House, tab: &mut Tab) -> String {
    tab.event_that(|change| change.get("started").is_some()).await;
    let playing = house.everything().await.playing.expect("it plays");
    playing.queued.song.track.title
}

async fn skip(house: &House, anna: &Browser) {
    let playing = house.everything().await.playing.expect("it plays");
    let skip = json!({"skip": {"song": playing.queued.song.id}});
    anna.post(COMMANDS, skip).await.expect(200);
}

/// What Anna, who had connected her account before if she could, sees of it on the search page, on the paste sheet, where she chooses a
/// device, and when she adds a song that nobody has looked up before. Spotify's songs that wait already play all the same.
async fn what_is_seen(trouble: Trouble) -> String {
    let spotify = Spotify::start().await.expect("a stand-in");
    let house = match trouble {
        Trouble::NotSetUp => House::open().await,
        Trouble::WrongSecret => open_with_secret(&spotify, "a wrong one").await,
        _ => open_with_secret(&spotify, CLIENT_SECRET).await,
    };
    let anna = house.guest("Anna").await;
    if trouble != Trouble::NotSetUp {
        connect(&spotify, &anna, ANNA, "").await;
        spotify.open_device(ANNA, "Kitchen", "Speaker");
    }
    let music = spotify.catalogue();
    let paste = [
        house.track(1).await,
        format!("spotify:track:{}", music.tracks[40].id),
        format!("spotify:playlist:{}", music.playlists[4].id),
    ];
    let [first, second, further] = [0, 1, 41].map(|n| {
        let track = &music.tracks[n];
        (format!("spotify:track:{}", track.id), track.name.clone())
    });
    let mut tab = house.tab(&anna).await;
    if trouble.comes_later() {
        for (track, _) in [&first, &second] {
            add(&anna, track).await.expect(200);
        }
        assert_eq!(next_plays(&house, &mut tab).await, first.1);
    }
    let _left = trouble.begin(spotify).await;

    let search = page(&anna, "/?q=glass").await;
    assert!(search.contains("Morning Glass"), "{trouble:?}: the library's row");
    let form = format!("text={}", encoded(&paste.join("\n")));
    let sheet = anna.post_form(PASTE, &form).await.expect(200).text();
    let sheet = up_to(&sheet, "Paste something else");
    assert!(sheet.contains("Evening Glass"), "{trouble:?}: the library's row");
    let hear = page(&anna, "/spotify?nest=main").await;
    if trouble.comes_later() {
        skip(&house, &anna).await;
        let plays = next_plays(&house, &mut tab).await;
        assert_eq!(plays, second.1, "{trouble:?}: the queue goes on");
    }
    add(&anna, &house.track(0).await).await.expect(200);
    if trouble.comes_later() {
        skip(&house, &anna).await;
    }
    let plays = next_plays(&house, &mut tab).await;
    assert_eq!(plays, "Morning Glass", "{trouble:?}: the library goes on");
    let added = add(&anna, &further.0).await;
    let why = added.json()["message"].as_str().map(without_seconds);
    let added = format!("{} {}", added.status.as_u16(), why.unwrap_or_default());
    format!(
        "# {trouble:?}\n\n## Search\n{}\n\n## Paste\n{sheet}\n\n## Your Spotify\n{}\n\n## Add\n{}\n",
        without_seconds(&below_the_rows(&search)),
        up_to(&hear, "What the house may then do…"),
        added.trim_end(),
    )
}

#[tokio::test]
async fn of_each_trouble_people_see_what_it_is_and_the_library_goes_on() {
    let in_a_moment = async {
        let mut all = Vec::new();
        for trouble in QUICK {
            all.push(what_is_seen(trouble).await);
        }
        all
    };
    // Its time-outs are waited for while the others are looked at.
    let (mut all, slow) = tokio::join!(in_a_moment, what_is_seen(Trouble::Slow));
    all.push(slow);
    insta::assert_snapshot!("what_is_seen", all.join("\n"));
}
