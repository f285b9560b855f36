//! The dialog and its poll in a real browser. Poll answers are fed from a script; nothing here speaks to a
//! server, and nothing sleeps.
//!
//! Names that begin with `f` and a number show that fault of the fault list survived.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "in a test that is how to fail")]

mod abandon;
mod approval;
mod board_filter;
mod cancel;
mod dialog;
mod event_stream;
mod form;
mod inputs;
mod page_refresh;
mod pending_submission;
mod polling;
mod retries;
mod run_notes;
mod step_duration;
mod steps;
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
