//! Every state of every component on one page, drawn by the components themselves from made-up data.
//!
//! ```sh
//! cargo run -p app --features ssr --example states -- main.css > states.html
//! ```
//!
//! The argument is the address of the bundled style. `end2end/specs/states.spec.ts` looks at the page, and
//! `make pictures` has it take pictures. Lists of states are exhaustive: a new variant does not compile before it has
//! its picture.

#![allow(clippy::expect_used, reason = "the data is written here, and is right or the page is not made")]
// Views nest one generic type per element.
#![recursion_limit = "256"]

mod access;
mod approvals;
mod blockers;
mod board;
mod deploy;
mod doctor;
mod figure;
mod fixture;
mod flags;
mod forms;
mod freezes;
mod history;
mod insight;
mod outcome;
mod problems;
mod protection;
mod versions;

use std::io::{self, Write};

use figure::Group;
use leptos::prelude::*;

/// Room around what is shown, and nothing that a component brings itself.
const STYLE: &str = "\
    .group { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-5); justify-items: start } \
    .group[hidden] { display: none } \
    .group > h2 { margin-top: var(--space-5) } \
    figure[data-state] { display: grid; gap: var(--space-2); max-width: 100%; margin: 0 } \
    figure[data-state] > figcaption { color: var(--ink-2); font-size: var(--text-s) } \
    .state { display: grid; gap: var(--space-3); min-width: 0; padding: var(--space-3); background: var(--ground) } \
    [data-width='line'] > .state { justify-self: start; max-width: 100% } \
    [data-width='cell'] { width: 27rem } \
    [data-width='panel'] { width: 44rem } \
    [data-width='page'] { width: 62rem } \
    .state > .main { width: 100%; padding: 0 } \
    .state .cell { border-left: 0 } \
    .state .why[open] > .why__all { position: static; margin-top: var(--space-1) }";

fn groups() -> [Group; 27] {
    [
        deploy::steps::group(),
        deploy::status::group(),
        deploy::progress::group(),
        deploy::last_contact::group(),
        deploy::notes::group(),
        deploy::group(),
        outcome::group(),
        deploy::drawn_steps::group(),
        deploy::jobs::group(),
        board::group(),
        blockers::group(),
        approvals::group(),
        protection::group(),
        history::group(),
        versions::group(),
        insight::group(),
        freezes::group(),
        flags::group(),
        doctor::group(),
        access::sign_in(),
        access::me(),
        access::tokens(),
        access::sessions(),
        access::denials(),
        forms::group(),
        problems::group(),
        problems::pages(),
    ]
}

fn page(style: &str) -> String {
    let style = style.to_owned();
    let page = Owner::new().with(|| {
        let sections = groups().map(Group::section);
        view! {
            <html lang="en">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <title>"States of the components"</title>
                    <link rel="icon" href="data:," />
                    <link rel="stylesheet" href=style />
                    <style inner_html=STYLE></style>
                </head>
                <body>
                    <main class="main">
                        <h1>"States of the components"</h1>
                        {sections.into_iter().collect_view()}
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{page}\n")
}

fn main() -> io::Result<()> {
    let style = std::env::args().nth(1).unwrap_or_else(|| "main.css".to_owned());
    io::stdout().write_all(page(&style).as_bytes())
}
