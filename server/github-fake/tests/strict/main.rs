//! The simulated GitHub is as strict as the real one, and every answer in these tests is as GitHub describes it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, that is how to fail")]

mod lists;
mod people;
mod protected_jobs;
mod protection;
mod refusals;
mod runs;
mod support;
