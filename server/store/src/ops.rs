//! The operations: what each transaction does, on either database.

pub(crate) mod abandon;
pub(crate) mod access;
pub(crate) mod board;
pub(crate) mod callback;
pub(crate) mod commits;
pub(crate) mod deploys;
pub(crate) mod dispatch;
pub(crate) mod entries;
pub(crate) mod flags;
pub(crate) mod freezes;
pub(crate) mod imports;
pub(crate) mod insight;
pub(crate) mod proof;
pub(crate) mod protection;
pub(crate) mod prune;
pub(crate) mod rolled_back;
pub(crate) mod transition;
pub(crate) mod webhooks;
