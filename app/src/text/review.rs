//! Reviews of a run on GitHub, in words.

use super::printable::printable;
use crate::domain::{RunReview, RunReviews};

/// Names that are said; of more, how many.
const NAMED: usize = 3;

/// Who may let the run go on; none, where no person is asked.
#[must_use]
pub fn reviewers_text(reviews: &RunReviews) -> Option<String> {
    let mut names: Vec<_> = reviews.awaited.iter().flat_map(|awaited| &awaited.reviewers).collect();
    names.dedup();
    let said: Vec<_> = names.iter().take(NAMED).map(|name| printable(name)).collect();
    let (last, before) = said.split_last()?;
    Some(match names.len() - said.len() {
        0 if before.is_empty() => format!("{last} may review it."),
        0 => format!("{} or {last} may review it.", before.join(", ")),
        others => format!("{} or {others} others may review it.", said.join(", ")),
    })
}

/// What one reviewer said.
#[must_use]
pub fn review_text(RunReview { by, is_approval, comment }: &RunReview) -> String {
    let who = by.as_deref().map_or_else(|| "A reviewer".to_owned(), printable);
    let verb = if *is_approval { "approved" } else { "rejected" };
    match comment.as_deref().map(printable).filter(|comment| !comment.trim().is_empty()) {
        None => format!("{who} {verb} it on GitHub."),
        Some(comment) => format!("{who} {verb} it on GitHub: “{comment}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AwaitedReview;

    #[test]
    fn reviewers_are_named_up_to_three() {
        let text = |names: &[&str]| {
            let reviewers = names.iter().map(|name| (*name).to_owned()).collect();
            let awaited = vec![AwaitedReview { environment: "production".to_owned(), reviewers }];
            reviewers_text(&RunReviews { awaited, said: Vec::new() })
        };
        assert_eq!(text(&[]), None, "where a rule alone is asked, no person is");
        for (names, expected) in [
            (&["ada"][..], "ada may review it."),
            (&["ada", "acme/ops"], "ada or acme/ops may review it."),
            (&["a", "b", "c"], "a, b or c may review it."),
            (&["a", "b", "c", "d", "e"], "a, b, c or 2 others may review it."),
        ] {
            assert_eq!(text(names).as_deref(), Some(expected));
        }
    }

    #[test]
    fn comment_is_quoted() {
        let said = |comment: Option<&str>| RunReview {
            by: Some("octocat".to_owned()),
            is_approval: false,
            comment: comment.map(str::to_owned),
        };
        assert_eq!(review_text(&said(None)), "octocat rejected it on GitHub.");
        assert_eq!(review_text(&said(Some(""))), "octocat rejected it on GitHub.");
        assert_eq!(review_text(&said(Some("No.\u{1b}[2J"))), "octocat rejected it on GitHub: “No.”");
    }
}
