//! `make bench`: the table of numbers that the console wants to reach, each measured in this run and, where
//! that is what counts, as a ratio to something bare that was measured beside it.
//!
//! The server is the real release binary, on a real file, over loopback. Everything is bounded and ends by
//! itself. Nothing here fails for being slow: the table is for people to read.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what goes wrong in a measurement ends it")]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(unreachable_pub, reason = "`pub` marks what the support offers to the measurements")]

mod attack;
mod boards;
#[path = "../../tests/it/support/bulk.rs"]
#[allow(dead_code, reason = "tests need more of it")]
mod bulk;
mod callback;
mod commits;
mod dispatch;
mod events;
mod github;
mod idle;
mod idle_apps;
mod poll;
#[path = "../../tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "tests need more of it")]
mod postgres;
mod scale;
mod server;
mod stats;
mod webhooks;

/// A line of the table.
pub struct TableRow {
    what: String,
    measured: String,
    target: &'static str,
}

/// All of them, or those that are named: `cargo bench -p server --bench table -- scale poll`.
#[tokio::main]
async fn main() {
    if let Ok(answer) = std::env::var(poll::BARE_ANSWER) {
        return poll::serve_bare(answer).await;
    }
    let named: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_asked = |name: &str| named.is_empty() || named.iter().any(|asked| asked == name);
    let mut rows = Vec::new();
    // Ten minutes: only where it is asked for.
    if named.iter().any(|asked| asked == "mixed") {
        rows.extend(attack::mixed_load().await);
    }
    for name in [
        "idle",
        "dispatch",
        "commits",
        "callback",
        "webhooks",
        "poll",
        "boards",
        "events",
        "attack",
        "scale",
        "idle-apps",
    ] {
        if is_asked(name) {
            rows.extend(measure(name).await);
        }
    }
    println!("| what | measured | target |\n|---|---|---|");
    for TableRow { what, measured, target } in rows {
        println!("| {what} | {measured} | {target} |");
    }
}

async fn measure(name: &str) -> Vec<TableRow> {
    match name {
        "idle" => idle::measure().await,
        "idle-apps" => idle_apps::measure().await,
        "attack" => attack::measure().await,
        "dispatch" => dispatch::measure().await,
        "commits" => commits::measure().await,
        "callback" => callback::measure().await,
        "webhooks" => webhooks::measure().await,
        "poll" => poll::measure().await,
        "boards" => boards::measure().await,
        "events" => events::measure().await,
        "scale" => scale::measure().await,
        _ => Vec::new(),
    }
}
