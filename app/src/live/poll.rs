//! The poll: asks again and again while the page is seen, and leaves nothing behind.
//!
//! - One request at a time. One that is not answered in time counts as unanswered; should its answer come
//!   after all, it is ignored.
//! - While the tab is hidden nothing is asked, except when an event comes and the operator allowed desktop notifications.
//!   On its return one request goes out at once, however long the tab was hidden.
//! - An [event](super::event_stream) about what is polled makes it ask at once; while the stream is connected, the poll
//!   itself is slower.
//! - When the machine leaves the network that is said at once, and when it returns it asks at once.
//! - There is one timer slot, so there can be no second timer. It and the listener are dropped with the owner.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use gloo_timers::callback::Timeout;
use leptos::{leptos_dom::helpers::WindowListenerHandle, prelude::*, task::spawn_local};

use super::{
    event_stream::{DeployEvents, LastEvent},
    notifications::{is_hidden, wants_events},
    source::AnswerFuture,
};
use crate::{api::UiError, domain::DeployId};

/// After so long a request counts as unanswered. The server's own look-ups end well before.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whether to ask again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// After the interval.
    Again,
    /// Never: the timer goes, and stays away.
    Stop,
}

/// When the first request goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FirstRequest {
    /// At once: what is shown may be out of date already.
    Now,
    /// After the interval: what is shown was just read.
    AfterInterval,
}

/// From one answer to the next request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PollIntervals {
    /// Where nothing is pushed.
    pub without_events: Duration,
    /// While events are pushed: for what they do not report.
    pub with_events: Duration,
}

pub trait Polled: 'static {
    type Answer: 'static;

    /// Asks once.
    fn fetch(&self) -> AnswerFuture<Self::Answer>;

    /// Whether an event about this deploy is worth a request.
    fn concerns(&self, deploy: DeployId) -> bool;

    /// Whether something is awaited that no event reports, so that only asking finds it out.
    fn awaits_unpushed(&self) -> bool;

    /// Takes the answer, or that there was none.
    fn on_answer(&self, answer: Result<Self::Answer, UiError>) -> Next;
}

/// Polls, in the browser, from the end of this rendering until the owner goes.
pub fn use_poll<P: Polled + Clone + Send + Sync>(intervals: PollIntervals, first: FirstRequest, polled: P) {
    let events = use_context::<DeployEvents>();
    Effect::new(move || {
        let poll = Rc::new(Poll::new(intervals, polled.clone(), events));
        match first {
            FirstRequest::Now => poll.clone().fetch_if_wanted(),
            FirstRequest::AfterInterval => poll.clone().schedule(),
        }
        let listeners = [poll.clone().on_visibility(), poll.clone().on_online(), poll.clone().on_offline()];
        if let Some(events) = events {
            poll.clone().listen(events);
        }
        let poll = StoredValue::new_local(poll);
        on_cleanup(move || {
            listeners.into_iter().for_each(WindowListenerHandle::remove);
            poll.with_value(|poll| poll.stop());
        });
    });
}

struct Poll<P> {
    intervals: PollIntervals,
    polled: P,
    events: Option<DeployEvents>,
    /// The next request, or the time-out of this one.
    timer: RefCell<Option<Timeout>>,
    /// Counts requests; an answer to any but the last is ignored.
    request_number: Cell<u64>,
    in_flight: Cell<bool>,
    /// An event came while a request was in flight: its answer may be older than the event.
    is_outdated: Cell<bool>,
    stopped: Cell<bool>,
}

impl<P: Polled> Poll<P> {
    const fn new(intervals: PollIntervals, polled: P, events: Option<DeployEvents>) -> Self {
        Self {
            intervals,
            polled,
            events,
            timer: RefCell::new(None),
            request_number: Cell::new(0),
            in_flight: Cell::new(false),
            is_outdated: Cell::new(false),
            stopped: Cell::new(false),
        }
    }

    fn schedule(self: Rc<Self>) {
        if !self.stopped.get() && !is_hidden() {
            let poll = self.clone();
            self.set_timer(self.interval(), move || poll.fetch());
        }
    }

    fn interval(&self) -> Duration {
        match self.events {
            Some(events) if events.is_connected.get_untracked() && !self.polled.awaits_unpushed() => {
                self.intervals.with_events
            }
            Some(_) | None => self.intervals.without_events,
        }
    }

    /// Asks at once when an event comes; and is as quick again as without events when the stream is lost.
    fn listen(self: Rc<Self>, events: DeployEvents) {
        let poll = self.clone();
        Effect::new(move |is_later: Option<()>| {
            // An event from before this poll began is older than its first request.
            if let Some(event) = events.last.get().filter(|_| is_later.is_some()) {
                poll.clone().on_event(event);
            }
        });
        Effect::new(move || {
            if !events.is_connected.get() && !self.in_flight.get() {
                self.clone().schedule();
            }
        });
    }

    fn on_event(self: Rc<Self>, LastEvent { deploy, .. }: LastEvent) {
        let is_relevant = deploy.is_none_or(|deploy| self.polled.concerns(deploy));
        if is_relevant && self.in_flight.get() {
            self.is_outdated.set(true);
        } else if is_relevant {
            self.fetch_if_wanted();
        }
    }

    fn fetch_if_wanted(self: Rc<Self>) {
        if wants_events() {
            self.fetch();
        }
    }

    fn fetch(self: Rc<Self>) {
        if self.stopped.get() || self.in_flight.replace(true) {
            return;
        }
        let number = self.request_number.get() + 1;
        self.request_number.set(number);
        let poll = self.clone();
        self.set_timer(TIMEOUT, move || poll.on_answer(number, Err(UiError::Unreachable)));
        let answer = self.polled.fetch();
        spawn_local(async move { self.on_answer(number, answer.await) });
    }

    fn on_answer(self: Rc<Self>, number: u64, answer: Result<P::Answer, UiError>) {
        if self.stopped.get() || number != self.request_number.get() || !self.in_flight.replace(false) {
            return;
        }
        self.timer.take();
        match self.polled.on_answer(answer) {
            Next::Again if self.is_outdated.take() => self.fetch_if_wanted(),
            Next::Again => self.schedule(),
            Next::Stop => self.stop(),
        }
    }

    fn on_visibility(self: Rc<Self>) -> WindowListenerHandle {
        window_event_listener_untyped("visibilitychange", move |_| {
            if !is_hidden() {
                self.clone().fetch();
            } else if !self.in_flight.get() {
                self.timer.take();
            }
        })
    }

    fn on_online(self: Rc<Self>) -> WindowListenerHandle {
        window_event_listener_untyped("online", move |_| self.clone().fetch_if_wanted())
    }

    /// The browser knows before a request has failed.
    fn on_offline(self: Rc<Self>) -> WindowListenerHandle {
        window_event_listener_untyped("offline", move |_| {
            if !self.stopped.get() {
                // What comes next does not change: the timer runs.
                let _ = self.polled.on_answer(Err(UiError::Unreachable));
            }
        })
    }

    fn stop(&self) {
        self.stopped.set(true);
        self.timer.take();
    }

    fn set_timer(&self, after: Duration, then: impl FnOnce() + 'static) {
        let milliseconds = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
        self.timer.replace(Some(Timeout::new(milliseconds, then)));
    }
}
