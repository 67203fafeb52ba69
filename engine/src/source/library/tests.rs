//! The library as a whole, on real files in temporary folders.
//!
//! Nothing here sleeps: tests wait for what the library tells through its changes.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use lofty::config::WriteOptions;
use lofty::file::{AudioFile as _, TaggedFileExt};
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagType};
use nests::track::TrackUri;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::*;

/// Far more than anything here takes; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A temporary music folder, a data folder and the library on them.
struct Place {
    dir: TempDir,
    library: Library,
    token: CancellationToken,
    task: JoinHandle<()>,
}

impl Place {
    /// The music folder is made and filled by `fill` before the library opens.
    async fn new(fill: impl FnOnce(&Path)) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(dir.path().join("music")).expect("written");
        fill(&dir.path().join("music"));
        Self::open(dir).await
    }

    async fn open(dir: TempDir) -> Self {
        let mut options = LibraryOptions::new(dir.path().join("music"), dir.path().join("data"));
        options.pace = Pace {
            debounce: Duration::from_millis(20),
            missing_folder: Duration::from_millis(20),
            between_walks: Duration::from_millis(20),
            ..Pace::default()
        };
        let (library, librarian) = Library::open(options).await;
        let token = CancellationToken::new();
        let task = tokio::spawn(librarian.run(token.clone()));
        Self {
            dir,
            library,
            token,
            task,
        }
    }

    /// A place whose first walk is over.
    async fn walked(fill: impl FnOnce(&Path)) -> Self {
        let place = Self::new(fill).await;
        place
            .until(|status| status.folder_found && !status.scanning)
            .await;
        place
    }

    /// From here on the library is not kept in step any more.
    async fn stop(&mut self) {
        self.token.cancel();
        (&mut self.task).await.expect("the librarian ends well");
    }

    async fn close(mut self) -> TempDir {
        self.stop().await;
        self.dir
    }

    async fn until(&self, reached: impl Fn(&LibraryStatus) -> bool) -> LibraryStatus {
        let mut changes = self.library.changes();
        let waited = timeout(PATIENCE, changes.wait_for(|status| reached(status))).await;
        match waited {
            Ok(status) => status.expect("the library lives").clone(),
            Err(_) => panic!("the library got no further than {:?}", self.library.status()),
        }
    }

    async fn until_tracks(&self, tracks: u32) -> LibraryStatus {
        self.until(|status| status.tracks == tracks && !status.scanning)
            .await
    }

    fn music(&self) -> PathBuf {
        self.dir.path().join("music")
    }

    fn titles(&self) -> Vec<String> {
        self.library.all().iter().map(|found| found.track.title).collect()
    }

    fn one(&self, query: &str) -> Track {
        let page = self.library.search(query, 10, 0);
        assert_eq!(page.total, 1, "{query}: {:?}", page.tracks);
        page.tracks[0].clone()
    }
}

/// Half a second of silence: 8 kHz, 8 bit, mono.
fn wav() -> Vec<u8> {
    let samples = [128_u8; 4000];
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + samples.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8000_u32.to_le_bytes());
    file.extend(8000_u32.to_le_bytes());
    file.extend(b"\x01\0\x08\0data");
    file.extend((samples.len() as u32).to_le_bytes());
    file.extend(samples);
    file
}

fn put(path: PathBuf, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a folder above")).expect("written");
    fs::write(path, content).expect("written");
}

fn put_song(path: PathBuf, title: &str, artist: &str, album: &str) {
    put(path.clone(), wav());
    tag(&path, |tag| {
        tag.set_title(title.to_owned());
        tag.set_artist(artist.to_owned());
        tag.set_album(album.to_owned());
    });
}

fn tag(path: &Path, fill: impl FnOnce(&mut Tag)) {
    let mut file = lofty::read_from_path(path).expect("a song");
    if file.tag(TagType::Id3v2).is_none() {
        file.insert_tag(Tag::new(TagType::Id3v2));
    }
    fill(file.tag_mut(TagType::Id3v2).expect("a tag"));
    file.save_to_path(path, WriteOptions::default()).expect("written");
}

fn picture(colour: [u8; 3]) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_pixel(600, 600, Rgb(colour))
        .write_to(&mut png, ImageFormat::Png)
        .expect("a picture");
    png.into_inner()
}

fn embed(path: &Path, picture: Vec<u8>) {
    let cover = Picture::unchecked(picture)
        .mime_type(MimeType::Png)
        .pic_type(PictureType::CoverFront)
        .build();
    tag(path, |tag| tag.push_picture(cover));
}

#[tokio::test]
async fn tags_are_read_and_names_help_out_where_they_are_missing() {
    let place = Place::walked(|music| {
        put_song(
            music.join("x.wav"),
            "Bohemian Rhapsody",
            "Queen",
            "A Night at the Opera",
        );
        tag(&music.join("x.wav"), |tag| {
            tag.set_genre("Rock".to_owned());
            tag.set_track(11);
            tag.insert_text(ItemKey::RecordingDate, "1975-10-31".to_owned());
        });
        put(music.join("ABBA/Arrival/02 - Dancing Queen.wav"), wav());
        put(music.join("bare.wav"), wav());
    })
    .await;
    let tagged = place.one("rhapsody");
    assert_eq!(
        (tagged.artist.as_str(), tagged.album.as_str()),
        ("Queen", "A Night at the Opera")
    );
    assert_eq!((tagged.duration_ms, tagged.img), (500, None));
    let details = place.library.track(&tagged.uri).expect("a known track");
    assert_eq!((details.genre.as_str(), details.year), ("Rock", Some(1975)));
    let named = place.one("dancing");
    assert_eq!((named.artist.as_str(), named.album.as_str()), ("ABBA", "Arrival"));
    assert_eq!(place.one("bare").artist, "Unknown artist");
    assert_eq!(place.library.tracks_by_artist("queen").len(), 1);
    assert_eq!(place.library.tracks_by_genre("ROCK").len(), 1);
    assert!(place.library.track(&TrackUri::library(1)).is_none());
}

#[tokio::test]
async fn broken_files_are_listed_with_a_reason_and_stop_nothing() {
    let place = Place::walked(|music| {
        put(music.join("empty.mp3"), "");
        put(music.join("noise.flac"), [0x5a; 5000]);
        put(music.join("text.ogg"), "this is not music");
        put(music.join("cut.wav"), &wav()[..30]);
        let mut liar = wav();
        liar[40..44].copy_from_slice(&0_u32.to_le_bytes());
        put(music.join("silent.wav"), &liar[..44]);
        put(music.join("good.wav"), wav());
    })
    .await;
    let status = place.until_tracks(1).await;
    assert_eq!((status.seen, status.added, status.broken), (6, 1, 5));
    let broken: Vec<_> = status
        .broken_files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(
        broken,
        ["cut.wav", "empty.mp3", "noise.flac", "silent.wav", "text.ogg"]
    );
    assert!(status.broken_files.iter().all(|file| !file.reason.is_empty()));
    assert_eq!(status.broken_files[1].reason, "the file is empty");
    assert_eq!(place.titles(), ["good"]);
}

#[tokio::test]
async fn no_damage_to_a_file_stops_the_library() {
    // Every cut, and a flipped byte at every place of the header and tags.
    let mut song = wav();
    {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a.wav");
        put_song(path.clone(), "Title", "Artist", "Album");
        embed(&path, picture([1, 2, 3]));
        song = fs::read(path).unwrap_or(song);
    }
    let damaged = song.len().min(160);
    let place = Place::walked(|music| {
        for at in 0..damaged {
            let mut flipped = song.clone();
            flipped[at] ^= 0xff;
            put(music.join(format!("flipped {at}.wav")), flipped);
            put(
                music.join(format!("cut {at}.wav")),
                &song[..song.len() * at / damaged],
            );
        }
    })
    .await;
    let status = place.library.status();
    assert_eq!(status.tracks + status.broken, 2 * damaged as u32);
    assert!(status.tracks > 0 && status.broken > 0);
    assert!(status.broken_files.len() <= 100);
}

#[tokio::test]
async fn files_added_changed_renamed_and_deleted_are_followed() {
    let place = Place::walked(|_| {}).await;
    assert!(place.library.status().watching);
    put_song(place.music().join("one.wav"), "One", "A", "");
    place.until_tracks(1).await;
    let uri = place.one("one").uri;

    put_song(place.music().join("new folder/deep/two.wav"), "Two", "B", "");
    place.until_tracks(2).await;

    let revision = place.library.status().revision;
    tag(&place.music().join("one.wav"), |tag| {
        tag.set_title("Uno".to_owned())
    });
    place
        .until(|status| status.revision > revision && !place.titles().contains(&"One".to_owned()))
        .await;
    assert_eq!(
        place.one("uno").uri,
        uri,
        "a file that stays where it is stays the same track"
    );

    fs::rename(place.music().join("one.wav"), place.music().join("eins.wav")).expect("renamed");
    place.until(|_| place.library.track(&uri).is_none()).await;
    place.until_tracks(2).await;
    assert_ne!(place.one("uno").uri, uri);

    fs::rename(place.music().join("new folder"), place.music().join("old folder")).expect("renamed");
    place
        .until(|status| status.tracks == 2 && place.library.search("two", 1, 0).total == 1)
        .await;

    fs::remove_dir_all(place.music().join("old folder")).expect("removed");
    place.until_tracks(1).await;
    assert_eq!(place.titles(), ["Uno"]);

    fs::write(place.music().join("eins.wav"), "no longer music").expect("written");
    let status = place.until_tracks(0).await;
    assert_eq!(status.broken, 1);
}

#[tokio::test]
async fn a_folder_may_appear_later_go_away_and_come_back() {
    let place = Place::open(tempfile::tempdir().expect("a temporary folder")).await;
    put_song(place.dir.path().join("made/a.wav"), "A song", "A", "");
    fs::rename(place.dir.path().join("made"), place.music()).expect("renamed");
    place.until_tracks(1).await;

    fs::rename(place.music(), place.dir.path().join("unplugged")).expect("renamed");
    let status = place.until(|status| !status.folder_found).await;
    assert_eq!(status.tracks, 0);
    assert!(place.titles().is_empty());

    fs::rename(place.dir.path().join("unplugged"), place.music()).expect("renamed");
    let status = place.until_tracks(1).await;
    assert_eq!(status.added, 0, "what was known is not read again");
    assert_eq!(place.titles(), ["A song"]);
}

#[tokio::test]
async fn only_files_inside_the_folder_are_handed_out() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    put_song(outside.path().join("secret.wav"), "Secret", "Nobody", "");
    let place = Place::walked(|music| {
        put_song(music.join("ours.wav"), "Ours", "We", "");
        std::os::unix::fs::symlink(outside.path().join("secret.wav"), music.join("leak.wav"))
            .expect("a link is made");
        std::os::unix::fs::symlink(outside.path(), music.join("leaks")).expect("a link is made");
    })
    .await;
    assert_eq!(place.titles(), ["Ours"]);
    let reasons: Vec<_> = place
        .library
        .status()
        .broken_files
        .into_iter()
        .map(|file| file.reason)
        .collect();
    assert_eq!(
        reasons,
        [
            "the link leads out of the music folder",
            "links to folders are not followed"
        ]
    );

    let uri = place.one("ours").uri;
    let file = place.library.audio_file(&uri).await.expect("its file");
    assert_eq!(
        file.path,
        fs::canonicalize(place.music().join("ours.wav")).expect("it is there")
    );
    assert_eq!(
        (file.mime, file.len),
        ("audio/wav", fs::metadata(&file.path).expect("it is there").len())
    );

    let spotify = TrackUri::parse("spotify:track:4uLU6hMCjMI75M1A2tKUQC").expect("a good URI");
    for unknown in [TrackUri::library(0), TrackUri::library(u64::MAX), spotify] {
        assert_eq!(
            place.library.audio_file(&unknown).await,
            Err(SourceError::NotFound)
        );
    }
}

#[tokio::test]
async fn a_file_swapped_for_a_link_after_indexing_is_not_handed_out() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    put_song(outside.path().join("secret.wav"), "Secret", "Nobody", "");
    let mut place = Place::walked(|music| put_song(music.join("ours.wav"), "Ours", "We", "")).await;
    let uri = place.one("ours").uri;
    // With the librarian stopped the catalogue still believes in the file: only the look at the disk can tell.
    place.stop().await;
    let ours = place.music().join("ours.wav");
    fs::remove_file(&ours).expect("removed");
    assert_eq!(place.library.audio_file(&uri).await, Err(SourceError::NotFound));
    std::os::unix::fs::symlink(outside.path().join("secret.wav"), &ours).expect("a link is made");
    assert_eq!(place.library.audio_file(&uri).await, Err(SourceError::NotFound));
    fs::remove_dir_all(place.music()).expect("removed");
    assert_eq!(
        place.library.audio_file(&uri).await,
        Err(SourceError::Unavailable)
    );
}

#[tokio::test]
async fn a_restart_finds_everything_at_once_and_reads_only_what_changed() {
    let place = Place::walked(|music| {
        put_song(music.join("kept.wav"), "Kept", "A", "");
        put_song(music.join("changed.wav"), "Before", "A", "");
        put_song(music.join("removed.wav"), "Removed", "A", "");
        put(music.join("broken.ogg"), "no music");
        put(music.join("cover.png"), picture([200, 30, 30]));
    })
    .await;
    place.until_tracks(3).await;
    let kept = place.one("kept");
    let dir = place.close().await;
    tag(&dir.path().join("music/changed.wav"), |tag| {
        tag.set_title("Afterwards".to_owned())
    });
    fs::remove_file(dir.path().join("music/removed.wav")).expect("removed");

    let place = Place::open(dir).await;
    assert_eq!(place.one("kept"), kept, "before the first walk");
    let status = place
        .until(|status| status.folder_found && !status.scanning)
        .await;
    assert_eq!(
        (status.seen, status.added, status.broken, status.tracks),
        (3, 1, 1, 2)
    );
    assert_eq!(place.titles(), ["Afterwards", "Kept"]);

    // Without the covers in the data folder, what refers to them is read again.
    let dir = place.close().await;
    fs::remove_dir_all(dir.path().join("data/covers")).expect("removed");
    let place = Place::open(dir).await;
    let status = place.until_tracks(2).await;
    assert_eq!(status.added, 2);
    assert_eq!(place.one("kept"), kept);
}

#[tokio::test]
async fn covers_come_from_the_tags_or_from_beside_the_music_and_are_shared() {
    let place = Place::walked(|music| {
        put_song(music.join("album/1.wav"), "First", "A", "Red");
        put_song(music.join("album/2.wav"), "Second", "A", "Red");
        put(music.join("album/folder.png"), picture([220, 20, 20]));
        put_song(music.join("album/3.wav"), "Third", "A", "Blue");
        embed(&music.join("album/3.wav"), picture([20, 20, 220]));
        put_song(music.join("plain.wav"), "Plain", "A", "");
    })
    .await;
    let (first, second, third) = (place.one("first"), place.one("second"), place.one("third"));
    assert_eq!(first.img, second.img);
    assert_ne!(first.img, third.img);
    assert!(
        first.hue.is_some_and(|hue| (20..40).contains(&hue)),
        "{:?} should be red",
        first.hue
    );
    assert!(
        third.hue.is_some_and(|hue| (255..275).contains(&hue)),
        "{:?} should be blue",
        third.hue
    );
    assert_eq!((place.one("plain").img, place.one("plain").hue), (None, None));
    for (address, side) in [(&first.img, 96), (&first.big_img, 480)] {
        let name = address
            .as_deref()
            .and_then(|address| address.strip_prefix("/covers/"))
            .expect("a cover's address");
        let path = place
            .library
            .cover_file(name.parse().expect("a good name"))
            .expect("a stored cover");
        assert_eq!(image::image_dimensions(path).expect("a picture"), (side, side));
    }
    assert!(
        place
            .library
            .cover_file("0000000000000000-96.jpg".parse().expect("a good name"))
            .is_none()
    );

    // A new picture beside the music reaches the tracks that have none of their own.
    let before = first.img;
    put(place.music().join("album/folder.png"), picture([20, 220, 20]));
    place
        .until(|_| {
            place
                .library
                .search("first", 1, 0)
                .tracks
                .iter()
                .any(|track| track.img != before)
        })
        .await;
    place
        .until(|_| place.one("first").img == place.one("second").img)
        .await;
    assert_eq!(place.one("third").img, third.img);
}

#[tokio::test]
async fn a_damaged_cover_costs_the_cover_not_the_track() {
    let place = Place::walked(|music| {
        put_song(music.join("a.wav"), "Song", "A", "");
        embed(&music.join("a.wav"), b"\x89PNG\r\n\x1a\nnot really".to_vec());
    })
    .await;
    assert_eq!(place.one("song").img, None);
}

#[tokio::test]
async fn an_enormous_cover_costs_the_cover_and_at_worst_the_tags_but_not_the_track() {
    const MIB: usize = 1024 * 1024;
    let place = Place::walked(|music| {
        for (name, title, cover) in [("big.wav", "Scanned", 20 * MIB), ("bigger.wav", "Lost", 70 * MIB)] {
            put_song(music.join(name), title, "A", "");
            embed(&music.join(name), vec![0; cover]);
        }
    })
    .await;
    place.until_tracks(2).await;
    assert_eq!(
        (place.one("scanned").artist, place.one("scanned").img),
        ("A".to_owned(), None)
    );
    assert_eq!(place.one("bigger").img, None);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_costs_covers_and_index_only() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    put_song(dir.path().join("music/a.wav"), "Song", "A", "");
    embed(&dir.path().join("music/a.wav"), picture([9, 99, 9]));
    fs::write(dir.path().join("data"), "a file where the data folder should be").expect("written");
    let place = Place::open(dir).await;
    place.until_tracks(1).await;
    assert_eq!(place.one("song").img, None);

    // Once there is room again, the next start catches up.
    let dir = place.close().await;
    fs::remove_file(dir.path().join("data")).expect("removed");
    let place = Place::open(dir).await;
    place.until_tracks(1).await;
    assert!(place.one("song").img.is_some());
}

#[tokio::test]
async fn names_in_any_encoding_are_played() {
    use std::os::unix::ffi::OsStrExt;
    let latin1 = std::ffi::OsStr::from_bytes(b"Bj\xf6rk - J\xf3ga.wav");
    let place = Place::walked(|music| {
        put(music.join(latin1), wav());
        put(music.join("日本/東京.wav"), wav());
    })
    .await;
    let tokyo = place.one("dong jing");
    assert_eq!((tokyo.title.as_str(), tokyo.artist.as_str()), ("東京", "日本"));
    let odd = place.one("rk");
    assert!(place.library.audio_file(&odd.uri).await.is_ok());
    let place = Place::open(place.close().await).await;
    place.until_tracks(2).await;
    assert_eq!(place.one("rk").uri, odd.uri);
}

#[test]
fn a_library_without_files_is_searched_like_any_other() {
    let track = Track {
        uri: TrackUri::library(7),
        title: "Mustapha".to_owned(),
        artist: "Queen".to_owned(),
        album: "Jazz".to_owned(),
        duration_ms: 181_000,
        img: None,
        big_img: None,
        hue: None,
    };
    let made_up = LibraryTrack {
        track: track.clone(),
        genre: "Rock".to_owned(),
        year: Some(1978),
    };
    let library = Library::without_files([made_up.clone()]);
    assert_eq!(library.search("mustpha", 5, 0).tracks, [track]);
    assert_eq!(library.track(&TrackUri::library(7)), Some(made_up));
    assert_eq!(library.status().tracks, 1);
}

#[tokio::test]
async fn a_selection_is_drawn_from_by_place() {
    let place = Place::walked(|music| {
        for number in 1..=9 {
            put_song(
                music.join(format!("{number}.wav")),
                &format!("Song {number}"),
                "A",
                "",
            );
        }
    })
    .await;
    let all = place.library.all();
    assert_eq!(all.len(), 9);
    let drawn: Vec<_> = [3, 0, 8]
        .iter()
        .filter_map(|&roll| all.nth(roll))
        .map(|found| found.track.title)
        .collect();
    assert_eq!(drawn, ["Song 4", "Song 1", "Song 9"]);
    assert!(all.nth(9).is_none());
    let page = place.library.search("song", 4, 8);
    assert_eq!((page.tracks.len(), page.total), (1, 9));
}
