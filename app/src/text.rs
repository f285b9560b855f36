//! Words that the screen, Slack and the command line share. No markup: only strings.

pub mod access;
pub mod action;
pub mod approval;
pub mod commit;
pub mod deploy;
pub mod field_problem;
pub mod freeze;
pub mod leg;
pub mod outcome;
pub mod printable;
pub mod protection;
pub mod provenance;
pub mod review;
pub mod status;
pub mod step_duration;
pub mod time;
