//! The state of the console: its database, its journal, live deploys, and undelivered messages.

pub(super) mod journal_check;
pub(super) mod notifications;
pub(super) mod overview;
pub(super) mod readiness;
