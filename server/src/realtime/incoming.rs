//! What a browser's text means, or whose answer must say that it means nothing.

use nests::wire::ClientFrame;
use serde_json::Value;

/// Not a frame of ours. The id is the command's where one can be read, otherwise 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub id: u32,
}

/// # Errors
/// [`Unreadable`] for anything but one whole frame.
pub fn read(text: &str) -> Result<ClientFrame, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable {
        id: id_in(text).unwrap_or(0),
    })
}

fn id_in(text: &str) -> Option<u32> {
    let json: Value = serde_json::from_str(text).ok()?;
    json.get("do")?.get("id")?.as_u64()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use nests::wire::Command;

    use super::*;

    #[test]
    fn commands_are_understood_and_everything_else_is_answered_by_its_id() {
        let pause = ClientFrame::Do {
            id: 7,
            command: Command::Pause,
        };
        assert_eq!(read(r#"{"do":{"id":7,"command":"pause"}}"#), Ok(pause));
        let table = [
            (r#"{"do":{"id":7,"command":"explode"}}"#, 7),
            (
                r#"{"do":{"id":7,"command":{"vote":{"song":"../../etc","vote":"up"}}}}"#,
                7,
            ),
            (r#"{"do":{"id":-7,"command":"pause"}}"#, 0),
            (r#"{"do":{"command":"pause"}}"#, 0),
            (r#"{"do":"#, 0),
            ("", 0),
            ("null", 0),
        ];
        for (text, id) in table {
            assert_eq!(read(text), Err(Unreadable { id }), "{text}");
        }
    }
}
