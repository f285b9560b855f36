//! Two clocks, because they can disagree: when CI last said something, and when the server was last heard.
//! They tell a stuck deploy from a lost connection.

use leptos::{either::Either, prelude::*};

use crate::{
    api::UiError,
    domain::{Deploy, Source, Timestamp},
    live::use_deploy::Watch,
    text::{
        step_duration::is_silent,
        time::{duration_between, minutes_between, time_of_day},
    },
    ui::kit::error_note::sign_in,
};

/// The clocks of a deploy while it is live; after that, how long it took.
#[component]
pub fn Clocks(
    /// The deploy, and how fresh it is.
    watch: Watch,
    /// The time, while the deploy is live.
    now: ReadSignal<Option<Timestamp>>,
) -> impl IntoView {
    let live = watch.is_live();
    let event = Memo::new(move |_| watch.deploy.with(last_event));
    let silence = Memo::new(move |_| silence(watch, event.get(), now.get()));
    let first = move || match (live.get(), silence.get()) {
        (false, _) => watch.deploy.with(total),
        (true, Some(silence)) => silence,
        (true, None) => event_words(event.get(), now.get()),
    };
    let second = move || {
        live.get().then(|| match watch.trouble.get() {
            Some(trouble) => Either::Left(reconnecting(trouble, watch.heard_at.get())),
            None => Either::Right(contact_words(watch.heard_at.get(), now.get())),
        })
    };
    view! {
        <div class="clocks">
            <p class="clocks__clock" class:clocks__silence=move || silence.with(Option::is_some)>{first}</p>
            <p class="clocks__clock">{second}</p>
        </div>
    }
}

/// Events of CI are what the workflow reported and what was read from GitHub; the console's own are not.
pub(super) fn last_event(deploy: &Deploy) -> Option<Timestamp> {
    let from_ci = |source| match source {
        Source::Callback | Source::Reconciler => true,
        Source::Console => false,
    };
    deploy.history.iter().rev().find(|entry| from_ci(entry.source)).map(|entry| entry.at)
}

/// That nothing has come for long, since the last event or, before the first, since the request.
fn silence(watch: Watch, event: Option<Timestamp>, now: Option<Timestamp>) -> Option<String> {
    watch.deploy.with(|deploy| {
        let (since, now) = (event.unwrap_or(deploy.requested_at), now.filter(|_| deploy.is_live())?);
        let is_silent = watch.usual.with(|usual| is_silent(since, now, &deploy.steps, usual));
        is_silent.then(|| format!("No event for {}", minutes_between(since, now)))
    })
}

fn event_words(event: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match (event, now) {
        (None, _) => "Last event from CI: none yet".to_owned(),
        (Some(at), None) => format!("Last event from CI: {}", time_of_day(at)),
        (Some(at), Some(now)) => format!("Last event from CI: {} ago", duration_between(at, now)),
    }
}

fn contact_words(heard: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match heard.zip(now) {
        Some((heard, now)) => format!("Last contact with the server: {} ago", duration_between(heard, now)),
        None => "Last contact with the server: when this page was made".to_owned(),
    }
}

fn total(deploy: &Deploy) -> String {
    match deploy.finished_at {
        Some(end) => {
            format!("Ended {} after {}", time_of_day(end), duration_between(deploy.requested_at, end))
        }
        None => String::new(),
    }
}

/// It stands where the clock stood, so that nothing moves.
fn reconnecting(trouble: UiError, heard_at: Option<Timestamp>) -> impl IntoView {
    let heard = heard_at.map_or_else(|| "never".to_owned(), time_of_day);
    let (what, why, signed_out) = match trouble {
        UiError::Unreachable => ("Reconnecting", None, false),
        UiError::Problem(problem) => ("Reconnecting", Some(format!(". {}", problem.title)), false),
        UiError::SignedOut => ("Signed out", None, true),
    };
    let sign_in = signed_out.then(|| view! { ". " {sign_in()} });
    view! { <span class="clocks__trouble">{what} " — last heard " {heard} {why} {sign_in}</span> }
}
