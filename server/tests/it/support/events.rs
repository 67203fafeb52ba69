//! A stream of events, read as they come.

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;

use super::house::PATIENCE;

pub struct Events {
    body: BodyDataStream,
    heard: String,
}

impl Events {
    pub fn of(body: Body) -> Self {
        Self {
            body: body.into_data_stream(),
            heard: String::new(),
        }
    }

    /// The next event: its kind and what it says.
    pub async fn next(&mut self) -> (String, String) {
        loop {
            if let Some((event, rest)) = self.heard.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name));
                    lines
                        .map(|value| value.trim_start_matches(": "))
                        .collect::<Vec<_>>()
                        .join("\n")
                };
                let read = (field("event"), field("data"));
                assert!(
                    !read.1.is_empty(),
                    "browsers pass over events without data: {event:?}"
                );
                self.heard = rest.to_owned();
                return read;
            }
            let more = tokio::time::timeout(PATIENCE, self.body.next())
                .await
                .expect("an event in time")
                .expect("the stream goes on")
                .expect("the stream can be read");
            self.heard.push_str(std::str::from_utf8(&more).expect("text"));
        }
    }
}
