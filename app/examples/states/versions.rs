//! What is live by commit, what the app itself answers, and what would change.

use std::iter::successors;

use app::{
    api::{Changes, CommitLine, CommitList, VersionCheck, Versions},
    domain::{Commit, Deploy},
    pages::versions::VersionsContent,
    ui::{deploy_form::changes::ChangeList, versions::VersionNote},
};
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::{at, commit, live},
};

const ANSWER: &str = "9d2f0c4471aab0e6c3d58f1b2e7790c4d6a3b815";

pub(crate) fn group() -> Group {
    let notes = checks().flat_map(|(name, caption, check)| {
        let moving = format!("{caption}, while a deploy is under way");
        [
            note(&format!("version-{name}"), caption, check.clone(), false),
            note(&format!("version-{name}-moving"), &moving, check, true),
        ]
    });
    let others = [
        changes("changes-brings", "It brings commits", known(brought(), CommitList::default())),
        changes("changes-takes-back", "It takes commits back", known(CommitList::default(), brought())),
        changes("changes-both", "It does both", known(brought(), list(1, &["Show prices with their tax"]))),
        changes("changes-nothing", "It changes nothing", known(CommitList::default(), CommitList::default())),
        changes(
            "changes-unknown",
            "Nobody can tell",
            Changes::Unknown { why: "GitHub answered 503.".to_owned() },
        ),
        Width::Panel.figure("changes-of-a-ref", "Of a ref that can be chosen", || {
            let changes = known(brought(), CommitList::default());
            view! { <ChangeList changes git_ref="v1.8" /> }
        }),
        versions("versions-none", "Nothing is live, here or elsewhere", None),
        versions("versions", "One is live, and others could be", Some(live())),
    ];
    Group { title: "Versions", figures: notes.chain(others).collect() }
}

/// Each answer once, with a name and a caption. A new one does not compile before it has its place here.
pub(crate) fn checks() -> impl Iterator<Item = (&'static str, &'static str, VersionCheck)> {
    let (answer, read_at) = (ANSWER.to_owned(), at(400));
    let first = VersionCheck::Agrees { read_at };
    let checks = successors(Some(first), move |check| match check {
        VersionCheck::Agrees { .. } => {
            Some(VersionCheck::Differs { answer: answer.clone(), since: at(300), read_at })
        }
        VersionCheck::Differs { .. } => Some(VersionCheck::Answers { answer: answer.clone(), read_at }),
        VersionCheck::Answers { .. } => {
            Some(VersionCheck::Unreadable { what: "answered 404".to_owned(), since: at(300) })
        }
        VersionCheck::Unreadable { .. } => None,
    });
    checks.map(|check| {
        let (name, caption) = match check {
            VersionCheck::Agrees { .. } => ("agrees", "The app answers what is live"),
            VersionCheck::Differs { .. } => ("differs", "The app answers another commit"),
            VersionCheck::Answers { .. } => {
                ("answers", "The app answers, and nothing is known to compare with")
            }
            VersionCheck::Unreadable { .. } => ("silent", "The app gives no answer"),
        };
        (name, caption, check)
    })
}

fn note(name: &str, caption: &str, check: VersionCheck, under_way: bool) -> Figure {
    Width::Line.figure(name, caption, || view! { <VersionNote check=Some(check) under_way /> })
}

fn list(total: u32, subjects: &[&str]) -> CommitList {
    let line = |subject: &&str| CommitLine {
        commit: commit(),
        subject: (*subject).to_owned(),
        author: Some("operator".to_owned()),
    };
    CommitList { total, newest: subjects.iter().map(line).collect() }
}

fn brought() -> CommitList {
    list(7, &["Keep the basket over a restart", "Ask for the address once"])
}

fn known(brings: CommitList, takes_back: CommitList) -> Changes {
    Changes::Known { brings, takes_back, url: "https://github.example/acme/storefront/compare".to_owned() }
}

fn changes(name: &str, caption: &str, changes: Changes) -> Figure {
    Width::Panel.figure(name, caption, || view! { <ChangeList changes /> })
}

fn versions(name: &str, caption: &str, live: Option<Deploy>) -> Figure {
    let other = |git_ref: &str, commit: Option<Commit>| {
        live.clone().map(|live| Deploy { git_ref: git_ref.to_owned(), commit, ..live })
    };
    let earlier = [other("v1.3", ANSWER.parse().ok()), other("v1.2", None)];
    let elsewhere = live.clone().map(|live| Deploy { environment: "staging".to_owned(), ..live });
    let versions = Versions {
        app: "storefront".to_owned(),
        environment: "production".to_owned(),
        check: live.as_ref().map(|_| VersionCheck::Agrees { read_at: at(400) }),
        live: live.clone(),
        earlier: earlier.into_iter().flatten().collect(),
        elsewhere: elsewhere.into_iter().collect(),
        denied: None,
    };
    Width::Page.figure(name, caption, || view! { <div class="main"><VersionsContent versions /></div> })
}
