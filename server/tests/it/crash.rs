//! The real process, killed, and started again on what it left.

mod fail_points;
mod gate;
mod recovery;
