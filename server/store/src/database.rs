//! The databases. [`tx`] is the SQL that both understand, and what differs between them; [`sqlite`] and [`postgres`] are
//! how each begins, locks, commits and is migrated.

pub(crate) mod backend;
pub mod explain;
pub mod postgres;
pub(crate) mod schema;
pub mod sqlite;
pub(crate) mod status_sql;
pub(crate) mod tx;
mod value;
mod writes;
