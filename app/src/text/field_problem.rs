//! What is wrong with a field of a form, as it stands beneath it.

use crate::domain::{GitRef, NotAGitRef};

/// Where a freeze has to be overridden, and nothing says why.
pub const OVERRIDE_MISSING: &str = "Say why the freeze is to be overridden.";
/// A reason that the console does not take, for one of two reasons.
pub const NOT_A_REASON: &str = "Use at most 500 characters, and not the character U+0000.";

/// What is wrong with a ref; nothing, if it is one.
#[must_use]
pub fn ref_problem(text: &str) -> Option<String> {
    match text.parse::<GitRef>() {
        Ok(_) => None,
        Err(_) if text.is_empty() => Some("Give a branch, a tag or a commit.".to_owned()),
        Err(NotAGitRef::Malformed) => {
            Some("This is not a Git ref. Leave out spaces, “..” and a leading dash.".to_owned())
        }
        Err(wrong @ NotAGitRef::Invisible(_)) => Some(format!("The ref {wrong}.")),
    }
}

/// Where another name was typed than that of the environment.
#[must_use]
pub fn name_problem(environment: &str) -> String {
    format!("Type {environment} to deploy there.")
}

/// What the console says of a value, as a sentence: it may be a part of one.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let end = (!text.ends_with('.')).then_some('.');
    first.chain(rest).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_is_refused_with_what_to_do() {
        assert_eq!(["main", "v1.8", "feature/#1"].map(ref_problem), [None, None, None]);
        for (text, said) in [
            ("", "Give a branch, a tag or a commit."),
            ("a b", "This is not a Git ref. Leave out spaces, “..” and a leading dash."),
            ("ma\u{ad}in", "The ref holds U+00AD (soft hyphen), which cannot be seen."),
        ] {
            assert_eq!(ref_problem(text).as_deref(), Some(said));
        }
    }

    #[test]
    fn parts_of_sentences_become_sentences() {
        assert_eq!(sentence("at most 500 characters."), "At most 500 characters.");
        assert_eq!(sentence("give a value"), "Give a value.");
        assert_eq!(sentence("über alles"), "Über alles.");
    }
}
