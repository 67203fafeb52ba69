//! What counts as the same word: accents, case, punctuation and script don't matter.
//!
//! Texts and queries pass through the same folding, so that they meet. Also cleans what tags say for the screen.

use deunicode::deunicode;

/// Words are cut to this many bytes; longer ones are compared by their beginning.
pub(super) const MAX_WORD: usize = 32;

/// Longest text taken from a tag, in characters.
const MAX_TAG_CHARS: usize = 200;

/// The plain words of a text: transliterated, lower case, letters and digits only. "Don't" is one word, "AC/DC" two.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().flat_map(pieces).collect()
}

/// The words a text can be found by: its plain words, and also what people type for it: "acdc" for AC/DC, "and" for
/// a lone "&".
pub(super) fn words_to_find(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for chunk in text.split_whitespace() {
        let pieces = pieces(chunk);
        let joined = (pieces.len() > 1).then(|| cut(pieces.concat()));
        if chunk == "&" || chunk == "+" {
            found.push("and".to_owned());
        }
        found.extend(pieces);
        found.extend(joined);
    }
    found
}

/// A key that is equal for two spellings of one name.
pub(super) fn folded(text: &str) -> String {
    words(text).join(" ")
}

/// A tag as it is shown: no control or direction-changing characters, single spaces, at most 200 characters.
pub(in crate::source) fn cleaned(text: &str) -> String {
    let mut clean = String::new();
    let mut length = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let gap = usize::from(length > 0);
        let mut visible = word.chars().filter(|c| !is_direction_mark(*c)).peekable();
        if visible.peek().is_none() || length + gap >= MAX_TAG_CHARS {
            continue;
        }
        if gap > 0 {
            clean.push(' ');
        }
        length += gap;
        for c in visible.take(MAX_TAG_CHARS - length) {
            clean.push(c);
            length += 1;
        }
    }
    clean
}

fn pieces(chunk: &str) -> Vec<String> {
    let plain: String = deunicode(chunk)
        .chars()
        .filter(|c| !matches!(c, '\'' | '`'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(|piece| cut(piece.to_owned()))
        .collect()
}

fn cut(mut word: String) -> String {
    word.truncate(MAX_WORD); // ASCII: every byte is a character
    word
}

/// Zero-width and bidirectional control characters: invisible, and able to turn a line around.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_fold_away() {
        for (text, expected) in [
            ("Sigur Rós", "sigur ros"),
            ("MOTÖRHEAD!", "motorhead"),
            ("Don’t Stop 'til", "dont stop til"),
            ("AC/DC", "ac dc"),
            ("  Ænima\t(Live)  ", "aenima live"),
            ("Кино", "kino"),
            ("!!!", ""),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn names_with_signs_are_found_joined_too() {
        assert_eq!(words_to_find("AC/DC"), ["ac", "dc", "acdc"]);
        assert_eq!(words_to_find("Simon & Garfunkel"), ["simon", "and", "garfunkel"]);
        assert_eq!(words_to_find("北京"), ["bei", "jing", "beijing"]);
    }

    #[test]
    fn tags_are_shown_without_tricks() {
        assert_eq!(cleaned(" A\u{0}B \n\u{202e} C\u{200b}D "), "A B CD");
        assert_eq!(cleaned(&"ab ".repeat(500)).chars().count(), 200);
        assert_eq!(cleaned(&"é".repeat(500)).chars().count(), 200);
        assert_eq!(cleaned("\u{feff}"), "");
    }
}
