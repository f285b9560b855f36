//! Stored text on its way to the screen. It was written by workflows and by people, and is shown as text:
//! nothing in it may colour, hide, re-order or end what is around it. (Markup is escaped by the view.)

/// The longest terminal sequence. One that is not closed within this limit is not a sequence: it hides nothing.
const LONGEST_SEQUENCE: usize = 1_024;

const ESCAPE: char = '\u{1b}';
const BELL: char = '\u{7}';

/// The text with terminal sequences taken out and every control or re-ordering character made visible.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = sequence_length(rest).unwrap_or_else(|| {
            shown.push(visible(c));
            c.len_utf8()
        });
        rest = rest.get(taken..).unwrap_or_default();
    }
    shown
}

/// Whether this may be where a link leads. A script is no address.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    ["https://", "http://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// Bytes of the terminal sequence that `text` begins with, if it does.
fn sequence_length(text: &str) -> Option<usize> {
    let after_escape = text.strip_prefix(ESCAPE)?;
    let kind = after_escape.chars().next()?;
    let body = &after_escape[kind.len_utf8()..];
    let body_length = match kind {
        '[' => control_sequence(body)?,
        // Titles, hyperlinks, device strings: all that carry text of their own.
        ']' | 'P' | 'X' | '^' | '_' => string_sequence(body)?,
        _ => return None,
    };
    Some(ESCAPE.len_utf8() + kind.len_utf8() + body_length)
}

/// Parameters, then one final character.
fn control_sequence(body: &str) -> Option<usize> {
    let (at, end) = body.char_indices().take(LONGEST_SEQUENCE).find(|(_, c)| !matches!(c, ' '..='?'))?;
    matches!(end, '@'..='~').then_some(at + end.len_utf8())
}

/// Text up to a bell or a string terminator.
fn string_sequence(body: &str) -> Option<usize> {
    for (at, c) in body.char_indices().take(LONGEST_SEQUENCE) {
        if c == BELL {
            return Some(at + c.len_utf8());
        }
        if body[at..].starts_with("\u{1b}\\") {
            return Some(at + 2);
        }
    }
    None
}

/// What is shown for a character that would otherwise act on the text around it.
const fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        // Unicode has a picture of each.
        '\0'..='\u{1f}' => match char::from_u32(0x2400 + c as u32) {
            Some(picture) => picture,
            None => char::REPLACEMENT_CHARACTER,
        },
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_unchanged() {
        for text in ["", "Smoke gate started.", "übung — 完了 ✔ 👩‍🚀", "a < b && c > d", "[0m is no sequence"]
        {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn f20_terminal_sequences_are_removed() {
        for (text, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("a\u{1b}[2J\u{1b}[1;1Hb", "ab"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\", "click"),
            ("\u{1b}Pq\u{1b}\\x", "x"),
        ] {
            assert_eq!(printable(text), shown, "{text:?}");
        }
    }

    #[test]
    fn f20_unclosed_sequence_hides_nothing() {
        assert_eq!(printable("\u{1b}]0;all of this stays"), "␛]0;all of this stays");
        assert_eq!(printable("\u{1b}[31"), "␛[31");
        assert_eq!(printable("\u{1b}"), "␛");
        assert_eq!(printable("\u{1b}c"), "␛c");
        assert_eq!(
            printable(&format!("\u{1b}[{}m!", "1".repeat(LONGEST_SEQUENCE))).chars().last(),
            Some('!')
        );
    }

    #[test]
    fn f20_line_ends_cannot_forge_a_line() {
        assert_eq!(printable("ok\r\n12:00 deploy succeeded"), "ok␍␊12:00 deploy succeeded");
        assert_eq!(printable("a\u{2028}b\u{85}c"), "a\u{fffd}b\u{fffd}c");
    }

    #[test]
    fn f19_nul_and_bidi_marks_are_visible() {
        assert_eq!(printable("a\0b\u{7f}"), "a␀b␡");
        assert_eq!(printable("\u{202e}evil\u{2066}x\u{feff}"), "\u{fffd}evil\u{fffd}x\u{fffd}");
    }

    /// Sixty kilobytes of one word, or of sequences that are never closed, are soon read.
    #[test]
    fn f19_large_hostile_text_is_read_quickly() {
        let word = "x".repeat(60 * 1024);
        assert_eq!(printable(&word), word);
        let open = "\u{1b}]".repeat(30 * 1024);
        assert_eq!(printable(&open).chars().filter(|c| *c == '␛').count(), 30 * 1024);
    }
}
