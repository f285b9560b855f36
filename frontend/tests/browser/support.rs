//! What the tests have in common: a mounted page, scripted answers, the timers and the storage of the tab.

#[path = "../../../app/tests/fixture/mod.rs"]
pub(crate) mod fixture;
pub(crate) mod page;
pub(crate) mod script;
pub(crate) mod session_storage;
pub(crate) mod timers;
