//! What the journal says was accepted for one deploy, oldest first.

use serde::{Deserialize, Serialize};

use crate::domain::{Commit, Timestamp, status::StoredStatus};

/// Who caused a transition.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A signed callback of the workflow.
    Callback,
    /// GitHub's own record of the run, read by the reconciler.
    Reconciler,
    /// The console itself: it asked GitHub and GitHub answered.
    Console,
}

/// The evidence of an end that was not reported and that no record shows: the deploy's deadline passed.
pub const DEADLINE: &str = "deadline";

/// How evidence begins that is one of the jobs in GitHub's record.
pub const GITHUB_JOB: &str = "GitHub job ";

/// How evidence begins that is a job of which GitHub's record says that a reviewer rejected it.
pub const GITHUB_REVIEW: &str = "GitHub review of job ";

/// The run that sent a callback, where GitHub vouched for it by an identity token: better than what the callback says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunProof {
    /// The run.
    pub run_id: i64,
    /// Which attempt of it, from 1.
    pub run_attempt: i64,
    /// The commit of the ref on which the workflow was started. What the run checks out may be another one.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub sha: Commit,
}

/// One accepted transition.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HistoryEntry {
    /// The status that was reached.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub status: StoredStatus,
    /// When it was accepted, by the console's clock.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Who caused it.
    pub source: Source,
    /// What was said with it: by the workflow, where that reported it.
    pub log_line: Option<String>,
    /// What proves it: the delivery id of the callback, or the GitHub job that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The run that sent it, where GitHub vouched for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_by: Option<RunProof>,
}

/// Characters of a text of the journal that a page shows: a log line may have 60 KB, and a page many of them.
const SHOWN: usize = 2_000;

/// A text of the journal as a page shows it: whole, or its beginning with how much more there is.
#[must_use]
pub fn shortened(text: String) -> String {
    let Some((end, _)) = text.char_indices().nth(SHOWN) else { return text };
    let (shown, rest) = text.split_at(end);
    format!("{shown}… ({} more characters: in the journal, by the API)", rest.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        let whole = "ä".repeat(SHOWN);
        assert_eq!(shortened(whole.clone()), whole);
        let cut = shortened(format!("{whole}öü"));
        assert_eq!(cut, format!("{whole}… (2 more characters: in the journal, by the API)"));
    }
}
