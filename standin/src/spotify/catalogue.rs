//! Made-up music: artists with genres, albums and tracks, a podcast, people's playlists. Always the same, so that tests
//! can name what they expect.

use serde_json::{Value, json};

use super::playlists::{self, Playlist};

/// Songs on every album; the albums are spread from [`FIRST_YEAR`] to our days.
const TRACKS_ON_AN_ALBUM: usize = 12;
const ALBUMS_OF_AN_ARTIST: usize = 3;
const FIRST_YEAR: usize = 1962;
/// One artist with more albums than fit on one look: short ones, older than anything that a search by decade asks for, so
/// that whoever doesn't name them never meets them.
const LONG_CAREER: (&str, &str) = ("Odessa Quill", "vespers");
const ALBUMS_OF_A_LONG_CAREER: usize = 8;
const TRACKS_ON_A_SHORT_ALBUM: usize = 2;
const LONG_AGO: usize = 1949;
/// One album with more tracks than stand on a page, as old and as much by itself.
const LONG_ALBUM: (&str, &str) = ("Ines Halloran", "harmonium");
const TRACKS_ON_A_LONG_ALBUM: usize = 60;
/// Where the tracks with [`Track::only_in`] may be played.
const SMALL_MARKET: &str = "SE";

const ARTISTS: [(&str, &str); 8] = [
    ("Glass Harbour", "indie rock"),
    ("The Night Ferries", "indie rock"),
    ("Paper Lanterns", "folk"),
    ("Marta Vance", "folk"),
    ("Copper & Pine", "jazz"),
    ("Low Tide Radio", "electronic"),
    ("Ætherlight", "electronic"),
    ("Hollow Coast", "shoegaze"),
];
const FIRST_WORDS: [&str; 12] = [
    "Amber", "Broken", "Cedar", "Distant", "Early", "Falling", "Golden", "Hidden", "Iron", "Jade", "Kind",
    "Late",
];
const SECOND_WORDS: [&str; 7] = [
    "Rooms", "Rivers", "Signals", "Summers", "Windows", "Letters", "Machines",
];
const ALBUM_WORDS: [&str; 3] = ["First Light", "Second Hand", "Third Rail"];

#[derive(Clone, Debug)]
pub struct Artist {
    pub id: String,
    pub name: &'static str,
    pub genre: &'static str,
}

#[derive(Clone, Debug)]
pub struct Album {
    pub id: String,
    pub name: String,
    /// Place in [`Catalogue::artists`].
    pub artist: usize,
    pub year: usize,
}

#[derive(Clone, Debug)]
pub struct Track {
    pub id: String,
    pub name: String,
    /// Place in [`Catalogue::albums`].
    pub album: usize,
    /// Place on the album, from 1.
    pub number: usize,
    pub duration_ms: u32,
    /// The one market that may play it; `None`: all may.
    pub only_in: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Episode {
    pub id: String,
    pub name: &'static str,
    pub show: &'static str,
    pub duration_ms: u32,
}

#[derive(Debug)]
pub struct Catalogue {
    pub artists: Vec<Artist>,
    pub albums: Vec<Album>,
    pub tracks: Vec<Track>,
    pub episodes: Vec<Episode>,
    pub playlists: Vec<Playlist>,
}

impl Catalogue {
    pub(super) fn made_up() -> Self {
        let artists = ARTISTS.iter().enumerate();
        let mut artists: Vec<Artist> = artists
            .map(|(n, (name, genre))| Artist {
                id: id('A', n),
                name,
                genre,
            })
            .collect();
        let albums = (0..artists.len() * ALBUMS_OF_AN_ARTIST).map(|n| Album {
            id: id('B', n),
            name: format!(
                "{} {}",
                ALBUM_WORDS[n % ALBUMS_OF_AN_ARTIST],
                n / ALBUMS_OF_AN_ARTIST + 1
            ),
            artist: n / ALBUMS_OF_AN_ARTIST,
            year: FIRST_YEAR + n * 8 / 3,
        });
        let mut albums: Vec<Album> = albums.collect();
        let tracks = (0..albums.len() * TRACKS_ON_AN_ALBUM).map(|n| Track {
            id: id('T', n),
            name: format!(
                "{} {}",
                FIRST_WORDS[n % FIRST_WORDS.len()],
                SECOND_WORDS[(n / 5) % SECOND_WORDS.len()]
            ),
            album: n / TRACKS_ON_AN_ALBUM,
            number: n % TRACKS_ON_AN_ALBUM + 1,
            duration_ms: 150_000 + (n as u32 * 1_337) % 120_000,
            only_in: (n % TRACKS_ON_AN_ALBUM == TRACKS_ON_AN_ALBUM - 1).then_some(SMALL_MARKET),
        });
        let mut tracks = tracks.collect();
        add_a_long_career(&mut artists, &mut albums, &mut tracks);
        add_a_long_album(&mut artists, &mut albums, &mut tracks);
        let episodes = vec![Episode {
            id: id('E', 0),
            name: "How the Ferry Was Won",
            show: "Harbour Stories",
            duration_ms: 1_800_000,
        }];
        Self {
            artists,
            albums,
            tracks,
            episodes,
            playlists: playlists::made_up(),
        }
    }

    /// The artist with more albums than fit on one look.
    pub fn long_career(&self) -> &Artist {
        &self.artists[ARTISTS.len()]
    }

    /// The album with more tracks than stand on a page: sixty.
    pub fn long_album(&self) -> &Album {
        &self.albums[self.albums.len() - 1]
    }

    pub fn artist_of(&self, track: &Track) -> &Artist {
        &self.artists[self.albums[track.album].artist]
    }

    /// What a search for `q` means: plain words in title, artist and album; `artist:"..."`, `album:`, `track:`, `genre:` and
    /// `year:1980-1989` narrow it down.
    pub(super) fn search(&self, q: &str) -> Vec<&Track> {
        let (filters, words) = parsed(q);
        let fits = |track: &&Track| {
            let album = &self.albums[track.album];
            let artist = &self.artists[album.artist];
            let has = |text: &str, part: &str| text.to_lowercase().contains(part);
            let all_words = words
                .iter()
                .all(|word| has(&track.name, word) || has(artist.name, word) || has(&album.name, word));
            all_words
                && filters.iter().all(|(field, value)| match field.as_str() {
                    "artist" => has(artist.name, value),
                    "album" => has(&album.name, value),
                    "track" => has(&track.name, value),
                    "genre" => artist.genre == value,
                    "year" => value.split_once('-').is_some_and(|(from, to)| {
                        let year = |text: &str| text.parse::<usize>().unwrap_or_default();
                        (year(from)..=year(to)).contains(&album.year)
                    }),
                    _ => false,
                })
        };
        self.tracks.iter().filter(fits).collect()
    }

    pub(super) fn artist_json(&self, artist: &Artist) -> Value {
        json!({
            "external_urls": {"spotify": format!("https://open.spotify.com/artist/{}", artist.id)},
            "href": format!("https://api.spotify.com/v1/artists/{}", artist.id),
            "id": artist.id, "name": artist.name, "type": "artist", "uri": format!("spotify:artist:{}", artist.id),
        })
    }

    pub(super) fn album_json(&self, album: &Album) -> Value {
        let image = |size: u32| json!({"url": format!("https://i.scdn.co/image/{}-{size}", album.id), "width": size, "height": size});
        let total = self
            .tracks
            .iter()
            .filter(|track| self.albums[track.album].id == album.id)
            .count();
        json!({
            "album_type": "album", "total_tracks": total,
            "external_urls": {"spotify": format!("https://open.spotify.com/album/{}", album.id)},
            "href": format!("https://api.spotify.com/v1/albums/{}", album.id),
            "id": album.id, "images": [image(640), image(300), image(64)], "name": album.name,
            "release_date": album.year.to_string(), "release_date_precision": "year", "type": "album",
            "uri": format!("spotify:album:{}", album.id), "artists": [self.artist_json(&self.artists[album.artist])],
        })
    }

    /// A track without its album, as it stands in an album.
    pub(super) fn simplified_json(&self, track: &Track, market: Option<&str>) -> Value {
        let mut json = json!({
            "artists": [self.artist_json(self.artist_of(track))],
            "disc_number": 1, "duration_ms": track.duration_ms, "explicit": false,
            "external_urls": {"spotify": format!("https://open.spotify.com/track/{}", track.id)},
            "href": format!("https://api.spotify.com/v1/tracks/{}", track.id),
            "id": track.id, "name": track.name, "preview_url": null, "track_number": track.number, "type": "track",
            "uri": format!("spotify:track:{}", track.id), "is_local": false,
        });
        if let Some(market) = market {
            let playable = track.only_in.is_none_or(|only| only == market);
            json["is_playable"] = playable.into();
            if !playable {
                json["restrictions"] = json!({"reason": "market"});
            }
        }
        json
    }

    pub(super) fn track_json(&self, track: &Track, market: Option<&str>) -> Value {
        let mut json = self.simplified_json(track, market);
        json["album"] = self.album_json(&self.albums[track.album]);
        json
    }

    pub(super) fn episode_json(&self, episode: &Episode) -> Value {
        let image =
            json!({"url": format!("https://i.scdn.co/image/{}", episode.id), "width": 640, "height": 640});
        json!({
            "audio_preview_url": null, "description": "", "html_description": "", "duration_ms": episode.duration_ms,
            "explicit": false, "external_urls": {}, "href": format!("https://api.spotify.com/v1/episodes/{}", episode.id),
            "id": episode.id, "images": [image], "is_externally_hosted": false, "is_playable": true,
            "languages": ["en"], "name": episode.name, "release_date": "2026-01-05", "release_date_precision": "day",
            "type": "episode", "uri": format!("spotify:episode:{}", episode.id),
            "show": {"id": id('S', 0), "name": episode.show, "images": [], "type": "show", "media_type": "audio"},
        })
    }
}

fn add_a_long_career(artists: &mut Vec<Artist>, albums: &mut Vec<Album>, tracks: &mut Vec<Track>) {
    let (name, genre) = LONG_CAREER;
    artists.push(Artist {
        id: id('A', artists.len()),
        name,
        genre,
    });
    for volume in 1..=ALBUMS_OF_A_LONG_CAREER {
        albums.push(Album {
            id: id('B', albums.len()),
            name: format!("Volume {volume}"),
            artist: artists.len() - 1,
            year: LONG_AGO,
        });
        for number in 1..=TRACKS_ON_A_SHORT_ALBUM {
            tracks.push(Track {
                id: id('T', tracks.len()),
                name: format!("Nocturne {volume}.{number}"),
                album: albums.len() - 1,
                number,
                duration_ms: 150_000,
                only_in: None,
            });
        }
    }
}

/// The last album of all.
fn add_a_long_album(artists: &mut Vec<Artist>, albums: &mut Vec<Album>, tracks: &mut Vec<Track>) {
    let (name, genre) = LONG_ALBUM;
    artists.push(Artist {
        id: id('A', artists.len()),
        name,
        genre,
    });
    albums.push(Album {
        id: id('B', albums.len()),
        name: "Every Prelude".to_owned(),
        artist: artists.len() - 1,
        year: LONG_AGO,
    });
    for number in 1..=TRACKS_ON_A_LONG_ALBUM {
        tracks.push(Track {
            id: id('T', tracks.len()),
            name: format!("Prelude {number}"),
            album: albums.len() - 1,
            number,
            duration_ms: 150_000,
            only_in: None,
        });
    }
}

/// 22 base-62 characters, as all ids are.
pub(super) fn id(kind: char, number: usize) -> String {
    format!("{kind}{number:021}")
}

/// The `field:"value"` and `field:value` parts of a query, and its plain words, all in lower case.
fn parsed(q: &str) -> (Vec<(String, String)>, Vec<String>) {
    let (mut filters, mut words) = (Vec::new(), Vec::new());
    let mut rest = q.trim();
    while !rest.is_empty() {
        let word_end = rest.find(' ').unwrap_or(rest.len());
        match rest[..word_end].split_once(':') {
            Some((field, value)) if value.starts_with('"') => {
                let from = field.len() + 2;
                let len = rest[from..].find('"').unwrap_or(rest.len() - from);
                filters.push((field.to_lowercase(), rest[from..from + len].to_lowercase()));
                rest = rest[from + len..].trim_start_matches('"').trim_start();
                continue;
            }
            Some((field, value)) => filters.push((field.to_lowercase(), value.to_lowercase())),
            None => words.push(rest[..word_end].to_lowercase()),
        }
        rest = rest[word_end..].trim_start();
    }
    (filters, words)
}
