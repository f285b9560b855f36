//! What is worth knowing beside the status: what the run waits for, that its cancellation was requested, that
//! GitHub cannot be read. None of it moves a step.

use leptos::{either::Either, prelude::*};

use crate::{
    domain::{
        CancelState, Cancellation, Deploy, GitHubOutage, Overdue, RunRef, RunState, Source, StandingRun,
        Status, StepKey, StepState, StoredStatus,
    },
    live::use_deploy::DeploySignals,
    text::{
        deploy::ref_text,
        printable::{is_web_address, printable},
        status::was_stopped,
        time::time_of_day,
    },
    ui::kit::time::At,
};

/// The notes, one sentence each; nothing while there is nothing to say.
#[component]
pub fn RunNotes(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
) -> impl IntoView {
    let notes = Memo::new(move |_| signals.deploy.with(notes));
    let trouble = move || {
        let is_live = signals.deploy.with(Deploy::is_live);
        signals.github.get().filter(|_| is_live).map(|trouble| view! { <TroubleNote trouble /> })
    };
    let newer = Memo::new(move |_| signals.deploy.with(|deploy| deploy.superseded_by.clone()));
    let newer = move || newer.get().map(|run| view! { <NewerRun run /> });
    let items = move || notes.get().into_iter().map(|note| view! { <p>{note}</p> }).collect_view();
    view! { <div class="run-notes">{trouble}{items}{newer}</div> }
}

/// Since when GitHub cannot be read, and that nothing is lost by it.
#[component]
fn TroubleNote(trouble: GitHubOutage) -> impl IntoView {
    let GitHubOutage { since, what, until } = trouble;
    let until = until.map(|until| format!(" It asks the console to wait until {}.", time_of_day(until)));
    view! {
        <div class="note note--late">
            <p class="note__title">"Trouble with GitHub since " <At at=since /></p>
            <p>
                {format!("The last try: {}.", printable(&what))} {until}
                " The deploy keeps its status. What the workflow reports still counts, and the console goes on asking."
            </p>
        </div>
    }
}

/// Which run took its place. Only a web address becomes a link.
#[component]
fn NewerRun(run: RunRef) -> impl IntoView {
    let name = format!("Run {}", run.id);
    let link = if is_web_address(&run.url) {
        Either::Left(view! { <a href=run.url target="_blank" rel="noopener noreferrer">{name}</a> })
    } else {
        Either::Right(name)
    };
    view! { <p>{link} " is newer, and took its place: that one goes on."</p> }
}

/// The notes of a deploy.
#[must_use]
pub fn notes(deploy: &Deploy) -> Vec<String> {
    let attempt = deploy.run_attempt.filter(|attempt| *attempt > 1);
    let attempt = attempt.map(|attempt| format!("This is attempt {attempt} of the run."));
    let cancellation =
        deploy.cancellation.as_ref().and_then(|cancellation| cancel_note(deploy, cancellation));
    let silence = silence_note(deploy);
    run_note(deploy)
        .into_iter()
        .chain(end_note(deploy))
        .chain(silence)
        .chain(attempt)
        .chain(cancellation)
        .collect()
}

/// That none of what is shown was reported, where its workflow could have: all of it was read later.
fn silence_note(deploy: &Deploy) -> Option<String> {
    let has = |source| deploy.history.iter().filter(|entry| entry.source == source).count();
    let is_silent = !deploy.is_live() && has(Source::Callback) == 0 && has(Source::Reconciler) > 1;
    let is_good = deploy.status == StoredStatus::Known(Status::Succeeded);
    let health =
        if is_good { " That it is healthy is concluded from the success of its last job." } else { "" };
    let commit = if deploy.commit.is_none() { " The page of its run names the commit." } else { "" };
    (is_silent && !deploy.origin.is_github()).then(|| {
        format!(
            "The workflow reported nothing: all of this was read from GitHub’s record of its jobs.{health}{commit} The Doctor looks for why reports do not arrive."
        )
    })
}

/// Why it failed, where no step did: its last log line. An approval was rejected, or GitHub refused.
fn end_note(deploy: &Deploy) -> Option<String> {
    let is_said = deploy.status != StoredStatus::Known(Status::Failed)
        || deploy.abandoned.is_some()
        || was_stopped(deploy)
        || deploy.steps.iter().any(|step| step.state == StepState::Failed);
    let last = deploy.history.last().filter(|_| !is_said)?;
    last.log_line.as_deref().map(printable)
}

/// What was read of the run, unless the workflow has reported more since.
fn run_note(deploy: &Deploy) -> Option<String> {
    let StandingRun { state, read_at } = deploy.standing_run()?;
    let has_reported = deploy.status.known().is_some_and(|status| status > Status::Dispatched);
    let what = match state {
        RunState::Queued if has_reported => {
            "The run is queued on GitHub: no runner has taken its next job yet"
        }
        RunState::Queued => "The run is queued on GitHub: no runner has taken it yet",
        RunState::AwaitingTurn => "GitHub holds the run back until another run of its group has ended",
        RunState::AwaitingApproval => {
            return Some(format!(
                "The run waits on GitHub for an approval, or for another protection rule of the environment (read at {}). Its reviewers decide on the page of the run.",
                time_of_day(read_at)
            ));
        }
        RunState::Ambiguous => {
            return Some(
                "More than one run on GitHub carries this deploy’s id. The console follows none of them until one reports."
                    .to_owned(),
            );
        }
        RunState::Missing => {
            return Some(format!(
                "GitHub has no record of the run (read at {}): it was deleted, or the console’s token may not see it. {} If nothing more will come of it, abandon the deploy: that changes nothing that runs, and leads to the ways back.",
                time_of_day(read_at),
                roll_out_text(deploy)
            ));
        }
        RunState::Unknown => "GitHub reports a state of the run that this console does not know",
        RunState::Ended => "The run has ended on GitHub, and its record does not say how this deploy ended",
        RunState::InProgress | RunState::Cancelled | RunState::Superseded => return None,
    };
    Some(format!("{what} (read at {}).", time_of_day(read_at)))
}

/// How far it had come when it was lost.
fn roll_out_text(deploy: &Deploy) -> String {
    let state = deploy.steps.iter().find(|step| step.key == StepKey::Deploy).map(|step| step.state);
    let what = ref_text(&deploy.git_ref, deploy.commit.as_ref());
    match state {
        Some(StepState::Done) => {
            format!("{what} was rolled out before that; whether it is healthy is not known.")
        }
        Some(StepState::Active) => format!("Whether {what} was rolled out is not known."),
        Some(
            StepState::Pending
            | StepState::Failed
            | StepState::Stalled
            | StepState::NotReached
            | StepState::NotRequired
            | StepState::NotReported
            | StepState::Unknown,
        )
        | None => "Its deploy step had not begun, as far as was reported.".to_owned(),
    }
}

fn cancel_note(deploy: &Deploy, cancellation: &Cancellation) -> Option<String> {
    let at = time_of_day(cancellation.requested_at);
    if deploy.abandoned.is_some() || deploy.ended_without_its_run() && cancellation.why.is_none() {
        return Some(after_end_note(deploy, cancellation));
    }
    if !deploy.is_live() {
        // Of a deploy that took too long, its log line says what became of the run.
        let is_explained = deploy.run_state == Some(RunState::Cancelled) || deploy.ended_without_its_run();
        return (!is_explained)
            .then(|| format!("Its cancellation was requested at {at}, but it ended otherwise."));
    }
    let asked = match cancellation.why {
        None | Some(Overdue::Unknown) => format!("Cancellation requested at {at}."),
        Some(Overdue::Deadline) => format!("It runs past its deadline: cancellation requested at {at}."),
        Some(Overdue::WaitDeadline) => {
            format!("It waits for longer than its wait_deadline: cancellation requested at {at}.")
        }
    };
    let answer = match cancellation.state {
        CancelState::Requested => " What GitHub answered is not known yet.",
        CancelState::Accepted => " GitHub will stop the run; the deploy ends when GitHub says so.",
        CancelState::TooLate => " GitHub refused it: the run has ended, or is ending.",
        CancelState::Unconfirmed => " GitHub gave no clear answer; you can ask again.",
        CancelState::Unknown => "",
    };
    Some(asked + answer)
}

/// Who asked GitHub to cancel the run of a deploy that has ended here, and what it answered. Once the run has ended, the
/// answer is of no more interest.
fn after_end_note(
    deploy: &Deploy,
    Cancellation { requested_at, requested_by, state, .. }: &Cancellation,
) -> String {
    let (by, at) = (printable(requested_by), time_of_day(*requested_at));
    let asked = format!("{by} asked GitHub to cancel its run at {at}.");
    if deploy.has_run_ended() {
        return asked;
    }
    let answer = match state {
        CancelState::Requested | CancelState::Unknown => "What it answered is not known.",
        CancelState::Accepted => "It will stop the run.",
        CancelState::TooLate => "GitHub says that it has ended or is ending.",
        CancelState::Unconfirmed => "It gave no clear answer.",
    };
    format!("{asked} {answer}")
}
