//! What a deploy left behind, and the way on.

use std::iter::successors;

use app::{
    api::{DeployName, Outcome, PollAnswer, VersionCheck},
    domain::{Aftermath, CancelState, Cancellation, Deploy, RunState, Status},
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
    let figures = aftermaths.chain([newer, answers]).chain(runs_behind().map(run_behind)).collect();
    Group { title: "What a deploy left behind", figures }
}

/// What is known of the run of a deploy that ended here without it.
#[derive(Clone, Copy)]
enum RunBehind {
    GoesOn,
    Asked,
    Ended,
    Missing,
}

/// Each once. A new one does not compile before it has its place here.
fn runs_behind() -> impl Iterator<Item = RunBehind> {
    successors(Some(RunBehind::GoesOn), |run| match run {
        RunBehind::GoesOn => Some(RunBehind::Asked),
        RunBehind::Asked => Some(RunBehind::Ended),
        RunBehind::Ended => Some(RunBehind::Missing),
        RunBehind::Missing => None,
    })
}

fn run_behind(run: RunBehind) -> Figure {
    let timed_out = ended(Status::TimedOut, Status::Building);
    let ended_at = timed_out.finished_at;
    let asked = ended_at.map(|requested_at| Cancellation {
        requested_at,
        requested_by: "local operator".to_owned(),
        state: CancelState::Accepted,
        why: None,
    });
    let (name, caption, deploy) = match run {
        RunBehind::GoesOn => ("run-goes-on", "Its run may go on", timed_out),
        RunBehind::Asked => {
            ("run-asked", "GitHub was asked to cancel its run", Deploy { cancellation: asked, ..timed_out })
        }
        RunBehind::Ended => (
            "outcome-run-ended",
            "Its run has ended, too",
            Deploy { run_state: Some(RunState::Cancelled), cancellation: asked, ..timed_out },
        ),
        RunBehind::Missing => (
            "outcome-run-missing",
            "GitHub has no record of its run",
            Deploy { run_state: Some(RunState::Missing), ..timed_out },
        ),
    };
    figure(name, caption, deploy, None, None)
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
        run_reported_end: false,
    });
    let first = PollAnswer { outcome, ..deploy.into() };
    Width::Panel.figure(
        id,
        caption,
        || view! { <section class="panel"><DeployView first known=0 drawn_at=at(150) /></section> },
    )
}
