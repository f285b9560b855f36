//! The journal of one deploy: everything that was recorded about it, with the chain that proves that
//! nothing was edited.

use leptos::prelude::*;

use crate::{
    api::DeployJournal,
    domain::DeployId,
    ui::kit::{fold::Fold, journal_table::JournalTable},
};

/// The entries, oldest first.
#[component]
pub fn Journal(
    /// The deploy that they are about.
    id: DeployId,
    /// The end of its journal.
    journal: DeployJournal,
) -> impl IntoView {
    let count = journal.entries.len() + usize::try_from(journal.earlier).unwrap_or(usize::MAX);
    let summary = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
    view! {
        <section aria-labelledby="journal">
            <Fold id="journal" title="Audit log" summary>
                {earlier(id, journal.earlier)}
                <JournalTable entries=journal.entries nothing="No entry is recorded." />
            </Fold>
        </section>
    }
    .into_any()
}

/// What the page does not show, and where it is.
fn earlier(id: DeployId, count: u32) -> Option<AnyView> {
    let words = match count {
        0 => return None,
        1 => "1 earlier entry is not shown.".to_owned(),
        count => format!("{count} earlier entries are not shown."),
    };
    let address = format!("/audit?deploy_id={id}");
    Some(
        view! { <p class="quiet">{words} " " <a href=address>"All entries of this deploy"</a></p> }
            .into_any(),
    )
}
