//! Parts of the page that are only looked at. The server alone renders them, so none of their code is downloaded; the
//! browser reads the page again when something has happened, and makes each part what it is there.
//!
//! - A part is an element with a [`data-part`](PART) of its own, on both pages.
//! - A page that was asked for before the one that is shown is dropped: what is shown never goes back.
//! - Title and icon say what is under way, and follow.
//! - Where nothing on the page can change any more, nothing asks. A page says that it may by [`data-follow`](FOLLOW).
//! - A page of another build of the console is not mixed with this one: that there is one is said, once.

use std::{future::Future, pin::Pin, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

use super::{
    morph::morph,
    page::{PART, find, parse, part},
    poll::{Begin, Next, Pace, Polled, use_poll},
    source::{PageSource, injected},
};
use crate::{
    api::UiError,
    clock,
    domain::{DeployId, Timestamp},
};

/// The attribute of a page on which something may still change.
pub const FOLLOW: &str = "data-follow";
/// The attribute of `<html>` that says of which build the page is.
pub const BUILD: &str = "data-build";

/// The build of the console: what its pages load. The server provides it to the shell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Build(pub String);

/// How often the page is read again. What is written down is pushed; what an app answers, and what a channel has not
/// taken, shows within this.
const PACE: Pace = Pace { alone: Duration::from_secs(10), beside_news: Duration::from_secs(20) };

/// The parts of this page, and how fresh they are.
#[derive(Clone, Copy)]
pub struct Parts {
    /// When the page was last read, by the browser's clock. None until it is hydrated.
    pub heard_at: ReadSignal<Option<Timestamp>>,
    /// Why the last reading failed, if it did.
    pub trouble: ReadSignal<Option<UiError>>,
    /// Whether the server is of another build than this page.
    pub outdated: ReadSignal<bool>,
    /// Reads the page again, once.
    pub refresh: Callback<()>,
}

/// Keeps the parts of this page fresh while it is seen, until the owner goes.
#[must_use]
pub fn use_parts() -> Parts {
    let (heard_at, set_heard_at) = signal(None);
    let (trouble, set_trouble) = signal(None);
    let (outdated, set_outdated) = signal(false);
    Effect::new(move || set_heard_at.set(Some(clock::now())));
    let questions = StoredValue::new(Questions::default());
    let followed = Followed { source: injected(), questions, set_heard_at, set_trouble, set_outdated };
    use_poll(PACE, Begin::Later, followed.clone());
    let refresh = Callback::new(move |()| {
        let followed = followed.clone();
        spawn_local(async move {
            followed.hear(followed.ask().await);
        });
    });
    Parts { heard_at, trouble, outdated, refresh }
}

/// Pages are asked for by the poll and by wishes, so two may be on their way at once.
#[derive(Clone, Copy, Default)]
struct Questions {
    asked: u64,
    /// The one whose page is shown.
    shown: u64,
}

/// A page, and which question it answers.
struct Answered {
    question: u64,
    text: String,
}

#[derive(Clone)]
struct Followed {
    source: PageSource,
    questions: StoredValue<Questions>,
    set_heard_at: WriteSignal<Option<Timestamp>>,
    set_trouble: WriteSignal<Option<UiError>>,
    set_outdated: WriteSignal<bool>,
}

impl Polled for Followed {
    type Answer = Answered;

    fn ask(&self) -> Pin<Box<dyn Future<Output = Result<Answered, UiError>>>> {
        let here = window().location().href().unwrap_or_default();
        self.questions.update_value(|questions| questions.asked += 1);
        let question = self.questions.with_value(|questions| questions.asked);
        let text = self.source.read(here);
        Box::pin(async move { Ok(Answered { question, text: text.await? }) })
    }

    /// Any deploy may stand on the page. Behind an open dialog nobody looks at it, and what the dialog follows comes
    /// first; once that is closed, the page is [read again](Parts::refresh).
    fn concerns(&self, _: DeployId) -> bool {
        find(&document(), "dialog[open]").is_none()
    }

    fn awaits_what_is_not_told(&self) -> bool {
        false
    }

    fn hear(&self, answer: Result<Answered, UiError>) -> Next {
        if answer.as_ref().is_ok_and(|answer| !self.is_news(answer.question)) {
            return Next::Again;
        }
        let page = answer.and_then(|answer| parse(&answer.text).ok_or(UiError::Unreachable));
        // The owner may have gone while it was on its way.
        let _ = self.set_trouble.try_set(page.as_ref().err().cloned());
        let Ok(page) = page else { return Next::Again };
        if build_of(&page) != build_of(&document()) {
            let _ = self.set_outdated.try_set(true);
            return Next::Stop;
        }
        let _ = self.set_heard_at.try_set(Some(clock::now()));
        show(&page);
        if find(&page, &format!("[{FOLLOW}]")).is_some() { Next::Again } else { Next::Stop }
    }
}

impl Followed {
    /// Whether nothing younger is shown. From now on this is what is shown.
    fn is_news(&self, question: u64) -> bool {
        let take = |questions: &mut Questions| {
            let is_news = question > questions.shown;
            questions.shown = questions.shown.max(question);
            is_news
        };
        self.questions.try_update_value(take).unwrap_or(false)
    }
}

fn build_of(page: &Document) -> Option<String> {
    page.document_element()?.get_attribute(BUILD)
}

fn show(page: &Document) {
    let shown = document();
    if shown.title() != page.title() {
        shown.set_title(&page.title());
    }
    if let Some((shown, now)) = find(&shown, ICON).zip(find(page, ICON)) {
        morph(&shown, &now);
    }
    let Ok(parts) = shown.query_selector_all(&format!("[{PART}]")) else { return };
    for shown in (0..parts.length()).filter_map(|index| parts.get(index)?.dyn_into::<Element>().ok()) {
        let name = shown.get_attribute(PART).unwrap_or_default();
        if let Some(now) = part(page, &name) {
            morph(&shown, &now);
        }
    }
}

const ICON: &str = "link[rel='icon']";
