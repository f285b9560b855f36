//! What a freeze has to do with a deploy, and with a form that asks for one.

use leptos::{either::Either, prelude::*};

use crate::{
    domain::{Deploy, FreezeVerdict, Frozen, Step, StepKey, StepState},
    text::{
        freeze::{freeze_text, opens_text},
        printable::printable,
    },
};

/// What a freeze has to do with a deploy, if anything.
#[component]
pub fn FreezeNote(deploy: Signal<Deploy>) -> impl IntoView {
    let known = Memo::new(move |_| deploy.with(FreezeFacts::of));
    move || note(known.get())
}

#[derive(Clone, PartialEq)]
struct FreezeFacts {
    verdict: Option<FreezeVerdict>,
    overridden: Option<String>,
    /// Whether it ended at its freeze check. A workflow may go on even though it was told of the freeze.
    is_stopped: bool,
}

impl FreezeFacts {
    fn of(deploy: &Deploy) -> Self {
        let stopped = |step: &Step| step.key == StepKey::FreezeCheck && step.state == StepState::Failed;
        Self {
            verdict: deploy.freeze.clone(),
            overridden: deploy.freeze_override.clone(),
            is_stopped: deploy.steps.iter().any(stopped),
        }
    }
}

fn note(FreezeFacts { verdict, overridden, is_stopped }: FreezeFacts) -> impl IntoView {
    let note = match (verdict, overridden) {
        (Some(FreezeVerdict::Frozen(frozen)), _) if is_stopped => {
            Some(("note note--bad", "A freeze stopped it at the freeze check.".to_owned(), Some(frozen)))
        }
        (Some(FreezeVerdict::Frozen(frozen)), _) => {
            let told = "Its workflow was told at the freeze check that deploys here are frozen.";
            Some(("note note--late", told.to_owned(), Some(frozen)))
        }
        (Some(FreezeVerdict::Overridden { reason, frozen }), _) => {
            Some(("note", override_text(&reason), Some(frozen)))
        }
        (Some(FreezeVerdict::Open) | None, Some(reason)) => Some(("note", override_text(&reason), None)),
        (Some(FreezeVerdict::Open) | None, None) if is_stopped => Some((
            "note",
            "The workflow’s own check stopped it: no freeze of this console was in force.".to_owned(),
            None,
        )),
        (Some(FreezeVerdict::Open) | None, None) => None,
    };
    note.map(|(class, title, frozen)| {
        let lines = frozen.map(|frozen| {
            frozen.holds.iter().map(|hold| view! { <p>{freeze_text(hold)}</p> }).collect_view()
        });
        view! { <div class=class><p class="note__title">{title}</p>{lines}</div> }
    })
}

fn override_text(reason: &str) -> String {
    format!("Deployed despite a freeze: {}", printable(reason))
}

/// Says that an environment is frozen now, on a page with a form that deploys to it.
#[component]
pub fn FrozenNow(
    frozen: Frozen,
    /// Whether what is asked for here goes on through it.
    #[prop(optional)]
    passes: bool,
    /// Why the viewer may not override it; none, if they may.
    #[prop(optional_no_strip)]
    override_denied: Option<String>,
) -> impl IntoView {
    let holds = frozen.holds.iter().map(|hold| view! { <p>{freeze_text(hold)}</p> }).collect_view();
    let follows = if passes {
        Either::Left(view! { <p>"Roll-backs pass freezes in this environment."</p> })
    } else {
        Either::Right(view! { <p>{opens_text(&frozen)}</p> {way_out(override_denied)} })
    };
    view! {
        <div class="note note--late">
            <p class="note__title">"Deploys here are frozen."</p>
            {holds}
            {follows}
        </div>
    }
}

fn way_out(override_denied: Option<String>) -> impl IntoView {
    let way = match override_denied {
        None => "Give an override reason to deploy all the same, or lift it under ".to_owned(),
        Some(denied) => {
            format!("You may not override it. {} An operator can lift it under ", printable(&denied))
        }
    };
    view! { <p>{way} <a href="/freezes">"Freezes"</a> "."</p> }
}
