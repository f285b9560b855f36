//! The server from outside: over its router, over sockets, and as a process.
//!
//! A test's name carries the number of the fault that it shows, so that a search for `f07` finds it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, that is how to fail")]
#![allow(unreachable_pub, reason = "`pub` marks what support offers to the tests")]

mod access;
mod approvals;
mod architecture;
mod callback;
mod crash;
mod dispatch;
mod freezes;
mod github_app;
mod github_webhooks;
mod history;
mod journal;
mod notify;
mod ops;
mod pages;
mod protection;
mod reconcile;
mod store;
mod support;
