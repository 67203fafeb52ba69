//! The program as a process: what it says when it cannot start, and that it starts and stops.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use nests::wire::ErrorCode;
use tempfile::TempDir;

use super::support::program::{Running, run};

/// Any free port, music that needs no composing.
const QUIET: [(&str, &str); 2] = [("NESTS_ADDR", "127.0.0.1:0"), ("MUSIC_DIR", "music")];

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

/// Starts it where it must fail; gives what it says.
fn failure(folder: &Path, env: &[(&str, &str)]) -> String {
    let env: Vec<_> = QUIET.iter().chain(env).copied().collect();
    let (code, stdout, stderr) = run(folder, &[], &env);
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

#[test]
fn help_and_version_are_to_be_had_without_starting() {
    let folder = folder();
    let (code, help, _) = run(folder.path(), &["--help"], &[]);
    assert!(
        code == Some(0) && help.contains("NESTS_ADDR (127.0.0.1:3000)"),
        "{help}"
    );
    let (code, version, _) = run(folder.path(), &["--version"], &[]);
    assert_eq!(
        (code, version),
        (Some(0), format!("nests {}\n", env!("CARGO_PKG_VERSION")))
    );
    let (code, _, said) = run(folder.path(), &["sreve"], &[]);
    assert_eq!(
        (code, said.as_str()),
        (
            Some(1),
            "nests: I don't know \"sreve\"; `nests --help` says what there is\n"
        )
    );
    assert_eq!(
        fs::read_dir(folder.path()).expect("the folder").count(),
        0,
        "nothing was made"
    );
}

#[test]
fn moving_an_older_installations_keys_needs_its_redis_and_says_how_it_went() {
    let folder = folder();
    let (code, _, said) = run(folder.path(), &["migrate-keys"], &QUIET);
    assert_eq!(code, Some(1));
    assert!(said.contains("set REDIS_URL"), "{said}");

    let program = Running::start(folder.path(), &QUIET);
    let socket = folder.path().join(".data/redis/redis.sock");
    let redis = format!("unix://{}?db=1", socket.display());
    let ask = |command: &str| {
        let mut cli = std::process::Command::new("redis-cli");
        cli.arg("-s")
            .arg(&socket)
            .args(["-n", "1"])
            .args(command.split(' '));
        String::from_utf8(cli.output().expect("redis-cli runs").stdout).expect("text")
    };
    ask("SET MISC|volume 95");
    ask("RPUSH AIRHORNS {}");
    ask("SET NEST:main|AIRHORNS kept");
    let env = [("REDIS_URL", redis.as_str())];
    for (arguments, verb) in [
        (["migrate-keys", "--dry-run"].as_slice(), "would be moved"),
        (&["migrate-keys"], "moved"),
    ] {
        let (code, told, said) = run(folder.path(), arguments, &env);
        assert_eq!(code, Some(1), "something was skipped: {told}");
        assert!(
            told.ends_with(&format!(
                "3 keys looked at: 1 {verb} (0 dates converted), 1 skipped, 0 failed\n"
            )),
            "{told}"
        );
        assert_eq!(
            said,
            "warning: AIRHORNS stays where it is: the Main Nest has such a key already, which is kept\n"
        );
    }
    assert_eq!(ask("GET NEST:main|MISC|volume"), "95\n");
    ask("DEL AIRHORNS");
    let (code, told, said) = run(folder.path(), &["migrate-keys"], &env);
    assert_eq!((code, said.as_str()), (Some(0), ""), "{told}");
    assert!(program.stop().success());
}

const PLAYS: &str = r#"{"src":"spotify","trackid":"spotify:track:4uLU6hMCjMI75M1A2tKUQC","user":"anna@example.com","endtime":"2020-01-31T20:00:00Z"}
{"src":"spotify","trackid":"4uLU6hMCjMI75M1A2tKUQC","user":"Ben Lee","endtime":1580500800,"jam":["x",{"user":"cleo"}]}
{"src":"spotify","trackid":"spotify:track:4uLU6hMCjMI75M1A2tKUQC","user":"the@echonest.com","endtime":1580500800}
{"src":"youtube","trackid":"dQw4w9WgXcQ","user":"anna","endtime":1580500800}
"#;
const BROKEN_PLAYS: &str = r#"{"src":"spotify","trackid":"spotify:track:4uLU6hMCjMI75M1A2tKUQC","user":"anna","endtime":"yesterday"}

{"src":"spotify","trackid":"spotify:track:4uLU6hMCjMI75M1A2tKUQC","user":"cleo","endtime":1580587200}
["no","play"]
"#;

#[test]
fn play_logs_are_imported_and_each_broken_line_is_named_on_standard_output() {
    let folder = folder();
    fs::write(folder.path().join("play_log_2020_01_31.json"), PLAYS).expect("written");
    fs::write(folder.path().join("odd.json"), BROKEN_PLAYS).expect("written");
    let files = ["import-plays", "play_log_2020_01_31.json", "odd.json"];
    let import = || run(folder.path(), &files, &QUIET);
    let named = "  odd.json:1: endtime is no date\n\
                 \u{20} odd.json:4: not a JSON object with src, trackid, user and endtime\n";

    // In a folder where EchoNest has never been started.
    let (code, told, said) = import();
    assert_eq!(code, Some(0), "{said}");
    let summary = "7 lines: 3 new plays, 0 known already, 1 of Bender's, 1 of podcasts or of sources this version doesn't know, 2 broken\n";
    assert_eq!(told, format!("{named}{summary}"));
    assert_eq!(said, "100 %  7 lines, 3 new plays\n");

    // Beside the running program, once more: the same play twice is one.
    let program = Running::start(folder.path(), &QUIET);
    let (code, told, said) = import();
    assert_eq!(code, Some(0), "{said}");
    let summary = "7 lines: 0 new plays, 3 known already, 1 of Bender's, 1 of podcasts or of sources this version doesn't know, 2 broken\n";
    assert_eq!(told, format!("{named}{summary}"));
    assert!(program.stop().success());
}

#[test]
fn a_play_log_that_is_not_there_is_named_and_nothing_is_written() {
    let folder = folder();
    fs::write(folder.path().join("good.json"), PLAYS).expect("written");
    let arguments = ["import-plays", "good.json", "play_log_2020_02_31.json"];
    let (code, told, said) = run(folder.path(), &arguments, &QUIET);
    assert_eq!((code, told.as_str()), (Some(1), ""), "{said}");
    assert!(
        said.starts_with("nests: play_log_2020_02_31.json can't be read: ")
            && said.ends_with(". Nothing was imported\n"),
        "{said}"
    );
    let names: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder")
        .flatten()
        .map(|f| f.file_name())
        .collect();
    assert_eq!(names, ["good.json"]);
}

#[test]
fn wrong_settings_are_all_said_at_once() {
    let folder = folder();
    fs::write(
        folder.path().join("config.yaml"),
        "nest_max_activ: 3\nnest_park_days: soon\n",
    )
    .expect("written");
    let said = failure(folder.path(), &[("DEBUG", "maybe")]);
    for complaint in [
        "DEBUG is \"maybe\" (the environment): it must be true or false",
        "NEST_PARK_DAYS is \"soon\" (config.yaml): it must be a whole number from 0 to 3650",
        "config.yaml has \"nest_max_activ\", which is no setting; did you mean NEST_MAX_ACTIVE?",
    ] {
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = folder();
    fs::write(folder.path().join("file"), "").expect("written");
    for data_dir in ["file/below", "/proc/nests"] {
        let said = failure(folder.path(), &[("DATA_DIR", data_dir)]);
        assert!(
            said.contains(&format!("nests: DATA_DIR {data_dir} cannot be used: ")),
            "{said}"
        );
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = taken.local_addr().expect("an address").to_string();
    let folder = folder();
    let said = failure(folder.path(), &[("NESTS_ADDR", &addr)]);
    assert!(said.contains(&format!("{addr} is in use already")), "{said}");
}

#[test]
fn it_starts_keeps_to_its_folder_refuses_a_second_copy_and_stops_when_asked() {
    let folder = folder();
    let program = Running::start(folder.path(), &QUIET);
    let second = failure(folder.path(), &[]);
    assert!(second.contains("another copy of this program"), "{second}");
    let address = program
        .address
        .strip_prefix("http://")
        .expect("an address")
        .to_owned();
    let health = ask(&address, "/health");
    assert!(
        health.starts_with("HTTP/1.1 200") && health.ends_with("{\"status\":\"ok\"}"),
        "{health}"
    );
    let refused = ask(&address, "/api/nests");
    let error: nests::wire::ErrorBody =
        serde_json::from_str(refused.rsplit("\r\n").next().expect("a body")).expect("JSON");
    assert_eq!(error.error, ErrorCode::Unauthenticated);

    assert!(program.stop().success());
    let names: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder")
        .flatten()
        .map(|f| f.file_name())
        .collect();
    assert!(
        names.iter().all(|name| name == ".data" || name == "music"),
        "{names:?}"
    );
    Running::start(folder.path(), &QUIET); // and it starts again
}

/// One request on a connection of its own.
fn ask(address: &str, path: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
