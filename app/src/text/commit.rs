//! What the first line of a commit's message names.

use std::ops::Range;

/// The words with which GitHub begins the message of a merge.
const MERGE: &str = "Merge pull request ";

/// Where the line names the pull request from which the commit came, as GitHub writes it: `Add a cart (#12)` where it was
/// squashed, `Merge pull request #12 from …` where it was merged. It is the author's word: it makes a link, and nothing else.
#[must_use]
pub fn pull_request(subject: &str) -> Option<Range<usize>> {
    let (start, end) = match subject.strip_prefix(MERGE) {
        Some(rest) => (MERGE.len(), MERGE.len() + rest.find(' ')?),
        None => (subject.rfind("(#")? + 1, subject.trim_end().strip_suffix(')')?.len()),
    };
    let digits = subject.get(start..end)?.strip_prefix('#')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pull_request_is_named_as_github_names_it() {
        let named = |subject: &str| pull_request(subject).map(|range| subject[range].to_owned());
        for (subject, expected) in [
            ("Add a cart (#12)", Some("#12")),
            ("Revert “Add a cart (#12)” (#13)", Some("#13")),
            ("Merge pull request #7 from acme/cart", Some("#7")),
            ("Merge pull request #7", None),
            ("Merge pull request # from acme/cart", None),
            ("Fix #12", None),
            ("Add a cart (#12) at last", None),
            ("Add a cart (#)", None),
            ("Add a cart (#1x)", None),
            ("(#", None),
            (")", None),
            ("", None),
        ] {
            assert_eq!(named(subject).as_deref(), expected, "{subject}");
        }
    }
}
