//! Words that the screen, Slack and the command line share. No markup: only strings.

pub mod printable;
pub mod step_duration;
