//! Characters that cannot be seen: with them, two refs look the same on a page.
//!
//! They are those of Unicode's category Cf (format), and a few letters and marks that are drawn as nothing.

use std::ops::RangeInclusive;

/// Joins emoji into one.
const JOINER: char = '\u{200d}';
/// Asks for the picture of a character that also has a plain form.
const AS_EMOJI: char = '\u{fe0f}';

/// The first character of the text that cannot be seen, unless it is a part of an emoji.
pub(super) fn first(text: &str) -> Option<char> {
    let mut before = None;
    text.chars().find(|&c| {
        let is_of_emoji = matches!(c, JOINER | AS_EMOJI) && before.is_some_and(may_be_emoji);
        before = Some(c);
        is_invisible(c) && !is_of_emoji
    })
}

/// Whether a character may be of an emoji. Letters and digits of any script are not: between them, a joiner cannot be
/// seen.
fn may_be_emoji(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric() && (!is_invisible(c) || c == AS_EMOJI)
}

const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What it is, for people.
pub(super) fn describe(c: char) -> String {
    format!("holds U+{:04X} ({}), which cannot be seen", u32::from(c), name(c))
}

fn name(c: char) -> &'static str {
    NAMES.iter().find(|(range, _)| range.contains(&c)).map_or("invisible character", |(_, name)| name)
}

/// The Unicode names of the ones that occur in practice.
const NAMES: [(RangeInclusive<char>, &str); 21] = [
    ('\u{ad}'..='\u{ad}', "soft hyphen"),
    ('\u{61c}'..='\u{61c}', "Arabic letter mark"),
    ('\u{115f}'..='\u{1160}', "Hangul filler"),
    ('\u{200b}'..='\u{200b}', "zero width space"),
    ('\u{200c}'..='\u{200c}', "zero width non-joiner"),
    (JOINER..=JOINER, "zero width joiner"),
    ('\u{200e}'..='\u{200e}', "left-to-right mark"),
    ('\u{200f}'..='\u{200f}', "right-to-left mark"),
    ('\u{202a}'..='\u{202a}', "left-to-right embedding"),
    ('\u{202b}'..='\u{202b}', "right-to-left embedding"),
    ('\u{202c}'..='\u{202c}', "pop directional formatting"),
    ('\u{202d}'..='\u{202d}', "left-to-right override"),
    ('\u{202e}'..='\u{202e}', "right-to-left override"),
    ('\u{2060}'..='\u{2060}', "word joiner"),
    ('\u{2066}'..='\u{2066}', "left-to-right isolate"),
    ('\u{2067}'..='\u{2067}', "right-to-left isolate"),
    ('\u{2069}'..='\u{2069}', "pop directional isolate"),
    ('\u{3164}'..='\u{3164}', "Hangul filler"),
    ('\u{fe00}'..='\u{fe0f}', "variation selector"),
    ('\u{feff}'..='\u{feff}', "byte order mark"),
    ('\u{e0001}'..='\u{e007f}', "tag character"),
];
