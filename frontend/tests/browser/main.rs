//! The modal and its poll in a real browser. Poll answers are fed from a script; nothing here speaks to a
//! server, and nothing sleeps.
//!
//! Names that begin with `f` and a number show that fault of the fault list survived.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "in a test that is how to fail")]

mod cancel;
#[path = "../../../app/tests/fixture/mod.rs"]
mod fixture;
mod form;
mod modal;
mod news;
mod pace;
mod page;
mod parts;
mod polling;
mod reload;
mod run_notes;
mod script;
mod session;
mod steps;
mod timers;
mod unanswered;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
