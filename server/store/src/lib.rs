//! The rows and the journal, and the only place that contains SQL.
//!
//! [`Store`] is what services need of a database. What a transaction does is an operation, written once for both
//! databases; the contract that both keep is a test suite that runs on any store.
//!
//! - [`model`]: the store's arguments and results.
//! - [`ops`]: the operations.
//! - [`database`]: the SQL that both databases understand; how each begins, locks, commits and is migrated.
//! - [`audit`]: entries of the journal and their chain. [`row`]: what rows have to look like.
//! - [`outbox`]: messages about deploys that ended.
//! - [`freeze_window`]: when a freeze holds.
//!
//! Nothing here knows HTTP, GitHub or a page.

#![warn(missing_docs)]

pub mod audit;
mod database;
mod database_url;
mod error;
pub mod freeze_window;
mod model;
mod open;
mod ops;
mod outbox;
mod row;
mod store;
mod store_impl;
mod with_outbox;

pub use self::{
    database::{
        explain,
        postgres::{self, PostgresStore},
        schema::{SchemaError, newest},
        sqlite::{self, FileLock, SqliteStore},
    },
    database_url::{DatabaseSystem, DatabaseUrl},
    error::{ImpossibleRow, StoreError},
    model::*,
    open::{lock, migrate, open, open_with_outbox},
    ops::proof::{Compared, Rows},
    outbox::{Announce, Channel, Channels, Claim, Claimed, Failure, Message, Outbox, Outcome, Undelivered},
    store::Store,
};
