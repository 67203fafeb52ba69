//! `cargo run -p standin`: the Spotify stand-in on a free port, and the settings that make EchoNest use it.
//! `standin secrets` starts nothing and prints what must not show in any log, one a line.

use std::io::{self, Write as _};

use standin::spotify::listeners::LISTENERS;
use standin::spotify::{CLIENT_ID, CLIENT_SECRET, Spotify, secrets};

#[tokio::main]
async fn main() -> io::Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => stand_in().await,
        Some("secrets") => io::stdout().write_all(format!("{}\n", secrets().join("\n")).as_bytes()),
        Some(other) => Err(io::Error::other(format!("there is `secrets`, and no {other:?}"))),
    }
}

async fn stand_in() -> io::Result<()> {
    let spotify = Spotify::start().await?;
    for listener in LISTENERS {
        spotify.open_device(listener, "Kitchen", "Speaker");
        spotify.open_device(listener, "Phone", "Smartphone");
    }
    let lines = format!(
        "SPOTIFY_CLIENT_ID={CLIENT_ID} SPOTIFY_CLIENT_SECRET={CLIENT_SECRET} SPOTIFY_API_URL={} SPOTIFY_SDK_URL={} \
         SPOTIFY_ACCOUNTS_URL={}\n",
        spotify.api_url(),
        spotify.sdk_url(),
        spotify.accounts_url()
    );
    io::stdout().write_all(lines.as_bytes())?;
    tokio::signal::ctrl_c().await
}
