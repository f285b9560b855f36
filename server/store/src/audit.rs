//! The journal: what an entry holds, and the chain of hashes that shows whether one was changed.
//!
//! Every entry hashes all its fields and the hash of the entry before, so that an edited, removed, inserted
//! or re-ordered entry breaks the chain at its place. A deploy's history is read from here: there is no
//! second log to disagree with.
//!
//! - [`chain`]: whether the entries are as they were written.
//! - [`difference`]: what differs between a row and its entries, in words.
//! - [`new_entry`]: what each operation writes.
//! - [`expected`]: what the entries of one deploy say of its row.
//! - [`reading`]: entries on their way to readers, also those that cannot be read.
//! - [`projection`]: what the entries of one deploy say, read back.

mod chain;
mod difference;
mod expected;
#[cfg(test)]
mod golden;
mod new_entry;
mod projection;
mod reading;

use app::domain::{JournalEntry, Source, Status};
use sha2::{Digest, Sha256};

pub use self::{
    chain::{Broken, Chain},
    difference::Difference,
    new_entry::NewEntry,
    projection::DeployProjection,
    reading::{read, readable},
};
pub(crate) use self::{
    difference::Column, expected::ExpectedRow, projection::freeze_override_reason, reading::is_news,
};
use crate::{Advance, Noted};

/// The hash before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Who the journal names for what the console does by itself.
pub const CONSOLE: &str = "console";
/// Who the journal names for what a workflow reports.
pub const WORKFLOW: &str = "workflow";

/// Why a rollback goes on where that is configured, as the end of a sentence.
const ROLLBACKS_PASS: &str = "rollbacks pass freezes in this environment.";

/// What was done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// A deploy was asked for.
    Requested,
    /// A run was found that nobody asked the console for.
    Imported,
    /// GitHub accepted it.
    Dispatched,
    /// GitHub refused it, or never started a run.
    Refused,
    /// A callback was decided: applied, repeated or refused.
    Callback,
    /// The reconciler moved the row, with GitHub's record as evidence.
    Reconciled,
    /// Its run was found.
    RunFound,
    /// GitHub's record says something of the run that moves no row.
    RunObserved,
    /// Somebody asked for its end.
    CancelRequested,
    /// What became of asking GitHub for that.
    CancelAnswered,
    /// An input was left out that the workflow does not declare.
    InputLeftOut,
    /// A migration down ended a deploy that the older build could not follow.
    RolledBack,
    /// A flag was turned on or off in an environment.
    FlagPromoted,
    /// A freeze was declared.
    FreezeDeclared,
    /// A freeze was ended by hand.
    FreezeLifted,
}

impl Action {
    /// Every one that this build writes.
    pub const ALL: [Self; 15] = [
        Self::Requested,
        Self::Imported,
        Self::Dispatched,
        Self::Refused,
        Self::Callback,
        Self::Reconciled,
        Self::RunFound,
        Self::RunObserved,
        Self::CancelRequested,
        Self::CancelAnswered,
        Self::InputLeftOut,
        Self::RolledBack,
        Self::FlagPromoted,
        Self::FreezeDeclared,
        Self::FreezeLifted,
    ];

    /// The action of this spelling; none, if a newer build wrote it.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// The spelling in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "console.deploy.requested",
            Self::Imported => "console.deploy.imported",
            Self::Dispatched => "console.deploy.dispatched",
            Self::Refused => "console.deploy.refused",
            Self::Callback => "console.deploy.callback",
            Self::Reconciled => "console.deploy.reconciled",
            Self::RunFound => "console.deploy.run_found",
            Self::RunObserved => "console.deploy.run_observed",
            Self::CancelRequested => "console.deploy.cancel_requested",
            Self::CancelAnswered => "console.deploy.cancel_answered",
            Self::InputLeftOut => "console.deploy.input_left_out",
            Self::RolledBack => "console.schema.rolled_back",
            Self::FlagPromoted => "console.flag.promoted",
            Self::FreezeDeclared => "console.freeze.declared",
            Self::FreezeLifted => "console.freeze.lifted",
        }
    }

    /// The action of a note.
    pub(crate) const fn of_note(what: &Noted) -> Self {
        match what {
            Noted::Run(_) => Self::RunObserved,
            Noted::CancelRequested => Self::CancelRequested,
            Noted::CancelAnswered(_) => Self::CancelAnswered,
            Noted::InputLeftOut(_) => Self::InputLeftOut,
        }
    }

    /// The action of an edge that the console or the reconciler walks.
    const fn of(advance: &Advance) -> Self {
        match (advance.source, advance.to) {
            (Source::Callback, _) => Self::Callback,
            (Source::Reconciler, _) => Self::Reconciled,
            (Source::Console, Status::Failed) => Self::Refused,
            (Source::Console, _) => Self::Dispatched,
        }
    }
}

/// The hash of an entry: SHA-256 over each field with its length before it, the hash of the entry before
/// first. Hexadecimal.
#[must_use]
pub fn hash(entry: &JournalEntry) -> String {
    let mut hasher = Sha256::new();
    let deploy_id = entry.deploy_id.map(|id| id.to_string()).unwrap_or_default();
    for field in [
        entry.previous_hash.as_str(),
        &entry.sequence.to_string(),
        &entry.at.to_string(),
        &entry.actor,
        &entry.action,
        &deploy_id,
        &entry.payload.to_string(),
    ] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// The first entry, in their order, that does not follow from the one before it.
#[must_use]
pub fn first_broken(entries: &[JournalEntry]) -> Option<&JournalEntry> {
    let mut expected = (1, GENESIS);
    entries.iter().find(|entry| {
        let sound = (entry.sequence, entry.previous_hash.as_str()) == expected && entry.hash == hash(entry);
        expected = (entry.sequence + 1, &entry.hash);
        !sound
    })
}
