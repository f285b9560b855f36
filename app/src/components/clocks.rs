//! Two clocks, because they can disagree: when CI last said something, and when the server was last heard.
//! They tell a stuck deploy from a lost connection.

use leptos::prelude::*;

use super::time::{span, time_of_day};
use crate::{
    api::UiError,
    domain::{Deploy, Source, Timestamp},
    hooks::{now::use_now, watch::Watch},
};

/// The clocks of a deploy while it is live; after that, how long it took.
#[component]
pub fn Clocks(
    /// The deploy, and how fresh it is.
    watch: Watch,
) -> impl IntoView {
    let live = watch.is_live();
    let now = use_now(live);
    let event = Memo::new(move |_| watch.deploy.with(last_event));
    view! {
        <div class="clocks">
            <p class="clocks__clock">{move || {
                if live.get() { event_words(event.get(), now.get()) } else { watch.deploy.with(total) }
            }}</p>
            <p class="clocks__clock">{move || {
                live.get().then(|| contact_words(watch.heard_at.get(), now.get()))
            }}</p>
        </div>
        <Trouble trouble=watch.trouble heard_at=watch.heard_at />
    }
}

/// Events of CI are what the workflow reported and what was read from GitHub; the console's own are not.
fn last_event(deploy: &Deploy) -> Option<Timestamp> {
    let from_ci = |source| match source {
        Source::Callback | Source::Reconciler => true,
        Source::Console => false,
    };
    deploy.history.iter().rev().find(|entry| from_ci(entry.source)).map(|entry| entry.at)
}

fn event_words(event: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match (event, now) {
        (None, _) => "Last event from CI: none yet".to_owned(),
        (Some(at), None) => format!("Last event from CI: {}", time_of_day(at)),
        (Some(at), Some(now)) => format!("Last event from CI: {} ago", span(at, now)),
    }
}

fn contact_words(heard: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match heard.zip(now) {
        Some((heard, now)) => format!("Last contact with the server: {} ago", span(heard, now)),
        None => "Last contact with the server: when this page was made".to_owned(),
    }
}

fn total(deploy: &Deploy) -> String {
    match deploy.finished_at {
        Some(end) => format!("Ended {} after {}", time_of_day(end), span(deploy.requested_at, end)),
        None => String::new(),
    }
}

#[component]
fn Trouble(trouble: ReadSignal<Option<UiError>>, heard_at: ReadSignal<Option<Timestamp>>) -> impl IntoView {
    move || {
        let heard = heard_at.get().map_or_else(|| "never".to_owned(), time_of_day);
        trouble.get().map(|trouble| {
            let why = match trouble {
                UiError::Unreachable => None,
                UiError::Problem(problem) => Some(format!(" The console says: {}", problem.title)),
            };
            view! { <p class="trouble">"Reconnecting — last heard " {heard} {why}</p> }
        })
    }
}
