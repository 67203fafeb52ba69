//! What tests do with the stand-in from another process, and its end.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::Spotify;
use super::super::listeners::ANNA;
use super::{STEERING, ask, token_of};

#[tokio::test]
async fn what_a_browser_test_does_from_outside_is_what_a_test_in_here_does() {
    let spotify = Spotify::start().await.expect("a port");
    let anna = token_of(&spotify, ANNA, STEERING).await;
    assert_eq!(
        ask(&spotify, "POST", "/by-hand/mood/garbled", "", "").await.0,
        204
    );
    let (status, answer) = ask(&spotify, "GET", "/v1/me", &anna, "").await;
    assert!(status == 200 && answer.ends_with(r#"{"name": "Hal"#), "{answer}");
    assert_eq!(ask(&spotify, "POST", "/by-hand/mood/odd", "", "").await.0, 404);
    assert_eq!(ask(&spotify, "POST", "/by-hand/mood/well", "", "").await.0, 204);
    assert_eq!(ask(&spotify, "GET", "/v1/me", &anna, "").await.0, 200);
    assert_eq!(ask(&spotify, "POST", "/by-hand/rest/9", "", "").await.0, 204);
    let (status, answer) = ask(&spotify, "GET", "/v1/me", &anna, "").await;
    assert!(status == 429 && answer.contains("retry-after: 9"), "{answer}");
    spotify.rest_is_over();
    let withdraw = format!("/by-hand/{}/withdraw", ANNA.id);
    assert_eq!(ask(&spotify, "POST", &withdraw, "", "").await.0, 204);
    assert_eq!(ask(&spotify, "GET", "/v1/me", &anna, "").await.0, 401);
    assert_eq!(spotify.refresh_tokens(), Vec::<String>::new());
    assert_eq!(
        ask(&spotify, "POST", "/by-hand/nobody/withdraw", "", "").await.0,
        404
    );
}

#[tokio::test]
async fn once_it_is_closed_nobody_listens_there_and_no_line_stays_open() {
    let spotify = Spotify::start().await.expect("a port");
    let addr = spotify.addr;
    let mut line = TcpStream::connect(addr).await.expect("it is open");
    line.write_all(b"GET /v1/me HTTP/1.1\r\nhost: standin\r\n\r\n")
        .await
        .expect("sent");
    let mut bytes = [0; 4096];
    let answered = line.read(&mut bytes).await.expect("an answer");
    assert!(answered > 0);
    spotify.close().await;
    let mut rest = String::new();
    line.read_to_string(&mut rest).await.expect("its end");
    assert!(TcpStream::connect(addr).await.is_err());
}
