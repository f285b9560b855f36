//! The history: deploys in a table, and its filters.

pub mod filter;
pub mod table;
