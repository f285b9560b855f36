//! One deploy, with everything that is recorded about it.

use leptos::{prelude::*, task::spawn_local};

use super::{announcement::Announcement, history::Transitions, journal::Journal, progress::Progress};
use crate::{
    api::{JournalEntry, PollAnswer, functions::read_journal},
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
