//! What is on the screen, piece by piece. Components show what they are given; resources live in pages.

pub mod announcement;
pub mod board;
pub mod board_row;
pub mod cancel;
pub mod clocks;
pub mod deploy;
pub mod deploy_filter;
pub mod deploy_form;
pub mod deploy_modal;
pub mod deploy_table;
pub mod flag_table;
pub mod frame;
pub mod history;
pub mod icon;
pub mod journal;
pub mod log_lines;
pub mod problem;
pub mod progress;
pub mod provenance;
pub mod run_link;
pub mod run_notes;
pub mod status;
pub mod stepper;
pub mod text;
pub mod time;
