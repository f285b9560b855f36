//! What a run reported once its deploy had ended.

use leptos::prelude::*;

use crate::domain::{JournalEntry, Status, TrailEntry};

/// Says that GitHub ran it again after it had ended here: what came of that is not in this deploy.
#[component]
pub fn LaterAttempt(entries: Vec<TrailEntry>) -> impl IntoView {
    later_attempt(&entries).map(|attempt| {
        view! {
            <div class="note note--late">
                <p class="note__title">{format!("Attempt {attempt} of the run reported after this deploy had ended.")}</p>
                <p>"This deploy keeps its end. What the attempt did is on GitHub."</p>
            </div>
        }
    })
}

/// The newest attempt among the reports that came after the end.
fn later_attempt(entries: &[TrailEntry]) -> Option<i64> {
    let came_after_the_end = |entry: &&JournalEntry| {
        let current = entry.payload["current"].as_str().and_then(|text| text.parse::<Status>().ok());
        entry.payload["outcome"] == "refused" && current.is_some_and(Status::is_terminal)
    };
    let attempts = entries.iter().filter_map(TrailEntry::readable).filter(came_after_the_end);
    let attempts = attempts.filter_map(|entry| entry.payload["run_attempt"].as_i64());
    attempts.max().filter(|attempt| *attempt > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn entry(payload: serde_json::Value) -> TrailEntry {
        TrailEntry::Readable(JournalEntry {
            sequence: 1,
            at: Timestamp::UNIX_EPOCH,
            actor: String::new(),
            action: String::new(),
            deploy_id: None,
            payload,
            previous_hash: String::new(),
            hash: String::new(),
        })
    }

    /// An attempt that reports after the end of the deploy is named.
    #[test]
    fn f33_later_attempt_is_named() {
        let refused = |current: &str, attempt: i64| {
            entry(serde_json::json!({ "outcome": "refused", "current": current, "run_attempt": attempt }))
        };
        let applied =
            entry(serde_json::json!({ "outcome": "applied", "status": "failed", "run_attempt": 2 }));
        assert_eq!(later_attempt(&[refused("failed", 2), refused("failed", 3)]), Some(3));
        assert_eq!(later_attempt(&[refused("failed", 1), refused("building", 2), applied]), None);
        assert_eq!(later_attempt(&[]), None);
    }
}
