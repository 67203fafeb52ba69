//! Settings, as a person would write them, and what they are told.

use super::complaint::Complaint;
use super::*;

fn read(file: &str, env: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let env = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
    Config::read(Some(file), env).map_err(|all| all.iter().map(Complaint::to_string).collect())
}

fn good(file: &str, env: &[(&str, &str)]) -> Config {
    read(file, env).unwrap_or_else(|complaints| panic!("{complaints:?}"))
}

fn complaints(file: &str, env: &[(&str, &str)]) -> Vec<String> {
    read(file, env)
        .map(|_| ())
        .expect_err("something is wrong with it")
}

#[test]
fn with_nothing_set_every_default_is_right() {
    let config = good("", &[]);
    assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_address.url(), "http://127.0.0.1:3000");
    assert_eq!(config.short_host, "127.0.0.1:3000");
    assert_eq!(config.data_dir, PathBuf::from(".data"));
    assert_eq!(config.nests.max_active, 20);
    assert_eq!(config.nests.cleanup, Duration::from_secs(60));
    assert!(config.allow_guests && config.redis_url.is_none() && config.music_dir.is_none());
    assert_eq!(config.without_effect, Vec::<&str>::new());
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let file = "nest_max_active: 7\nNEST_PARK_DAYS: 3\n";
    let config = good(file, &[("NEST_MAX_ACTIVE", "9")]);
    assert_eq!(
        (
            config.nests.max_active,
            config.nests.park_days,
            config.nests.max_queue_depth
        ),
        (9, 3, 25)
    );
}

#[test]
fn our_own_address_setting_wins_over_the_one_of_cargo_leptos() {
    let leptos = ("LEPTOS_SITE_ADDR", "127.0.0.1:4000");
    assert_eq!(good("", &[leptos]).addr.port(), 4000);
    assert_eq!(good("nests_addr: 127.0.0.1:5000", &[leptos]).addr.port(), 5000);
    assert_eq!(
        good("", &[leptos, ("NESTS_ADDR", "[::1]:6000")]).addr.port(),
        6000
    );
}

#[test]
fn a_wrong_value_is_named_with_its_origin_and_what_would_be_right() {
    let table = [
        (
            "NESTS_ADDR",
            "3000",
            "it must be an address and a port, like 127.0.0.1:3000 or [::1]:3000",
        ),
        ("DEBUG", "maybe", "it must be true or false"),
        (
            "NEST_MAX_ACTIVE",
            "many",
            "it must be a whole number from 0 to 10000",
        ),
        (
            "NEST_MAX_ACTIVE",
            "-1",
            "it must be a whole number from 0 to 10000",
        ),
        (
            "NEST_UPGRADE_URL",
            "example.org/plans",
            "it must be the address of a page, like https://example.org/plans",
        ),
        ("NEST_CODE_LENGTH", "3", "it must be a whole number from 4 to 8"),
        (
            "HOSTNAME",
            "https://a.example/path",
            "it must be the site's address, like https://music.example.org, with no path",
        ),
        (
            "ECHONEST_DOMAIN",
            "a b",
            "it must be a host, like echone.st, with no path",
        ),
        ("REDIS_PORT", "0", "it must be a whole number from 1 to 65535"),
        (
            "BENDER_STRATEGY_WEIGHTS",
            "genre",
            "it must be pairs like genre=35,throwback=30 with weights from 0 to 100",
        ),
        (
            "BENDER_STRATEGY_WEIGHTS",
            "jazz=35",
            "it must be of genre, genre_hint, throwback, artist_search, artist_albums and album; there is no strategy \"jazz\"",
        ),
        (
            "NEST_TIME_ZONE",
            "Mars/Olympus",
            "it must be the name of a time zone, like Europe/Stockholm or UTC",
        ),
    ];
    for (name, value, right) in table {
        assert_eq!(
            complaints("", &[(name, value)]),
            [format!("{name} is {value:?} (the environment): {right}")]
        );
        let file = format!("{name}: \"{value}\"");
        assert_eq!(
            complaints(&file, &[]),
            [format!("{name} is {value:?} (config.yaml): {right}")]
        );
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let all = complaints(
        "debug: 7\ncolour: blue\n",
        &[("NEST_PARK_DAYS", "soon"), ("MIN_QUEUE_DEPTH", "")],
    );
    assert_eq!(all.len(), 3, "{all:?}");
}

#[test]
fn an_unknown_key_is_refused_with_a_guess() {
    assert_eq!(
        complaints("nest_max_activ: 3", &[]),
        ["config.yaml has \"nest_max_activ\", which is no setting; did you mean NEST_MAX_ACTIVE?"]
    );
    assert_eq!(
        complaints("colour: blue", &[]),
        ["config.yaml has \"colour\", which is no setting; `nests --help` lists them all"]
    );
}

#[test]
fn a_setting_written_twice_or_as_a_riddle_is_refused() {
    assert_eq!(
        complaints("debug: true\nDEBUG: false", &[]),
        ["config.yaml sets DEBUG twice"]
    );
    assert_eq!(
        complaints("data_dir: !where here", &[]),
        ["DATA_DIR in config.yaml must be a plain value"]
    );
    assert!(complaints("debug: [", &[])[0].starts_with("config.yaml cannot be read: "));
}

#[test]
fn secret_values_are_never_repeated() {
    let secrets = [
        ("SECRET_KEY", "hunter2"),
        ("REDIS_URL", "http://u:hunter2@h"),
        ("DEV_AUTH_EMAIL", "hunter2"),
    ];
    for secret in secrets {
        let said = complaints("", &[secret]).join("\n");
        assert!(said.contains(secret.0) && !said.contains("hunter2"), "{said}");
    }
    let config = good(
        "",
        &[
            ("SECRET_KEY", &"k".repeat(40)),
            ("REDIS_URL", "redis://u:hunter2@h"),
        ],
    );
    let printed = format!("{config:?}");
    assert!(
        !printed.contains("hunter2") && !printed.contains("kkkk"),
        "{printed}"
    );
}

#[test]
fn a_redis_is_named_by_its_url_or_by_its_host_but_not_by_both() {
    let url = |env: &[(&str, &str)]| good("", env).redis_url.map(|s| s.expose().to_owned());
    assert_eq!(url(&[("REDIS_HOST", "db")]).as_deref(), Some("redis://db:6379"));
    assert_eq!(
        url(&[("REDIS_HOST", "db"), ("REDIS_PORT", "7000")]).as_deref(),
        Some("redis://db:7000")
    );
    assert_eq!(
        url(&[("REDIS_URL", "rediss://db/1")]).as_deref(),
        Some("rediss://db/1")
    );
    assert_eq!(
        complaints("", &[("REDIS_HOST", "db"), ("REDIS_URL", "redis://db")]).len(),
        1
    );
}

#[test]
fn the_public_address_comes_from_the_host_name_unless_a_container_made_it_up() {
    let table = [
        ("", "http://127.0.0.1:3000"),
        ("9f3c2d1b0a77", "http://127.0.0.1:3000"),
        ("music.example.org", "https://music.example.org"),
        ("https://Music.Example.org/", "https://music.example.org"),
        ("http://music.example.org:8080", "http://music.example.org:8080"),
        ("localhost:3000", "http://localhost:3000"),
    ];
    for (hostname, url) in table {
        assert_eq!(
            good("", &[("HOSTNAME", hostname)]).public_address.url(),
            url,
            "{hostname}"
        );
    }
    let config = good(
        "",
        &[("NESTS_ADDR", "0.0.0.0:8080"), ("ECHONEST_DOMAIN", "echone.st")],
    );
    assert_eq!(config.public_address.url(), "http://127.0.0.1:8080");
    assert_eq!(config.short_host, "echone.st");
}

/// In the older program any address could be claimed without proof.
#[test]
fn fault_any_address_could_be_claimed() {
    let email = ("DEV_AUTH_EMAIL", "Anna@Example.org");
    let debug = ("DEBUG", "true");
    for env in [&[email][..], &[email, debug, ("NESTS_ADDR", "0.0.0.0:3000")]] {
        let said = complaints("", env);
        assert!(
            said[0].starts_with("DEV_AUTH_EMAIL lets everybody in without a question"),
            "{said:?}"
        );
    }
    let developer = good("", &[email, debug]).developer;
    assert_eq!(
        developer.map(|d| d.expose().to_owned()).as_deref(),
        Some("anna@example.org")
    );
}

#[test]
fn spotify_needs_both_halves_of_its_credentials_and_an_address_that_keeps_them_secret() {
    let both = [
        ("SPOTIFY_CLIENT_ID", "id"),
        ("SPOTIFY_CLIENT_SECRET", "hush"),
        ("SPOTIFY_MARKET", "se"),
    ];
    let config = good("spotify_api_url: http://127.0.0.1:4000/v1/", &both);
    let app = config.spotify.as_ref().expect("an app");
    assert_eq!(
        (app.market.as_str(), app.api_url.as_str()),
        ("SE", "http://127.0.0.1:4000/v1")
    );
    assert_eq!(app.accounts_url, "https://accounts.spotify.com");
    assert_eq!(app.sdk_url, "https://sdk.scdn.co/spotify-player.js");
    assert!(!format!("{config:?}").contains("hush"));
    assert!(good("", &[]).spotify.is_none());
    assert_eq!(
        complaints("", &both[..1]),
        ["SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET belong together: set both or neither"]
    );
    for url in [
        "http://api.example.org",
        "http://127.0.0.1.example.org/v1",
        "api.spotify.com",
        "https://",
        "https://a b",
    ] {
        let said = complaints("", &[("SPOTIFY_API_URL", url)]);
        assert!(
            said[0].ends_with("it must be an address that begins with https://"),
            "{said:?}"
        );
    }
}

#[test]
fn more_nests_are_to_be_had_at_a_page_of_the_web_or_nowhere() {
    let upgrade_url = |file: &str| good(file, &[]).nests.upgrade_url;
    assert_eq!(upgrade_url(""), None);
    for url in ["https://example.org/plans?from=limit", "http://127.0.0.1:4000"] {
        assert_eq!(
            upgrade_url(&format!("nest_upgrade_url: {url}")).as_deref(),
            Some(url)
        );
    }
    for url in [
        "javascript:alert(1)",
        "ftp://example.org",
        "//example.org",
        "https://",
        "https://a b",
        "https://example.org@elsewhere.example",
    ] {
        let said = complaints("", &[("NEST_UPGRADE_URL", url)]);
        assert!(
            said[0].starts_with(&format!("NEST_UPGRADE_URL is {url:?}")),
            "{said:?}"
        );
    }
}

#[test]
fn settings_without_effect_are_known_by_name() {
    let config = good("google_client_id: abc\nairhorn_expire_sec: 30", &[]);
    assert_eq!(config.without_effect, ["AIRHORN_EXPIRE_SEC", "GOOGLE_CLIENT_ID"]);
}

#[test]
fn the_example_file_names_every_setting_with_its_default() {
    let example = include_str!("../../../config.example.yaml");
    for setting in settings::ALL {
        let line = format!("# {}: {}", setting.name.to_lowercase(), setting.default);
        let found = example.lines().any(|l| l.trim_end() == line.trim_end());
        assert!(found, "config.example.yaml lacks {line:?}");
    }
    let uncommented: String = example
        .lines()
        .filter_map(|l| l.strip_prefix("# "))
        .filter(|l| settings::named(l.split(':').next().unwrap_or_default()).is_some())
        .map(|l| format!("{l}\n"))
        .collect();
    assert!(read(&uncommented, &[]).is_ok(), "{:?}", read(&uncommented, &[]));
}

#[test]
fn a_missing_key_is_made_once_and_kept_to_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let first = secret_key::load_or_make(dir.path()).expect("a key");
    assert_eq!(first.expose().len(), 64, "256 bits in hex");
    assert_eq!(secret_key::load_or_make(dir.path()).expect("the same key"), first);
    let files: Vec<_> = std::fs::read_dir(dir.path())
        .expect("the folder")
        .flatten()
        .collect();
    assert_eq!(files.len(), 1, "nothing is left lying about");
    let mode = files[0].metadata().expect("the key file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_key_is_not_silently_replaced() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("secret_key"), "short").expect("written");
    let error = secret_key::load_or_make(dir.path()).expect_err("too short to be a key");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}
