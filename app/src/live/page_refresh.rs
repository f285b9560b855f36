//! Parts of the page that are only looked at. The server alone renders them, so none of their code is downloaded; the
//! browser reads the page again when something has happened, and makes each part what it is there.
//!
//! - A part is an element with a [`data-part`](PART) of its own, on both pages.
//! - A page that was requested before the one that is shown is dropped: what is shown never goes back.
//! - Title and icon say what is under way, and follow.
//! - Where nothing on the page can change any more, nothing asks. A page says that it may by [`data-follow`](FOLLOW).
//! - A page of another build of the console is not mixed with this one: that there is one is said, once.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

use super::{
    board_filter,
    morph::morph,
    page::{BASE, PART, find, parse, part, shown_rows},
    poll::{FirstRequest, Next, PollIntervals, Polled, use_poll},
    source::{AnswerFuture, PageSource, use_context_or_default},
    times,
};
use crate::{
    api::UiError,
    clock,
    domain::{DeployId, Timestamp},
};

/// The attribute of a page on which something may still change. Its value is the address at which that is read again; if
/// it has none, at the page's own.
pub const FOLLOW: &str = "data-follow";
/// The attribute of `<html>` that says of which build the page is.
pub const BUILD: &str = "data-build";

/// The build of the console: what its pages load. The server provides it to the shell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Build(pub String);

/// How often the page is read again. What is recorded is pushed; what an app answers, and what a channel has not
/// taken, shows within this.
const INTERVALS: PollIntervals =
    PollIntervals { without_events: Duration::from_secs(10), with_events: Duration::from_secs(20) };

/// How fresh the page is, and the way to read it again.
#[derive(Clone, Copy)]
pub struct PageRefresh {
    /// When the page was last read, by the browser's clock. None until it is hydrated.
    pub read_at: ReadSignal<Option<Timestamp>>,
    /// Why the last reading failed, if it did.
    pub error: ReadSignal<Option<UiError>>,
    /// Whether the server is of another build than this page.
    pub is_outdated: ReadSignal<bool>,
    /// Reads the page again, once.
    pub refresh: Callback<()>,
}

/// Keeps the parts of this page fresh while it is seen, until the owner goes.
#[must_use]
pub fn use_page_refresh() -> PageRefresh {
    let (read_at, set_read_at) = signal(None);
    let (error, set_error) = signal(None);
    let (is_outdated, set_outdated) = signal(false);
    Effect::new(move || set_read_at.set(Some(clock::now())));
    let requests = StoredValue::new(RequestCounter::default());
    let source = use_context_or_default();
    let polled = PagePoll { source, requests, set_read_at, set_error, set_outdated };
    use_poll(INTERVALS, FirstRequest::AfterInterval, polled.clone());
    let refresh = Callback::new(move |()| polled.clone().read_now());
    PageRefresh { read_at, error, is_outdated, refresh }
}

/// Pages are requested by the poll and by [`PageRefresh::refresh`], so two requests may be in flight at once.
#[derive(Clone, Copy, Default)]
struct RequestCounter {
    sent: u64,
    /// The request whose page is shown.
    shown: u64,
}

/// A page, and which request it answers.
struct PageAnswer {
    request: u64,
    text: String,
}

#[derive(Clone)]
struct PagePoll {
    source: PageSource,
    requests: StoredValue<RequestCounter>,
    set_read_at: WriteSignal<Option<Timestamp>>,
    set_error: WriteSignal<Option<UiError>>,
    set_outdated: WriteSignal<bool>,
}

impl Polled for PagePoll {
    type Answer = PageAnswer;

    fn fetch(&self) -> AnswerFuture<PageAnswer> {
        let here = address();
        self.requests.update_value(|requests| requests.sent += 1);
        let request = self.requests.with_value(|requests| requests.sent);
        let text = self.source.read(here);
        Box::pin(async move { Ok(PageAnswer { request, text: text.await? }) })
    }

    /// Any deploy may be on the page. Behind an open dialog the page is not looked at, and what the dialog follows comes
    /// first; once that is closed, the page is [read again](PageRefresh::refresh).
    fn concerns(&self, _: DeployId) -> bool {
        find(&document(), "dialog[open]").is_none()
    }

    fn awaits_unpushed(&self) -> bool {
        false
    }

    fn on_answer(&self, answer: Result<PageAnswer, UiError>) -> Next {
        if answer.as_ref().is_ok_and(|answer| !self.take_if_newest(answer.request)) {
            return Next::Again;
        }
        let page = answer.and_then(|answer| parse(&answer.text).ok_or(UiError::Unreachable));
        // The owner may have gone since the request.
        let _ = self.set_error.try_set(page.as_ref().err().cloned());
        let Ok(page) = page else { return Next::Again };
        if is_of_other_rows(&page) {
            self.clone().read_now();
            return Next::Again;
        }
        if build_of(&page) != build_of(&document()) {
            let _ = self.set_outdated.try_set(true);
            return Next::Stop;
        }
        let _ = self.set_read_at.try_set(Some(clock::now()));
        show(&page);
        if find(&page, &format!("[{FOLLOW}]")).is_some() { Next::Again } else { Next::Stop }
    }
}

impl PagePoll {
    fn read_now(self) {
        spawn_local(async move {
            self.on_answer(self.fetch().await);
        });
    }

    /// Whether nothing newer is shown. From now on this is what is shown.
    fn take_if_newest(&self, request: u64) -> bool {
        let take = |requests: &mut RequestCounter| {
            let is_newest = request > requests.shown;
            requests.shown = requests.shown.max(request);
            is_newest
        };
        self.requests.try_update_value(take).unwrap_or(false)
    }
}

/// Where what may change is read again.
fn address() -> String {
    let named = find(&document(), &format!("[{FOLLOW}]")).and_then(|follow| follow.get_attribute(FOLLOW));
    let named = named.filter(|address| !address.is_empty());
    named.unwrap_or_else(|| window().location().href().unwrap_or_default())
}

/// Whether the page leaves out rows that are known of another one than this: one that was replaced while it was asked for.
fn is_of_other_rows(page: &Document) -> bool {
    let base = find(page, &format!("[{BASE}]")).and_then(|rows| rows.get_attribute(BASE));
    base.is_some() && base != shown_rows()
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
    board_filter::apply();
    times::show_new_times();
}

const ICON: &str = "link[rel='icon']";
