//! The poll: asks again and again while the page is seen, and leaves nothing behind.
//!
//! - One request at a time. One that is not answered in time counts as unanswered; should its answer come
//!   after all, nobody hears it.
//! - While the tab is hidden nothing is asked, but for news that the operator wants to hear of on the desktop. On its
//!   return one request goes out at once, however long it was away.
//! - With [news](super::event_stream) of what it is about it asks at once, and otherwise less often while the news are heard.
//! - There is one timer slot, so there can be no second timer. It and the listener go with the owner.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    time::Duration,
};

use gloo_timers::callback::Timeout;
use leptos::{leptos_dom::helpers::WindowListenerHandle, prelude::*, task::spawn_local};

use super::{
    event_stream::{News, Told},
    notifications::{is_hidden, is_listened_to},
};
use crate::{api::UiError, domain::DeployId};

/// After so long a request counts as unanswered. The server's own look-ups end well before.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether to ask again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// After the interval.
    Again,
    /// Never: the timer goes, and stays away.
    Stop,
}

/// When the first question goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Begin {
    /// At once: what is shown may be out of date already.
    AtOnce,
    /// After the interval: what is shown was just read.
    Later,
}

/// From one answer to the next question.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// Where nothing is pushed.
    pub alone: Duration,
    /// While news are heard, which ask by themselves: for what they do not tell.
    pub beside_news: Duration,
}

/// What is polled.
pub trait Polled: 'static {
    /// What is answered.
    type Answer: 'static;

    /// Asks once.
    fn ask(&self) -> Pin<Box<dyn Future<Output = Result<Self::Answer, UiError>>>>;

    /// Whether news of this deploy are worth a question.
    fn concerns(&self, deploy: DeployId) -> bool;

    /// Whether something is awaited that no news will tell, so that only asking finds it out.
    fn awaits_what_is_not_told(&self) -> bool;

    /// Hears the answer, or that there was none.
    fn hear(&self, answer: Result<Self::Answer, UiError>) -> Next;
}

/// Polls, in the browser, from the end of this rendering until the owner goes.
pub fn use_poll<P: Polled + Clone + Send + Sync>(pace: Pace, begin: Begin, polled: P) {
    let news = use_context::<News>();
    Effect::new(move || {
        let poll = Rc::new(Poll::new(pace, polled.clone(), news));
        match begin {
            Begin::AtOnce => poll.clone().ask_if_listened_to(),
            Begin::Later => poll.clone().wait(),
        }
        let listener = poll.clone().on_visibility();
        if let Some(news) = news {
            poll.clone().listen(news);
        }
        let poll = StoredValue::new_local(poll);
        on_cleanup(move || {
            listener.remove();
            poll.with_value(|poll| poll.end());
        });
    });
}

struct Poll<P> {
    pace: Pace,
    polled: P,
    news: Option<News>,
    /// The next question, or the end of the patience with this one.
    timer: RefCell<Option<Timeout>>,
    /// Counts questions; an answer to any but the last is not heard.
    question: Cell<u64>,
    in_flight: Cell<bool>,
    /// News came while a question was on its way: its answer may be older than they are.
    again: Cell<bool>,
    ended: Cell<bool>,
}

impl<P: Polled> Poll<P> {
    const fn new(pace: Pace, polled: P, news: Option<News>) -> Self {
        Self {
            pace,
            polled,
            news,
            timer: RefCell::new(None),
            question: Cell::new(0),
            in_flight: Cell::new(false),
            again: Cell::new(false),
            ended: Cell::new(false),
        }
    }

    fn wait(self: Rc<Self>) {
        if !self.ended.get() && !is_hidden() {
            let poll = self.clone();
            self.set_timer(self.interval(), move || poll.ask());
        }
    }

    fn interval(&self) -> Duration {
        match self.news {
            Some(news) if news.is_heard.get_untracked() && !self.polled.awaits_what_is_not_told() => {
                self.pace.beside_news
            }
            Some(_) | None => self.pace.alone,
        }
    }

    /// Asks at once with the news; and is as quick again as without them when they are not heard any more.
    fn listen(self: Rc<Self>, news: News) {
        let poll = self.clone();
        Effect::new(move |is_later: Option<()>| {
            // What was told before this poll began is older than its first question.
            if let Some(told) = news.told.get().filter(|_| is_later.is_some()) {
                poll.clone().hear_news(told);
            }
        });
        Effect::new(move || {
            if !news.is_heard.get() && !self.in_flight.get() {
                self.clone().wait();
            }
        });
    }

    fn hear_news(self: Rc<Self>, Told { deploy, .. }: Told) {
        let is_of_use = deploy.is_none_or(|deploy| self.polled.concerns(deploy));
        if is_of_use && self.in_flight.get() {
            self.again.set(true);
        } else if is_of_use {
            self.ask_if_listened_to();
        }
    }

    fn ask_if_listened_to(self: Rc<Self>) {
        if is_listened_to() {
            self.ask();
        }
    }

    fn ask(self: Rc<Self>) {
        if self.ended.get() || self.in_flight.replace(true) {
            return;
        }
        let question = self.question.get() + 1;
        self.question.set(question);
        let poll = self.clone();
        self.set_timer(PATIENCE, move || poll.hear(question, Err(UiError::Unreachable)));
        let answer = self.polled.ask();
        spawn_local(async move { self.hear(question, answer.await) });
    }

    fn hear(self: Rc<Self>, question: u64, answer: Result<P::Answer, UiError>) {
        if self.ended.get() || question != self.question.get() || !self.in_flight.replace(false) {
            return;
        }
        self.timer.take();
        match self.polled.hear(answer) {
            Next::Again if self.again.take() => self.ask_if_listened_to(),
            Next::Again => self.wait(),
            Next::Stop => self.end(),
        }
    }

    fn on_visibility(self: Rc<Self>) -> WindowListenerHandle {
        window_event_listener_untyped("visibilitychange", move |_| {
            if !is_hidden() {
                self.clone().ask();
            } else if !self.in_flight.get() {
                self.timer.take();
            }
        })
    }

    fn end(&self) {
        self.ended.set(true);
        self.timer.take();
    }

    fn set_timer(&self, after: Duration, then: impl FnOnce() + 'static) {
        let milliseconds = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
        self.timer.replace(Some(Timeout::new(milliseconds, then)));
    }
}
