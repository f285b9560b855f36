//! The server from outside: over its router, over sockets, and as a process.
//!
//! A test's name carries the number of the fault that it shows, so that a search for `f07` finds it.

#![allow(missing_docs, reason = "tests speak by their names")]
#![allow(unreachable_pub, reason = "`pub` marks what support offers to the tests")]

mod callback_properties;
mod contract;
mod lookup;
mod reconcile;
mod support;
