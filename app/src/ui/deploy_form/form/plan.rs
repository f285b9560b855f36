//! What deploying would change and what is in the way, as the page of the plan says it. Without an answer the form
//! works as well: nothing waits for this.
//!
//! - It follows the ref while it is typed, and events, until the owner goes. There is one timer slot.
//! - What changes is shown for the ref in the field alone: that of another one never is.
//! - An answer that was overtaken by a later one is dropped.
//! - While a request is in flight nothing is asked: the deploy that it makes would be in its own way.

use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use web_sys::Document;

use crate::{
    api::UiError,
    domain::Timestamp,
    live::{
        event_stream::DeployEvents,
        page,
        source::{AnswerFuture, PageSource, TypingPause, use_context_or_default},
    },
    text::field_problem::ref_problem,
    ui::deploy_form::in_the_way::{IN_THE_WAY, Obstacles},
};

/// The commits that a ref would bring and take back: HTML, or none if they could not be read.
type Changes = (String, Option<String>);

/// What was read last.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// As it is typed.
    pub(super) git_ref: Signal<String>,
    pub(super) is_locked: Signal<bool>,
    /// The ref in the field when the timer last ran out.
    settled: RwSignal<String>,
    /// None until the first answer.
    obstacles: RwSignal<Option<Obstacles>>,
    is_unreadable: RwSignal<bool>,
    pub(super) in_the_way: RwSignal<String>,
    pub(super) refs: RwSignal<String>,
    pub(super) changes: RwSignal<Option<Changes>>,
    /// From the last key, or an event, to the question, in milliseconds.
    pause: u32,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
    questions: StoredValue<Questions>,
}

#[derive(Default)]
struct Questions {
    /// The last ref that was asked about; empty: the one that the configuration names.
    git_ref: String,
    /// Whether something happened since the last question.
    is_stale: bool,
    asked: u64,
    /// The question whose answer is shown.
    answered: u64,
}

/// The plan of the page at this address. Nothing is asked while `is_locked`.
pub(super) fn use_plan(address: String, git_ref: Signal<String>, is_locked: Signal<bool>) -> Plan {
    let TypingPause(pause) = use_context_or_default();
    let plan = Plan {
        git_ref,
        is_locked,
        settled: RwSignal::new(git_ref.get_untracked()),
        obstacles: RwSignal::new(None),
        is_unreadable: RwSignal::new(false),
        in_the_way: RwSignal::new(String::new()),
        refs: RwSignal::new(String::new()),
        changes: RwSignal::new(None),
        pause: u32::try_from(pause.as_millis()).unwrap_or(u32::MAX),
        timer: StoredValue::new_local(None),
        questions: StoredValue::new(Questions { is_stale: true, ..Questions::default() }),
    };
    let reader = StoredValue::new(Reader { source: use_context_or_default(), address });
    let ask = move || {
        if !is_locked.get_untracked() {
            reader.with_value(|reader| plan.ask(reader));
        }
    };
    Effect::new(move |typed_before: Option<()>| {
        git_ref.track();
        if typed_before.is_some() {
            plan.wait(ask);
        }
    });
    // At the beginning, and when the console has answered a press.
    Effect::new(move || {
        if !is_locked.get() {
            plan.questions.update_value(|questions| questions.is_stale = true);
            ask();
        }
    });
    if let Some(events) = use_context::<DeployEvents>() {
        Effect::new(move |heard_before: Option<()>| {
            events.last.track();
            if heard_before.is_some() {
                plan.questions.update_value(|questions| questions.is_stale = true);
                // Many events are one question, and do not put it off.
                if plan.timer.with_value(Option::is_none) {
                    plan.wait(ask);
                }
            }
        });
    }
    plan
}

impl Plan {
    fn wait(self, ask: impl Fn() + 'static) {
        let timer = Timeout::new(self.pause, move || {
            self.timer.set_value(None);
            ask();
        });
        self.timer.set_value(Some(timer));
    }

    /// Asks about the ref in the field, if it is one; if not, about the one before, where something has happened.
    fn ask(self, reader: &Reader) {
        let typed = self.git_ref.get_untracked();
        self.settled.set(typed.clone());
        let is_ref = ref_problem(&typed).is_none();
        let question = self.questions.try_update_value(|questions| {
            if is_ref {
                questions.git_ref = typed;
            } else if !questions.is_stale {
                return None;
            }
            questions.is_stale = false;
            questions.asked += 1;
            Some((questions.asked, questions.git_ref.clone()))
        });
        let Some((number, git_ref)) = question.flatten() else { return };
        let answer = reader.read(&git_ref);
        spawn_local(async move { self.on_answer(number, git_ref, answer.await) });
    }

    /// The dialog may be closed by then.
    fn on_answer(self, number: u64, git_ref: String, answer: Result<String, UiError>) {
        let is_newest = self.questions.try_update_value(|questions| {
            let is_newest = number > questions.answered;
            questions.answered = questions.answered.max(number);
            is_newest
        });
        if is_newest == Some(true) {
            match answer.ok().and_then(|text| page::parse(&text)) {
                Some(page) if page::part(&page, IN_THE_WAY).is_some() => self.show(git_ref, &page),
                Some(_) | None => self.set_unread(git_ref),
            }
        }
    }

    fn show(self, git_ref: String, page: &Document) {
        let html = |name| page::part(page, name).map(|part| part.inner_html());
        let obstacles = page::part(page, IN_THE_WAY).map(|part| Obstacles::of(&part));
        set_if_other(self.obstacles, obstacles);
        set_if_other(self.in_the_way, html(IN_THE_WAY).unwrap_or_default());
        set_if_other(self.refs, html("refs").unwrap_or_default());
        set_if_other(self.is_unreadable, false);
        set_if_other(self.changes, Some((git_ref, html("changes"))));
    }

    /// What is known of the same ref stays.
    fn set_unread(self, git_ref: String) {
        set_if_other(self.is_unreadable, self.obstacles.with_untracked(Option::is_none));
        let is_known =
            |changes: &Option<Changes>| changes.as_ref().is_some_and(|(known, _)| *known == git_ref);
        if !self.changes.with_untracked(is_known) {
            self.changes.set(Some((git_ref, None)));
        }
    }

    /// Something of what is in the way; none before the first answer.
    pub(super) fn obstacle<T>(self, read: impl FnOnce(&Obstacles) -> T) -> Option<T> {
        self.obstacles.with(|known| known.as_ref().map(read))
    }

    /// Whether there is no answer yet, and the last question had none.
    pub(super) fn is_unreadable(self) -> bool {
        self.is_unreadable.get()
    }

    pub(super) fn is_frozen_at(self, now: Timestamp) -> bool {
        self.obstacle(|obstacles| obstacles.is_frozen_at(now)) == Some(true)
    }

    /// Why the operator may not deploy here.
    pub(super) fn denied(self) -> Option<String> {
        self.obstacle(|obstacles| obstacles.denied.clone()).flatten()
    }

    /// Why what is typed cannot be a ref, once typing has paused. An empty field says nothing before the press.
    pub(super) fn ref_problem(self) -> Option<String> {
        let typed = self.git_ref.get();
        let is_settled = self.settled.with(|settled| *settled == typed);
        (is_settled && !typed.is_empty()).then(|| ref_problem(&typed)).flatten()
    }
}

fn set_if_other<T: PartialEq + Send + Sync + 'static>(shown: RwSignal<T>, value: T) {
    shown.maybe_update(|shown| {
        let changed = *shown != value;
        *shown = value;
        changed
    });
}

struct Reader {
    source: PageSource,
    address: String,
}

impl Reader {
    fn read(&self, git_ref: &str) -> AnswerFuture<String> {
        let address = if git_ref.is_empty() {
            self.address.clone()
        } else {
            format!("{}?ref={}", self.address, js_sys::encode_uri_component(git_ref))
        };
        self.source.read(address)
    }
}
