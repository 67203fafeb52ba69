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
/// So many that nobody of them votes faster than anybody may.
const CROWD: usize = 8;
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

    // Down, and taken back, and down again, one after the other, until one does not fit.
    let crowd: Vec<Outsider> = (0..CROWD).map(|_| Outsider::sign_in(&program.address)).collect();
    let mut acknowledged = [false; CROWD];
    let refusal = (0..MOST_VOTES).find_map(|turn| {
        let who = turn % CROWD;
        match crowd[who].post(COMMANDS, &vote(!acknowledged[who])) {
            (200, _) => {
                acknowledged[who] = !acknowledged[who];
                None
            }
            refused => Some(refused),
        }
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
    assert_eq!(kept, net(&acknowledged), "the votes that were acknowledged");
    until("votes are taken again", || {
        (crowd[0].post(COMMANDS, &vote(!acknowledged[0])).0 == 200).then_some(())
    });
    acknowledged[0] = !acknowledged[0];
    assert_eq!(waiting(&anna), (song, net(&acknowledged)));
    assert!(program.stop().success());
}

/// What votes that are down come to.
fn net(down: &[bool]) -> i64 {
    -(down.iter().filter(|down| **down).count() as i64)
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
