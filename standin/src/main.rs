//! `cargo run -p standin`: the Spotify stand-in on a free port, and the settings that make EchoNest use it.

use standin::spotify::listeners::LISTENERS;
use standin::spotify::{CLIENT_ID, CLIENT_SECRET, Spotify};

#[tokio::main]
async fn main() -> std::io::Result<()> {
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
    std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes())?;
    tokio::signal::ctrl_c().await
}
