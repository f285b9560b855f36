//! How the console is: its database, its journal, what is under way, and messages that were not taken.

pub(super) mod journal_check;
pub(super) mod notifications;
pub(super) mod overview;
pub(super) mod readiness;
