//! Why one cannot deploy: on the board, opened; and before the press, where one asks for a deploy.

use app::{
    api::{BoardEnvironment, Changes, DeployPlan},
    domain::GitHubOutage,
    ui::{
        board::blockers::{Blocker, Blockers, blockers},
        deploy_form::in_the_way::InTheWay,
    },
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
        shown("blockers-all", "Everything at once", list(everything.clone(), Some(trouble(None)))),
    ]);
    let denied = Some("It needs the role operator on storefront in production.".to_owned());
    let frozen = BoardEnvironment { frozen: Some(frozen()), ..environment("production") };
    let everything = DeployPlan { approvals: 1, github: Some(trouble(None)), ..plan(everything) };
    figures.extend([
        planned("in-the-way-frozen", "Before the press: frozen, and may be overridden", plan(frozen.clone())),
        planned(
            "in-the-way-denied",
            "Before the press: frozen, and may not be overridden",
            DeployPlan { override_denied: denied, ..plan(frozen) },
        ),
        planned("in-the-way-all", "Before the press: everything at once", everything),
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

fn plan(environment: BoardEnvironment) -> DeployPlan {
    DeployPlan {
        app: "storefront".to_owned(),
        environment,
        git_ref: "main".to_owned(),
        refs: Vec::new(),
        inputs: Vec::new(),
        approvals: 0,
        override_denied: None,
        changes: Changes::Unknown { why: String::new() },
        github: None,
        key: String::new(),
    }
}

fn planned(name: &str, caption: &str, plan: DeployPlan) -> Figure {
    Width::Panel.figure(name, caption, || view! { <InTheWay plan /> })
}
