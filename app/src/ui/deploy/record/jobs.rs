//! The jobs of a deploy's run, as GitHub's record said when the page was made. It moves no step: it stands
//! beside them, so that people can see where the two disagree.

use leptos::prelude::*;

use crate::{
    api::{JobLine, JobState, JobsSeen, RunRecord},
    domain::Timestamp,
    text::{
        printable::{is_web_address, printable},
        time::duration_between,
    },
    ui::kit::{
        fold::Fold,
        icon::{Icon, IconImage},
        time::At,
    },
};

/// The jobs, or why they cannot be shown.
#[component]
pub fn JobList(
    /// What was read for this page.
    record: RunRecord,
    /// Whether the deploy may still get a run.
    is_live: bool,
) -> impl IntoView {
    let RunRecord { asked_at, jobs } = record;
    let summary = summary(&jobs);
    let content = match jobs {
        JobsSeen::NoRun => no_run(is_live),
        JobsSeen::Unread { why, since } => view! { <Unread why since /> }.into_any(),
        JobsSeen::Listed { attempt, jobs } => view! { <Listed attempt jobs asked_at /> }.into_any(),
    };
    view! {
        <section class="jobs" data-part="jobs" aria-labelledby="jobs">
            <Fold id="jobs" title="Jobs on GitHub" summary>{content}</Fold>
        </section>
    }
    .into_any()
}

/// How many jobs are in which state, in the order of their first.
fn summary(jobs: &JobsSeen) -> String {
    match jobs {
        JobsSeen::NoRun => "no run".to_owned(),
        JobsSeen::Unread { .. } => "not known now".to_owned(),
        JobsSeen::Listed { jobs, .. } => {
            let states: Vec<_> = jobs.iter().map(|job| state_text(&job.state)).collect();
            let is_new = |index: &usize| !states[..*index].contains(&states[*index]);
            let counted = (0..states.len()).filter(is_new).map(|first| {
                let count = states.iter().filter(|state| **state == states[first]).count();
                format!("{count} {}", states[first])
            });
            counted.collect::<Vec<_>>().join(" · ")
        }
    }
}

fn no_run(is_live: bool) -> AnyView {
    let words = if is_live {
        "Which run it is is not known yet, so GitHub was not asked for its jobs."
    } else {
        "No run was found for this deploy, so there are no jobs to show."
    };
    view! { <p class="quiet">{words}</p> }.into_any()
}

#[component]
fn Unread(why: String, since: Option<Timestamp>) -> impl IntoView {
    let since =
        since.map(|since| view! { <p>"Trouble with GitHub since " <At at=since dated=true /> "."</p> });
    view! {
        <div class="note note--late">
            <p class="note__title">{printable(&why)}</p>
            {since}
            <p>"Its jobs are not known now. The steps are: they come from what was recorded here."</p>
        </div>
    }
    .into_any()
}

#[component]
fn Listed(attempt: i64, jobs: Vec<JobLine>, asked_at: Timestamp) -> impl IntoView {
    let attempt = (attempt > 1).then(|| format!("Attempt {attempt}. "));
    let nothing = jobs.is_empty().then(|| {
        view! { <tr><td class="quiet table__nothing" colspan="4">"GitHub lists no job of this run."</td></tr> }
    });
    let rows = jobs.into_iter().map(row).collect_view();
    view! {
        <p class="quiet">{attempt} "As GitHub answered at " <At at=asked_at /> "."</p>
        <div class="table-wrap" tabindex="0" role="region" aria-label="Jobs">
            <table class="table table--jobs">
                <thead>
                    <tr>
                        <th scope="col">"Job"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Began"</th>
                        <th scope="col">"Took"</th>
                    </tr>
                </thead>
                <tbody>{rows}{nothing}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(job: JobLine) -> AnyView {
    let JobLine { name, steps, state, began_at, ended_at, url } = job;
    let name = printable(&name);
    let name = if is_web_address(&url) {
        view! { <a href=url rel="noreferrer">{name}</a> }.into_any()
    } else {
        name.into_any()
    };
    let took = began_at.zip(ended_at).map(|(began, ended)| duration_between(began, ended));
    let steps: Vec<_> = steps.into_iter().map(|step| step.label()).collect();
    let steps = (!steps.is_empty()).then(|| view! { <span class="second">{steps.join(", ")}</span> });
    view! {
        <tr>
            <td class="jobs__name">{name} {steps}</td>
            <td>
                <span class="status status--badge" data-tone=tone(&state)>
                    <IconImage icon=icon(&state) />
                    <span class="status__words">{state_text(&state)}</span>
                </span>
            </td>
            <td>{began_at.map_or_else(|| "—".into_any(), |at| view! { <At at /> }.into_any())}</td>
            <td class="jobs__took">{took.unwrap_or_else(|| "—".to_owned())}</td>
        </tr>
    }
    .into_any()
}

fn state_text(state: &JobState) -> String {
    let words = match state {
        JobState::Queued => "queued",
        JobState::AwaitingApproval => "awaits an approval",
        JobState::AwaitingTurn => "awaits its turn",
        JobState::InProgress => "in progress",
        JobState::Succeeded => "succeeded",
        JobState::Failed => "failed",
        JobState::TimedOut => "timed out",
        JobState::Cancelled => "cancelled",
        JobState::Skipped => "skipped",
        JobState::Neutral => "neutral",
        JobState::Other(words) => return format!("“{}”, not known here", printable(words)),
    };
    words.to_owned()
}

const fn icon(state: &JobState) -> Icon {
    match state {
        JobState::Queued | JobState::AwaitingTurn => Icon::Ring,
        JobState::AwaitingApproval | JobState::TimedOut => Icon::Clock,
        JobState::InProgress => Icon::Turning,
        JobState::Succeeded => Icon::Tick,
        JobState::Failed => Icon::Cross,
        JobState::Cancelled => Icon::Stop,
        JobState::Skipped | JobState::Neutral => Icon::Dash,
        JobState::Other(_) => Icon::Question,
    }
}

const fn tone(state: &JobState) -> &'static str {
    match state {
        JobState::Queued
        | JobState::AwaitingTurn
        | JobState::Cancelled
        | JobState::Skipped
        | JobState::Neutral => "stopped",
        JobState::AwaitingApproval | JobState::TimedOut => "late",
        JobState::InProgress => "moving",
        JobState::Succeeded => "good",
        JobState::Failed => "bad",
        JobState::Other(_) => "unknown",
    }
}
