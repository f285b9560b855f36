//! The board: apps × environments, one cell each, with what is in the way of a deploy.

pub mod attention;
pub mod blockers;
pub mod cell;
pub mod empty;
pub mod favourite;
pub mod filter;
pub mod grid;
pub mod notification_trouble;
