//! Connections: kept ones answer at once, and all of them end in order.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::House;

const ASK: &[u8] = b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
const OK: &str = "{\"status\":\"ok\"}";

/// Reads one answer off the connection.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !String::from_utf8_lossy(&text).ends_with(OK) {
        let mut piece = [0; 1024];
        let length = stream.read(&mut piece).await.expect("an answer");
        assert!(length > 0, "it ended early: {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&piece[..length]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn when_the_program_stops_sockets_are_told_and_nothing_new_is_taken_on() {
    let mut house = House::open().await;
    let anna = house.guest("Anna").await;
    let mut tab = house.tab(&anna).await;
    tab.snapshot().await;
    house.ask_to_stop();
    assert_eq!(tab.closed_with().await, 1001);
    house.closed().await;
    assert_eq!(house.state.house.places.count(), 0);
    assert!(TcpStream::connect(house.addr).await.is_err(), "the door is shut");
}

#[tokio::test]
async fn a_kept_connection_that_is_idle_does_not_hold_up_the_end() {
    let mut house = House::open().await;
    let mut stream = TcpStream::connect(house.addr).await.expect("a connection");
    stream.write_all(ASK).await.expect("asked");
    answer(&mut stream).await;
    house.ask_to_stop();
    house.closed().await;
    assert_eq!(stream.read(&mut [0; 16]).await.expect("an end"), 0);
}

/// In the older program each request on a kept connection lost 40 ms to Nagle's algorithm.
#[tokio::test]
async fn fault_40_ms_were_lost_on_every_kept_request() {
    const REQUESTS: u32 = 50;
    let house = House::open().await;
    let mut stream = TcpStream::connect(house.addr).await.expect("a connection");
    let began = std::time::Instant::now();
    for _ in 0..REQUESTS {
        stream.write_all(ASK).await.expect("asked");
        answer(&mut stream).await;
    }
    let each = began.elapsed() / REQUESTS;
    assert!(each.as_millis() < 30, "{each:?} for each of them");
}
