//! What holds of every deploy at every moment, read from the row and from its journal each by itself.

use app::domain::{
    JournalEntry, Source, Status,
    transition::{self, Cause},
};
use serde::de::DeserializeOwned;
use store::{StoredDeploy, audit};

/// I1: the journal's accepted path is the deploy's and ends at the row's status. I2: every step of it is an
/// edge that its cause may walk. It begins with a request; that of a run which was found, with the run.
#[track_caller]
pub fn assert_path(row: &StoredDeploy, journal: &[JournalEntry]) {
    let steps: Vec<(Status, Source, Cause)> = journal.iter().filter_map(step).collect();
    let path: Vec<_> = steps.iter().map(|(status, source, _)| (*status, *source)).collect();
    let shown = row.history.iter().filter_map(|entry| Some((entry.status.known()?, entry.source)));
    assert_eq!(path, shown.collect::<Vec<_>>(), "{row:#?}");
    let first = if row.origin.is_found() {
        (Status::Dispatched, Source::Reconciler)
    } else {
        (Status::Requested, Source::Console)
    };
    assert_eq!(path.first(), Some(&first));
    assert_eq!(path.last().map(|(status, _)| *status), row.status.known());
    for edge in steps.windows(2) {
        let [(from, ..), (to, _, by)] = edge else { unreachable!("windows of two") };
        assert!(transition::allowed(*from, *to, *by), "{from} to {to} by {by:?}");
    }
}

/// Where an entry took the deploy, as which source, and what caused it.
fn step(entry: &JournalEntry) -> Option<(Status, Source, Cause)> {
    let (status, source) = (field(entry, "status")?, field(entry, "source")?);
    let is_abandoned = entry.action == "console.deploy.abandoned";
    Some((status, source, if is_abandoned { Cause::Abandoned } else { Cause::Says(source) }))
}

fn field<T: DeserializeOwned>(entry: &JournalEntry, name: &str) -> Option<T> {
    T::deserialize(&entry.payload[name]).ok()
}

/// No entry was changed, left out or put in.
#[track_caller]
pub fn assert_chain<'a>(journals: impl IntoIterator<Item = &'a [JournalEntry]>) {
    let mut all: Vec<_> = journals.into_iter().flatten().cloned().collect();
    all.sort_by_key(|entry| entry.sequence);
    assert_eq!(audit::first_broken(&all), None);
}
