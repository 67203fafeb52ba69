//! Files that lie just outside of what is served, with words in them that nobody may ever read.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::{Browser, House};

/// No answer may have these.
const WORDS: &str = "the canary sings";

/// Lays them where a careless path leads: beside the covers, among them, and beside the music.
fn canaries(house: &House) -> Vec<PathBuf> {
    let (root, data) = (house.folder(), house.data_dir());
    let places = [
        root.join("canary.txt"),
        root.join("0123456789abcdef-96.jpg"),
        data.join("canary.txt"),
        data.join("0123456789abcdef-96.jpg"),
        data.join("covers/canary.txt"),
        data.join("covers/canary.jpg"),
        data.join("covers-of-others/0123456789abcdef-96.jpg"),
        root.join("music/canary.txt"),
    ];
    for place in &places {
        fs::create_dir_all(place.parent().expect("a folder")).expect("made");
        fs::write(place, WORDS).expect("written");
    }
    places.into()
}

/// The ways from `from` to `file` that a path could be written in, each as it stands after the folder's address.
fn ways(from: &Path, file: &Path) -> Vec<String> {
    let whole = file.to_str().expect("text");
    let up = from.ancestors().position(|folder| file.starts_with(folder));
    let up = up.expect("both are in one house");
    let down = file.strip_prefix(from.ancestors().nth(up).expect("it was found"));
    let down = down.expect("below").to_str().expect("text");
    let back = |dots: &str, slash: &str| {
        format!(
            "{}{}",
            format!("{dots}{slash}").repeat(up),
            down.replace('/', slash)
        )
    };
    let mut ways = Vec::new();
    for dots in [
        "..",
        "%2e%2e",
        "%2E.",
        "%252e%252e",
        "%c0%ae%c0%ae",
        "....",
        "..;",
        "..%00",
    ] {
        for slash in ["/", "%2f", "%252f", "%5c", "%c0%af", "//"] {
            ways.push(back(dots, slash));
        }
    }
    for start in ["", "/", "%2f", "%252f", "file://", "file:%2f%2f", "%5c"] {
        ways.push(format!("{start}{whole}"));
        ways.push(format!("{start}{}", whole.replace('/', "%2f")));
    }
    ways
}

/// The address of a cover that is served.
async fn cover(house: &House, browser: &Browser) -> String {
    house.with_a_song_waiting(browser).await;
    let waiting = browser.get("/queue/").await.expect(200).json();
    let cover = waiting["songs"][0]["img"]
        .as_str()
        .expect("it has one")
        .to_owned();
    assert!(
        browser.get(&cover).await.expect(200).body.len() > 100,
        "a picture"
    );
    cover
}

#[tokio::test]
async fn no_way_out_of_the_covers_and_the_music_leads_to_a_file_beside_them() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let cover = cover(&house, &anna).await;
    let sound = format!("/audio/{}", house.track(0).await);
    let (covers, music) = (house.data_dir().join("covers"), house.folder().join("music"));
    let mut asked = 0;
    for canary in canaries(&house) {
        let words = fs::read_to_string(&canary).expect("it is there");
        assert_eq!(words, WORDS, "and can be read");
        let mut paths = Vec::new();
        for (address, folder) in [
            ("/covers/", &covers),
            ("/audio/", &music),
            ("/audio/library:", &music),
        ] {
            paths.extend(ways(folder, &canary).iter().map(|way| format!("{address}{way}")));
        }
        // Through the name of something that is there, which leads nowhere as it is a file.
        for (file, folder) in [(&cover, &covers), (&sound, &music)] {
            let ways = ways(folder, &canary);
            paths.extend(ways.iter().map(|way| format!("{file}/../{way}")));
            paths.extend(ways.iter().map(|way| format!("{file}%2f..%2f{way}")));
        }
        for path in paths {
            let answer = anna.get(&path).await;
            assert!(
                matches!(answer.status.as_u16(), 400 | 404),
                "{path}: {}",
                answer.status
            );
            assert!(!answer.text().contains(WORDS), "{path}");
            asked += 1;
        }
    }
    assert!(asked > 1000, "{asked} ways were tried");
    // What is named like a cover is served, so the words would have been seen.
    fs::write(covers.join("0123456789abcdef-96.jpg"), WORDS).expect("written");
    let served = anna.get("/covers/0123456789abcdef-96.jpg").await.expect(200);
    assert_eq!(served.text(), WORDS);
}
