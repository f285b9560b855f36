//! Figures and plots over the history.

pub mod day_links;
pub mod dora;
pub mod duration_plot;
pub mod filter;
pub mod nothing;
pub mod outcome_plot;
