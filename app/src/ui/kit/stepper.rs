//! The four steps. They show what the deploy says of them; nothing here decides about a step.
//!
//! On a page they are drawn on one axis, too: [`bars`] is what is known of the time of each step, [`axis`] where that is,
//! [`track`] the picture.

pub mod axis;
pub mod bars;
pub mod track;

use leptos::prelude::*;

use self::track::{Picture, Track, TrackAxis, bar_text};
use super::{
    icon::{Icon, IconImage},
    provenance::Provenance,
    time::At,
};
use crate::{
    domain::{Deploy, DurationStats, LegState, Source, Step, StepKey, StepState, Timestamp},
    text::{
        leg::{leg_name, leg_text},
        printable::printable,
        step_duration::{elapsed_text, is_longer_than_usual, under_way_since, usual_of, usual_text},
        time::measured_between,
    },
};

/// The steps, each with its state in words, its times and who reported it.
#[component]
pub fn Stepper(
    deploy: Signal<Deploy>,
    /// The time, where it ticks.
    #[prop(optional, into)]
    now: Signal<Option<Timestamp>>,
    /// How long its steps usually take.
    #[prop(optional, into)]
    usual: Signal<Vec<DurationStats>>,
    /// When the page was made: then the steps are drawn on one axis, too. None in the dialog.
    #[prop(optional_no_strip)]
    drawn_at: Option<Timestamp>,
) -> impl IntoView {
    let failure = Memo::new(move |_| deploy.with(|deploy| deploy.history.last()?.log_line.clone()));
    // Where the run is lost, whether anything goes on is not known: no clock runs then.
    let lost_at = Memo::new(move |_| {
        deploy.with(|deploy| Some(deploy.standing_run().filter(|run| run.is_lost())?.read_at))
    });
    let now = Signal::derive(move || lost_at.get().or_else(|| now.get()));
    let picture = Memo::new(move |_| {
        let drawn_at = drawn_at?;
        let now = now.get().unwrap_or(drawn_at);
        deploy.with(|deploy| Picture::of(deploy, now))
    });
    let items = StepKey::ALL.map(|key| {
        let (step, legs) = (step_of(deploy, key), legs_of(deploy, key));
        let step = StepSignals { step, legs, failure, lost_at, picture };
        view! { <StepItem step key now usual /> }
    });
    let is_drawn = Memo::new(move |_| picture.with(Option::is_some));
    let is_undrawable = move || drawn_at.is_some() && !is_drawn.get();
    view! {
        <div class="steps" class:steps--drawn=is_drawn>
            <ol class="stepper" role="list" aria-label="Deploy steps">{items}</ol>
            {move || picture.get().map(|picture| view! { <TrackAxis picture /> })}
            {move || is_undrawable().then(|| view! { <p class="quiet steps__unknown">{UNDRAWABLE}</p> })}
        </div>
    }
    .into_any()
}

const UNDRAWABLE: &str =
    "The run was started on GitHub and reports nothing here: when its steps began and ended is not known.";

/// What is shown of one step.
#[derive(Clone, Copy)]
struct StepSignals {
    step: Memo<Option<Step>>,
    legs: Memo<Vec<LegState>>,
    /// What was said when the deploy ended.
    failure: Memo<Option<String>>,
    /// When its run was read last, where that is lost.
    lost_at: Memo<Option<Timestamp>>,
    /// All steps on their axis, where they are drawn.
    picture: Memo<Option<Picture>>,
}

/// A step that the deploy does not name is unknown.
fn step_of(deploy: Signal<Deploy>, key: StepKey) -> Memo<Option<Step>> {
    Memo::new(move |_| deploy.with(|deploy| deploy.steps.iter().find(|step| step.key == key).cloned()))
}

fn legs_of(deploy: Signal<Deploy>, key: StepKey) -> Memo<Vec<LegState>> {
    Memo::new(move |_| {
        deploy.with(|deploy| deploy.legs.iter().filter(|leg| leg.step == key).cloned().collect())
    })
}

fn state_of(step: Memo<Option<Step>>) -> Memo<StepState> {
    Memo::new(move |_| step.with(|step| step.as_ref().map_or(StepState::Unknown, |step| step.state)))
}

#[component]
fn StepItem(
    step: StepSignals,
    key: StepKey,
    now: Signal<Option<Timestamp>>,
    usual: Signal<Vec<DurationStats>>,
) -> impl IntoView {
    let StepSignals { step, legs, failure, lost_at, picture } = step;
    let state = state_of(step);
    let is_lost = Memo::new(move |_| state.get() == StepState::Active && lost_at.with(Option::is_some));
    let state_words = move || if is_lost.get() { "not known" } else { state.get().label() };
    let icon = move || if is_lost.get() { Icon::Question } else { Icon::of_step(state.get()) };
    let drawn = Memo::new(move |_| picture.with(|picture| picture.as_ref()?.step(key)));
    let track = move || drawn.get().map(|(axis, bar)| view! { <Track axis bar /> });
    let words = Memo::new(move |_| drawn.get().and_then(|(_, bar)| bar_text(bar)));
    let is_done = Memo::new(move |_| state.get() == StepState::Done);
    let legs = move || legs.with(|legs| (!legs.is_empty()).then(|| legs_view(legs, key, is_done.get())));
    let details = move || step.get().map(|step| view! { <StepDetails step now usual /> });
    let proof = move || step.get().and_then(|step| proof(step, key));
    let line = move || failure.get().filter(|_| ended_here(state.get())).map(failure_line);
    view! {
        <li
            class="step"
            data-step=key.as_str()
            data-state=move || state.get().as_str()
            class:step--lost=is_lost
            aria-current=move || (state.get() == StepState::Active).then_some("step")
        >
            <IconImage icon=Signal::derive(icon) />
            <span class="step__name">{key.label()}</span>
            <span class="step__state">{state_words}</span>
            {track}
            {line}
            <span class="step__details">{details} <span class="step__gap">{words}</span></span>
            {legs}
            {proof}
        </li>
    }
}

/// The legs of a step, each in words.
fn legs_view(legs: &[LegState], key: StepKey, is_done: bool) -> AnyView {
    let items = legs.iter().map(|leg| {
        let words = leg_text(leg, is_done);
        view! {
            <li class="leg" data-state=leg.state.as_str()>
                <IconImage icon=Icon::of_step(leg.state) />
                <span class="leg__name">{leg_name(leg)}</span>
                <span class="leg__state">{words}</span>
            </li>
        }
    });
    let label = format!("{}: legs", key.label());
    view! { <ul class="legs" role="list" aria-label=label>{items.collect_view()}</ul> }.into_any()
}

#[component]
fn StepDetails(
    step: Step,
    now: Signal<Option<Timestamp>>,
    usual: Signal<Vec<DurationStats>>,
) -> impl IntoView {
    // What was read from GitHub had happened before: when it was recorded is known, how long it took is not.
    let (took, unusual) = match step.source {
        Some(Source::Reconciler) => (None, step.source),
        Some(Source::Console) => (step.began_at.zip(step.ended_at), step.source),
        Some(Source::Callback) | None => (step.began_at.zip(step.ended_at), None),
    };
    let took = took.map(|(began, ended)| measured_between(began, ended));
    view! {
        {took.map(|took| view! { <span>"took " {took}</span> })}
        {under_way_since(&step).map(|since| view! { <UnderWay since step=step.key now usual /> })}
        {unusual.map(|source| view! { <Provenance source evidence=step.evidence proof=step.proved_by /> })}
    }
}

/// Whether the deploy ended in the step.
fn ended_here(state: StepState) -> bool {
    [StepState::Failed, StepState::Stalled].contains(&state)
}

/// What is said of the failure, on the step that failed: in one line, so that nothing moves; all of it on hover, and in the
/// log.
fn failure_line(text: String) -> impl IntoView {
    let text = printable(&text);
    let title = text.clone();
    view! { <code class="step__line" title=title>{text}</code> }
}

/// When it began and ended, and how that is known: folded away, because it is the usual.
fn proof(step: Step, key: StepKey) -> Option<impl IntoView> {
    let (began, ended) = match step.source {
        Some(Source::Reconciler) => ("beginning recorded ", "end recorded "),
        Some(Source::Callback | Source::Console) | None => ("began ", "ended "),
    };
    step.began_at.or(step.ended_at)?;
    let label = format!("Times and proof of {}", key.label());
    Some(view! {
        <details class="step__more">
            <summary aria-label=label title="Times and proof"><IconImage icon=Icon::Down /></summary>
            <p class="step__proof">
                {step.began_at.map(|at| view! { <span>{began} <At at /></span> })}
                {step.ended_at.map(|at| view! { <span>{ended} <At at /></span> })}
                {step.source.map(|source| view! { <Provenance source evidence=step.evidence proof=step.proved_by /> })}
            </p>
        </details>
    })
}

/// For how long, and how that compares with the deploys before.
#[component]
fn UnderWay(
    since: Timestamp,
    step: StepKey,
    now: Signal<Option<Timestamp>>,
    usual: Signal<Vec<DurationStats>>,
) -> impl IntoView {
    let usually = move || usual.with(|usual| usual_of(usual, step).map(usual_text));
    let is_long = move || {
        usual.with(|usual| {
            usual_of(usual, step).is_some_and(|usual| is_longer_than_usual(usual, since, now.get()))
        })
    };
    view! {
        <span>{move || elapsed_text(since, now.get())}</span>
        <span>{usually}</span>
        <strong class="step__long">{move || is_long().then_some("longer than 9 in 10")}</strong>
    }
}

/// The steps as a row of icons, for a list of deploys.
#[component]
pub fn StepRow(deploy: Deploy) -> impl IntoView {
    let label = format!("{} to {}: steps", printable(&deploy.app), printable(&deploy.environment));
    let items = deploy.steps.into_iter().map(|step| {
        let words = format!("{}: {}", step.key.label(), step.state.label());
        let title = words.clone();
        view! {
            <li class="step-row__step" data-state=step.state.as_str() title=title>
                <IconImage icon=Icon::of_step(step.state) />
                <span class="visually-hidden">{words}</span>
            </li>
        }
    });
    view! { <ol class="step-row" role="list" aria-label=label>{items.collect_view()}</ol> }
}

/// The steps as bars, for one line: their states by shape and colour, and in words for those who hear them.
#[component]
pub fn StepBars(deploy: Deploy) -> impl IntoView {
    let label = format!("{} to {}: steps", printable(&deploy.app), printable(&deploy.environment));
    let items = deploy.steps.into_iter().map(|step| {
        let words = format!("{}: {}", step.key.label(), step.state.label());
        let title = words.clone();
        view! {
            <li class="bars__step" data-state=step.state.as_str() title=title>
                <span class="visually-hidden">{words}</span>
            </li>
        }
    });
    view! { <ol class="bars" role="list" aria-label=label>{items.collect_view()}</ol> }
}
