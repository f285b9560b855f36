//! The server from outside: over its router, over sockets, and as a process.
//!
//! A test's name carries the number of the fault that it shows, so that a search for `f07` finds it.

#![allow(missing_docs, reason = "tests speak by their names")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, that is how to fail")]
#![allow(unreachable_pub, reason = "`pub` marks what support offers to the tests")]

mod amplification;
mod audit;
mod callback_http;
mod callback_order;
mod callback_properties;
mod callback_socket;
mod cancel;
mod contract;
mod crash;
mod database_trouble;
mod decisions;
mod deploy_page;
mod dispatch_github;
mod dispatch_http;
mod dispatch_model;
mod dispatch_races;
mod dispatch_wait;
mod dropped;
mod events;
mod faults;
mod flags;
mod flood;
mod freeze_windows;
mod freezes;
mod github_reads;
mod guide;
mod health_http;
mod hosts;
mod imports;
mod insight;
mod journal;
mod kills;
mod lifecycle;
mod logs;
mod lookup;
mod metrics;
mod migrations;
mod notify;
mod older_build;
mod openapi;
mod outbox;
mod pages;
mod plan;
mod poll_http;
mod postgres;
mod query_plans;
mod queue;
mod reconcile;
mod redeploy;
mod rehearse;
mod retention;
mod run_state;
mod shipped;
mod shutdown;
mod start;
mod store_races;
mod support;
mod twins;
mod two_processes;
mod ui_answers;
mod versions;
mod walls;
mod writable;
