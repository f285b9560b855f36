//! A deploy that is followed on its page. The server has rendered how it stood; with the first answer of a poll the
//! browser renders it anew, in the same place, and goes on from there.

use std::{future::Future, pin::Pin};

use leptos::prelude::*;

use super::{mark_hydrated, slot::Slot};
use crate::{
    api::{PollAnswer, UiError},
    domain::DeployId,
    live::{
        poll::{Begin, Next, Pace, Polled, use_poll},
        source::{DeploySource, PollBesideNews, PollEvery, injected},
    },
    ui::deploy::progress_panel::DeployView,
};

/// What the page says of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Followed {
    /// Which deploy.
    pub id: DeployId,
    /// How many of its transitions the page tells of.
    pub known: usize,
}

/// Asks until there is an answer, and shows that. Until then the server's page is shown, and is a
/// [part](crate::live::page_refresh) of it.
pub(super) fn follow(slot: Slot, followed: Followed) {
    let (PollEvery(alone), PollBesideNews(beside_news)) = (injected(), injected());
    let first = FirstAnswer { slot: StoredValue::new_local(slot), source: injected(), followed };
    use_poll(Pace { alone, beside_news }, Begin::AtOnce, first);
}

#[derive(Clone)]
struct FirstAnswer {
    slot: StoredValue<Slot, LocalStorage>,
    source: DeploySource,
    followed: Followed,
}

impl Polled for FirstAnswer {
    type Answer = PollAnswer;

    fn ask(&self) -> Pin<Box<dyn Future<Output = Result<PollAnswer, UiError>>>> {
        self.source.read(self.followed.id)
    }

    fn concerns(&self, deploy: DeployId) -> bool {
        deploy == self.followed.id
    }

    fn awaits_what_is_not_told(&self) -> bool {
        true
    }

    fn hear(&self, answer: Result<PollAnswer, UiError>) -> Next {
        let Ok(first) = answer else { return Next::Again };
        let known = self.followed.known;
        self.slot.with_value(|slot| slot.fill(move || view! { <DeployView first known /> }));
        mark_hydrated();
        Next::Stop
    }
}
