//! Why one cannot deploy, opened.

use app::{
    api::BoardEnvironment,
    domain::GitHubOutage,
    ui::board::blockers::{Blocker, Blockers, blockers},
};
use leptos::prelude::*;

use super::{
    board::{environment, moving},
    figure::{Figure, Group, Width},
    fixture::{at, frozen, frozen_until_lifted, trouble},
};

pub(crate) fn group() -> Group {
    let everything = BoardEnvironment { frozen: Some(frozen()), ..moving(environment("production")) };
    let each = list(everything.clone(), Some(trouble(Some(at(370)))));
    let mut figures: Vec<_> = each.into_iter().map(alone).collect();
    let stopped = BoardEnvironment { frozen: Some(frozen_until_lifted()), ..environment("production") };
    figures.extend([
        shown("blockers-stopped", "Frozen until somebody lifts it", list(stopped, None)),
        shown("blockers-all", "Everything at once", list(everything, Some(trouble(None)))),
    ]);
    Group { title: "What is in the way", figures }
}

fn list(environment: BoardEnvironment, github: Option<GitHubOutage>) -> Vec<Blocker> {
    blockers(&environment, github.as_ref())
}

/// One of them. A new kind does not compile before it has its caption here.
fn alone(blocker: Blocker) -> Figure {
    let (name, caption) = match blocker {
        Blocker::UnderWay(_) => ("blockers-under-way", "Another deploy is under way"),
        Blocker::Frozen(_) => ("blockers-frozen", "Frozen for a while"),
        Blocker::GitHub(_) => ("blockers-github", "GitHub does not answer"),
    };
    shown(name, caption, vec![blocker])
}

fn shown(name: &str, caption: &str, list: Vec<Blocker>) -> Figure {
    Width::Cell.figure(name, caption, || view! { <Blockers id="why".to_owned() list /> }).opened()
}
