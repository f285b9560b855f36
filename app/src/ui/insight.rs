//! Figures and plots over the history.

pub mod dora;
pub mod duration_plot;
pub mod filter;
pub mod outcome_plot;
