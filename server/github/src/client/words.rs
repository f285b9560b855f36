//! GitHub's own words, fit to be shown: in one line, short, and without anything that may be secret.

/// Characters of a message that are shown.
const LONGEST: usize = 300;
/// In the place of what may be secret, or of what is too long.
const LEFT_OUT: &str = "…";
/// How GitHub's tokens begin.
const TOKENS: [&str; 6] = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"];

/// The message of an answer as it can be shown; none, if it says nothing.
pub(super) fn presentable(message: &str, token: &str) -> Option<String> {
    let message: String = message.chars().filter(|c| !is_invisible(*c)).collect();
    let message = if token.is_empty() { message } else { message.replace(token, LEFT_OUT) };
    let words = message.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let words: Vec<_> = words.map(|word| if is_secret(word) { LEFT_OUT } else { word }).collect();
    let text = words.join(" ");
    let short: String = text.chars().take(LONGEST).collect();
    let rest = if short.len() < text.len() { LEFT_OUT } else { "" };
    (!text.is_empty()).then(|| short + rest)
}

/// A token of GitHub's, or an address with a password.
fn is_secret(word: &str) -> bool {
    let host = word.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    host.contains('@') || TOKENS.iter().any(|token| word.contains(token))
}

/// What changes the order or the look of the text around it, and could part a secret into words.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f68_words_are_shown_in_one_safe_line() {
        for (said, shown) in [
            ("No ref found for: main", Some("No ref found for: main")),
            (" two\r\nlines\tand \u{1b}[31mred\0", Some("two lines and [31mred")),
            ("a\u{202e}b\u{200b}c", Some("abc")),
            ("the token our-token is bad", Some("the token … is bad")),
            ("the token our-to\u{200b}ken is bad", Some("the token … is bad")),
            ("(ghp_abcdef), github_pat_1", Some("… …")),
            (
                "see https://me:word@git.example.com/x and https://git.example.com/@you",
                Some("see … and https://git.example.com/@you"),
            ),
            ("", None),
            (" \n", None),
        ] {
            assert_eq!(presentable(said, "our-token").as_deref(), shown, "{said:?}");
        }
        assert_eq!(presentable("no token is set", "").as_deref(), Some("no token is set"));
        let long = presentable(&"ä".repeat(400), "x").unwrap();
        assert_eq!((long.chars().count(), long.ends_with("ä…")), (301, true));
    }
}
