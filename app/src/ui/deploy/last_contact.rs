//! Two clocks, because they can disagree: when CI last said something, and when the server last answered.
//! They tell a stuck deploy from a lost connection. Beside them, how long it has been under way, and when that ends.

use leptos::{either::Either, prelude::*};

use crate::{
    api::UiError,
    domain::{Deploy, RunState, Timestamp},
    live::use_deploy::DeploySignals,
    text::{
        step_duration::is_silent,
        time::{
            date_and_time, duration_between, measured_between, minute_of_day, minutes_between, time_of_day,
        },
    },
    ui::kit::error_note::sign_in_link,
};

/// The clocks of a deploy while it is live; after that, how long it took.
#[component]
pub fn LastContact(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
    /// The time, while the deploy is live.
    now: ReadSignal<Option<Timestamp>>,
) -> impl IntoView {
    let live = signals.is_live();
    let event = Memo::new(move |_| signals.deploy.with(Deploy::last_event));
    let silence = Memo::new(move |_| Some(format!("No event for {}", silence(signals, now.get())?)));
    let total = move || signals.deploy.with(|deploy| total_text(deploy, signals.ends_at.get(), now.get()));
    let first =
        move || live.get().then(|| silence.get().unwrap_or_else(|| last_event_text(event.get(), now.get())));
    let second = move || {
        live.get().then(|| match signals.error.get() {
            Some(error) => Either::Left(reconnecting(error, signals.last_contact.get())),
            None => Either::Right(contact_text(signals.last_contact.get(), now.get())),
        })
    };
    view! {
        <div class="clocks">
            <p class="clocks__clock clocks__total">{total}</p>
            <p class="clocks__clock" class:clocks__silence=move || silence.with(Option::is_some)>{first}</p>
            <p class="clocks__clock">{second}</p>
        </div>
    }
}

/// For how long no event came, where that is unusually long: since the last one or, before the first, since GitHub may
/// have been asked.
pub(super) fn silence(signals: DeploySignals, now: Option<Timestamp>) -> Option<String> {
    signals.deploy.with(|deploy| {
        let since = deploy.last_event().unwrap_or(deploy.released_at());
        let now = now.filter(|_| deploy.is_live())?;
        let is_silent = signals.usual.with(|usual| is_silent(since, now, &deploy.steps, usual));
        (is_silent && deploy.awaited_approval().is_none()).then(|| minutes_between(since, now))
    })
}

fn last_event_text(event: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match (event, now) {
        (None, _) => "Last event from CI: none yet".to_owned(),
        (Some(at), None) => format!("Last event from CI: {}", time_of_day(at)),
        (Some(at), Some(now)) => format!("Last event from CI: {} ago", duration_between(at, now)),
    }
}

fn contact_text(at: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match at.zip(now) {
        Some((at, now)) => format!("Last contact with the server: {} ago", duration_between(at, now)),
        None => "Last contact with the server: when this page was made".to_owned(),
    }
}

/// How long it took; while it is under way, for how long so far, and what becomes of it if nothing ends it.
fn total_text(deploy: &Deploy, ends_at: Option<Timestamp>, now: Option<Timestamp>) -> String {
    if let Some(end) = deploy.finished_at {
        return format!("Ended {} after {}", time_of_day(end), measured_between(deploy.requested_at, end));
    }
    let is_lost = deploy.standing_run().is_some_and(|run| run.is_lost());
    let so_far = match now {
        Some(now) if is_lost => format!("Requested {} ago", duration_between(deploy.requested_at, now)),
        Some(now) => format!("Under way for {}", duration_between(deploy.requested_at, now)),
        None => format!("Under way since {}", time_of_day(deploy.requested_at)),
    };
    // What is not there cannot be cancelled.
    let is_gone = deploy.github_run_id.is_none() || deploy.run_state == Some(RunState::Missing);
    let how = if is_gone { "times out" } else { "is cancelled" };
    let end = ends_at.map(|at| format!(", and {how} {} unless it ends before", end_text(deploy, at)));
    so_far + &end.unwrap_or_default()
}

/// When it ends at the latest. Of another day, a time of day alone says nothing.
fn end_text(deploy: &Deploy, at: Timestamp) -> String {
    let is_soon = at.as_second() - deploy.requested_at.as_second() < 12 * 3_600;
    if is_soon { format!("at {}", minute_of_day(at)) } else { format!("on {}", date_and_time(at)) }
}

/// Shown in place of the clock, so that nothing else on the page moves.
fn reconnecting(error: UiError, last_contact: Option<Timestamp>) -> impl IntoView {
    let at = last_contact.map_or_else(|| "never".to_owned(), time_of_day);
    let (what, why, signed_out) = match error {
        UiError::Unreachable => ("Reconnecting", None, false),
        UiError::Problem(problem) => ("Reconnecting", Some(format!(". {}", problem.title)), false),
        UiError::SignedOut => ("Signed out", None, true),
    };
    let sign_in_link = signed_out.then(|| view! { ". " {sign_in_link()} });
    view! { <span class="clocks__trouble">{what} " — last heard " {at} {why} {sign_in_link}</span> }
}
