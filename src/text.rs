//! How typed names are cleaned before any rule sees them.

/// Control characters become nothing, runs of white space one space, ends are trimmed.
pub fn tidy(raw: &str) -> String {
    let visible = raw
        .chars()
        .filter(|c| !c.is_control() || c.is_whitespace())
        .filter(|c| !is_invisible(*c));
    let mut tidy = String::with_capacity(raw.len());
    let mut gap = false;
    for c in visible {
        if c.is_whitespace() {
            gap = !tidy.is_empty();
        } else {
            if std::mem::take(&mut gap) {
                tidy.push(' ');
            }
            tidy.push(c);
        }
    }
    tidy
}

/// Zero-width and direction-changing marks: they draw nothing and make two names look the same, or a row read backwards.
/// The zero-width joiner stays: emoji such as families are made with it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// 213000 → `3:33`, 3723000 → `1:02:03`: durations as people read them.
pub fn clock_face(milliseconds: u32) -> String {
    let seconds = milliseconds / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// `a nest code has five characters` → `A nest code has five characters.`
pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{capital}{}{stop}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_a_whole_sentence() {
        assert_eq!(
            sentence("a nest code has five characters"),
            "A nest code has five characters."
        );
        assert_eq!(sentence("Try again!"), "Try again!");
    }

    #[test]
    fn tidying_keeps_what_people_see_and_nothing_else() {
        let table = [
            ("  Friday \t\n Vibes ", "Friday Vibes"),
            ("a\u{0}b\u{7}c", "abc"),
            ("\u{202E}evil\u{200B}", "evil"),
            ("👨‍👩‍👧", "👨‍👩‍👧"),
            (" \n ", ""),
        ];
        for (raw, expected) in table {
            assert_eq!(tidy(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn durations_read_as_minutes_and_seconds() {
        for (ms, expected) in [
            (0, "0:00"),
            (999, "0:00"),
            (61_000, "1:01"),
            (3_723_000, "1:02:03"),
        ] {
            assert_eq!(clock_face(ms), expected);
        }
    }
}
