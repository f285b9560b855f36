//! A deploy that is followed on its page. The server has rendered its progress; with the first answer of a poll the
//! browser renders it again, in the same place, and continues from there.

use leptos::prelude::*;

use super::{mark_hydrated, slot::Slot};
use crate::{
    api::{PollAnswer, UiError},
    clock,
    domain::DeployId,
    live::{
        poll::{FirstRequest, Next, PollIntervals, Polled, use_poll},
        source::{AnswerFuture, DeploySource, PollInterval, PollIntervalWithEvents, use_context_or_default},
    },
    ui::deploy::progress_panel::DeployView,
};

/// What the page says of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FollowedDeploy {
    pub id: DeployId,
    /// How many of its transitions the page shows.
    pub known: usize,
}

/// Asks until there is an answer, and shows that. Until then the server's page is shown, and is a
/// [part](crate::live::page_refresh) of it.
pub(super) fn follow(slot: Slot, deploy: FollowedDeploy) {
    let (PollInterval(without_events), PollIntervalWithEvents(with_events)) =
        (use_context_or_default(), use_context_or_default());
    let first = FirstAnswer { slot: StoredValue::new_local(slot), source: use_context_or_default(), deploy };
    use_poll(PollIntervals { without_events, with_events }, FirstRequest::Now, first);
}

#[derive(Clone)]
struct FirstAnswer {
    slot: StoredValue<Slot, LocalStorage>,
    source: DeploySource,
    deploy: FollowedDeploy,
}

impl Polled for FirstAnswer {
    type Answer = PollAnswer;

    fn fetch(&self) -> AnswerFuture<PollAnswer> {
        self.source.read(self.deploy.id)
    }

    fn concerns(&self, deploy: DeployId) -> bool {
        deploy == self.deploy.id
    }

    fn awaits_unpushed(&self) -> bool {
        true
    }

    fn on_answer(&self, answer: Result<PollAnswer, UiError>) -> Next {
        let Ok(first) = answer else { return Next::Again };
        let (known, drawn_at) = (self.deploy.known, clock::now());
        self.slot.with_value(|slot| slot.fill(move || view! { <DeployView first known drawn_at /> }));
        mark_hydrated();
        Next::Stop
    }
}
