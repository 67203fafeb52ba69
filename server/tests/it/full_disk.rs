//! A disk with no room left: what was acknowledged stays, what can't be kept is refused, and room mends it.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::support::program::Running;
use super::support::{Outsider, music};

/// Room for a start and some dozens of votes.
const ROOM_BYTES: u64 = 48 * 1024;
/// More votes than fit.
const MOST_VOTES: usize = 2_000;
const PATIENCE: Duration = Duration::from_secs(30);
const PACE: Duration = Duration::from_millis(20);

const COMMANDS: &str = "/api/nests/main/commands";

/// The one song that waits: its id and its votes.
fn waiting(anna: &Outsider) -> (String, i64) {
    let (_, queue) = anna.get("/queue/");
    let song = &queue["songs"][0];
    let vote = song["vote"].as_i64().expect("a count");
    (song["id"].as_str().expect("an id").to_owned(), vote)
}

#[test]
fn when_the_disk_is_full_changes_are_refused_and_what_was_acknowledged_stays() {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("music")).expect("a folder");
    music::fill(&folder.path().join("music"));
    let settings = [
        ("NESTS_ADDR", "127.0.0.1:0"),
        ("MUSIC_DIR", "music"),
        ("USE_BENDER", "false"),
    ];
    let program = Running::start_with_little_room(folder.path(), &settings, ROOM_BYTES);
    let anna = Outsider::sign_in(&program.address);
    for title in ["Morning Glass", "Copper Wire"] {
        let track = until("the music is read", || {
            let (_, found) = anna.get(&format!("/api/search?q={}", title.replace(' ', "%20")));
            found["tracks"][0]["uri"].as_str().map(str::to_owned)
        });
        assert_eq!(anna.post(COMMANDS, &json!({"add": {"track": track}})).0, 200);
    }
    let (song, _) = waiting(&anna);
    let vote = |down: bool| json!({"vote": {"song": song, "vote": down.then_some("down")}});

    // Down, and taken back, and down again, until one does not fit.
    let mut acknowledged = false;
    let refusal = (0..MOST_VOTES).find_map(|_| match anna.post(COMMANDS, &vote(!acknowledged)) {
        (200, _) => {
            acknowledged = !acknowledged;
            None
        }
        refused => Some(refused),
    });
    let (status, refusal) = refusal.expect("the disk fills up");
    assert_eq!(
        (status, refusal["error"].as_str()),
        (503, Some("store_unavailable")),
        "{refusal}"
    );

    program.make_room();
    let kept = until("the queue can be read again", || {
        let (_, queue) = anna.get("/queue/");
        queue["songs"][0]["vote"].as_i64()
    });
    assert_eq!(
        kept,
        if acknowledged { -1 } else { 0 },
        "the last vote that was acknowledged"
    );
    until("votes are taken again", || {
        (anna.post(COMMANDS, &vote(!acknowledged)).0 == 200).then_some(())
    });
    assert_eq!(waiting(&anna), (song, if acknowledged { 0 } else { -1 }));
    assert!(program.stop().success());
}

/// Asks until there is an answer.
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(PACE);
    }
}
