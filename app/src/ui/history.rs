//! The history: deploys in a table, how many they are, and its filters.

pub mod address;
pub mod filter;
pub mod table;
pub mod totals;
