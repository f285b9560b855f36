//! `make bench`: the table of numbers that the console wants to reach, each measured in this run and, where
//! that is what counts, as a ratio to something bare that was measured beside it.
//!
//! The server is the real release binary, on a real file, over loopback. Everything is bounded and ends by
//! itself. Nothing here fails for being slow: the table is for people to read.

#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what goes wrong in a measurement ends it")]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(unreachable_pub, reason = "`pub` marks what the support offers to the measurements")]

mod callback;
mod commits;
mod dispatch;
mod events;
mod github;
mod idle;
mod poll;
#[path = "../../tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "tests need more of it")]
mod postgres;
mod server;
mod stats;

/// A line of the table.
pub struct Row {
    what: &'static str,
    measured: String,
    target: &'static str,
}

#[tokio::main]
async fn main() {
    let rows = [
        idle::measure().await,
        dispatch::measure().await,
        commits::measure().await,
        callback::measure().await,
        poll::measure().await,
        events::measure().await,
    ];
    println!("| what | measured | target |\n|---|---|---|");
    for Row { what, measured, target } in rows.iter().flatten() {
        println!("| {what} | {measured} | {target} |");
    }
}
