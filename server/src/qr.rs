//! QR codes as SVG: a link becomes squares. Knows nothing of nests.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Light squares around the code, without which cameras don't find it: what ISO/IEC 18004 asks for.
const QUIET_ZONE: i32 = 4;

/// The code for `text`, readable with up to 15 % of it covered. `None`: longer than any code holds (2,331 bytes).
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * QUIET_ZONE;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{}\"/></svg>",
        dark_squares(&code)
    ))
}

/// One rectangle for each run of dark squares in a row.
fn dark_squares(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                let (left, top) = (x + QUIET_ZONE, y + QUIET_ZONE);
                // Writing to a String cannot fail.
                write!(path, "M{left} {top}h{run}v1h-{run}z").unwrap_or_default();
            }
            x += run.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_the_code_nothing_is_dark() {
        let svg = svg("https://echone.st/X7K2P").expect("a code");
        let side: i32 = svg
            .split_once("viewBox=\"0 0 ")
            .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
            .expect("a size");
        let path = svg
            .split("d=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("a path");
        for rectangle in path.split('M').skip(1) {
            let mut numbers = rectangle
                .split([' ', 'h', 'v', 'z', '-'])
                .filter_map(|n| n.parse::<i32>().ok());
            let (x, y, run) = (numbers.next(), numbers.next(), numbers.next());
            let (x, y, run) = (x.expect("x"), y.expect("y"), run.expect("a run"));
            assert!(x >= QUIET_ZONE && y >= QUIET_ZONE, "{rectangle}");
            assert!(
                x + run <= side - QUIET_ZONE && y < side - QUIET_ZONE,
                "{rectangle}"
            );
        }
    }

    #[test]
    fn what_no_code_can_hold_has_none() {
        assert_eq!(svg(&"x".repeat(3000)), None);
    }
}
