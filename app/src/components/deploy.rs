//! One deploy, with everything that is recorded about it.

use leptos::{prelude::*, task::spawn_local};

use super::{announcement::Announcement, history::Transitions, journal::Journal, progress::Progress};
use crate::{
    api::{JournalEntry, PollAnswer, functions::read_journal},
    domain::Status,
    hooks::watch::{Watch, use_watch},
};

/// Progress, history and journal, kept up to date while the deploy is live.
#[component]
pub fn DeployView(
    /// As it was read for this page.
    first: PollAnswer,
    /// Its journal, as it was read for this page.
    journal: Vec<JournalEntry>,
) -> impl IntoView {
    let known = first.deploy.history.len();
    let watch = use_watch(first);
    let (said, say) = signal(String::new());
    let journal = RwSignal::new(journal);
    keep_fresh(journal, watch);
    view! {
        <section class="panel" aria-label="Progress">
            <Progress watch known say />
            <Announcement text=said />
        </section>
        <LaterAttempt entries=journal.into() />
        <Transitions deploy=watch.deploy.into() />
        <Journal entries=journal.into() />
    }
}

/// Reads the journal again whenever the deploy has changed. What cannot be read stays as it was: the next
/// change, or the page when it is loaded again, brings it.
fn keep_fresh(journal: RwSignal<Vec<JournalEntry>>, watch: Watch) {
    let version = Memo::new(move |_| watch.deploy.with(|deploy| deploy.version));
    Effect::new(move |before: Option<i64>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) {
            let id = watch.deploy.with_untracked(|deploy| deploy.id);
            spawn_local(async move {
                if let Ok(entries) = read_journal(id).await {
                    journal.set(entries);
                }
            });
        }
        now
    });
}

/// Says that GitHub ran it again after it had ended here: what came of that is not in this deploy.
#[component]
fn LaterAttempt(entries: Signal<Vec<JournalEntry>>) -> impl IntoView {
    let attempt = Memo::new(move |_| entries.with(|entries| later_attempt(entries)));
    move || {
        attempt.get().map(|attempt| {
            view! {
                <div class="note note--late">
                    <p class="note__title">{format!("Attempt {attempt} of the run reported after this deploy had ended.")}</p>
                    <p>"This deploy keeps its end. What the attempt did is on GitHub."</p>
                </div>
            }
        })
    }
}

/// The newest attempt among the reports that came after the end.
fn later_attempt(entries: &[JournalEntry]) -> Option<i64> {
    let came_after_the_end = |entry: &&JournalEntry| {
        let current = entry.payload["current"].as_str().and_then(|text| text.parse::<Status>().ok());
        entry.payload["outcome"] == "refused" && current.is_some_and(Status::is_terminal)
    };
    let attempts =
        entries.iter().filter(came_after_the_end).filter_map(|entry| entry.payload["run_attempt"].as_i64());
    attempts.max().filter(|attempt| *attempt > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn entry(payload: serde_json::Value) -> JournalEntry {
        JournalEntry {
            sequence: 1,
            at: Timestamp::UNIX_EPOCH,
            actor: String::new(),
            action: String::new(),
            deploy_id: None,
            payload,
            previous_hash: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn f33_an_attempt_that_reports_after_the_end_is_named() {
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
