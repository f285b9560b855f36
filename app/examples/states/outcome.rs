//! What a deploy left behind, and the way on.

use std::iter::successors;

use app::{
    api::{DeployName, Outcome, PollAnswer, VersionCheck},
    domain::{Aftermath, Deploy, Status},
    ui::deploy::progress_panel::DeployView,
};
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::{at, ended, live, reached},
};

pub(crate) fn group() -> Group {
    let aftermaths = aftermaths().map(|aftermath| {
        let (name, caption, deploy) = match aftermath {
            Aftermath::Live => ("outcome-live", "It is live", reached(Status::Succeeded)),
            Aftermath::Untouched => (
                "outcome-untouched",
                "Nothing was rolled out",
                ended(Status::Failed, Status::SmokeGateStarted),
            ),
            Aftermath::RolledOut => (
                "outcome-rolled-out",
                "It was rolled out, and is not healthy",
                ended(Status::Failed, Status::Deploying),
            ),
            Aftermath::Unclear => {
                ("outcome-unclear", "What runs now is not known", ended(Status::TimedOut, Status::Building))
            }
        };
        figure(name, caption, deploy, None, None)
    });
    let answers = figure(
        "outcome-answers",
        "It was rolled out, and the environment answers with what was live before",
        ended(Status::Failed, Status::Deploying),
        None,
        Some(VersionCheck::Agrees { read_at: at(300) }),
    );
    let newer = figure(
        "outcome-newer",
        "Another was deployed since",
        ended(Status::Failed, Status::Deploying),
        Some(name("v1.9")),
        None,
    );
    Group { title: "What a deploy left behind", figures: aftermaths.chain([newer, answers]).collect() }
}

/// Each once. A new one does not compile before it has its place here.
fn aftermaths() -> impl Iterator<Item = Aftermath> {
    successors(Some(Aftermath::Live), |aftermath| match aftermath {
        Aftermath::Live => Some(Aftermath::Untouched),
        Aftermath::Untouched => Some(Aftermath::RolledOut),
        Aftermath::RolledOut => Some(Aftermath::Unclear),
        Aftermath::Unclear => None,
    })
}

fn name(git_ref: &str) -> DeployName {
    DeployName { git_ref: git_ref.to_owned(), ..(&live()).into() }
}

fn figure(
    id: &str,
    caption: &str,
    deploy: Deploy,
    newer: Option<DeployName>,
    version: Option<VersionCheck>,
) -> Figure {
    let aftermath = deploy.aftermath();
    let outcome = aftermath.map(|aftermath| Outcome {
        aftermath,
        last_good: Some(name("v1.7")),
        newer,
        version,
        promote_to: (aftermath == Aftermath::Live).then(|| "production".to_owned()),
    });
    let first = PollAnswer { outcome, ..deploy.into() };
    Width::Panel.figure(
        id,
        caption,
        || view! { <section class="panel"><DeployView first known=0 drawn_at=at(150) /></section> },
    )
}
