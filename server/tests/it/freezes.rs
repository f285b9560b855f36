//! Freezes: when they hold, and what they stop.

mod enforcement;
mod form;
mod windows;
