//! One press of Deploy: sent, and sent again with the same key until the console answers, for a minute.
//!
//! - Every repetition is the very same request. It is kept in this tab until it is answered.
//! - One request at a time. One that is not answered in time counts as unanswered. Should a deploy be
//!   answered after all, it is heard; a late refusal is not, because a newer request may have got through.
//! - Only a press begins another minute: a laptop that wakes up sends nothing by itself.
//! - There is one timer slot, and it goes with the owner.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};

use super::{
    pending_submission::{self, unanswered},
    source::{Dispatch, DispatchTarget, injected},
};
use crate::{
    api::{ErrorCode, Problem, UiError},
    clock,
    domain::{Deploy, Timestamp},
};

/// How often an unanswered request is sent again, and for how long after the press.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryEvery {
    /// From one answer that did not come to the next request.
    pub interval: Duration,
    /// From the press to the last request.
    pub limit: Duration,
    /// After so long without an answer, none came.
    pub patience: Duration,
}

impl Default for RetryEvery {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(2),
            limit: Duration::from_mins(1),
            // By then the console takes the request for lost, and no longer for one that is in flight.
            patience: Duration::from_secs(20),
        }
    }
}

/// What became of the press.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Attempt {
    /// There was none, or something was corrected since.
    None,
    /// It is on its way.
    Sent,
    /// Whether it arrived is not known.
    Unanswered {
        /// When it was pressed.
        pressed_at: Timestamp,
        /// What is done about it.
        pursuit: Pursuit,
    },
    /// The console said no, and recorded nothing.
    Refused(Box<Problem>),
    /// The console itself failed, and cannot vouch for anything: as good as no answer, but it says why.
    Failed(Box<Problem>),
}

impl Attempt {
    fn of(problem: Box<Problem>) -> Self {
        let is_definite = problem.status < ErrorCode::Internal.http_status();
        if is_definite { Self::Refused(problem) } else { Self::Failed(problem) }
    }

    /// Whether only the very same request may be sent now.
    #[must_use]
    pub const fn is_bound(&self) -> bool {
        match self {
            Self::Sent | Self::Unanswered { .. } | Self::Failed(_) => true,
            Self::None | Self::Refused(_) => false,
        }
    }

    /// Whether the same request goes out again by itself.
    #[must_use]
    pub const fn is_repeated(&self) -> bool {
        match self {
            Self::Unanswered { pursuit, .. } => matches!(pursuit, Pursuit::Repeated),
            Self::None | Self::Sent | Self::Refused(_) | Self::Failed(_) => false,
        }
    }

    /// Whether it waits for the operator to send the same request again, or to give it up.
    #[must_use]
    pub const fn is_stuck(&self) -> bool {
        match self {
            Self::Unanswered { .. } => !self.is_repeated(),
            Self::Failed(_) => true,
            Self::None | Self::Sent | Self::Refused(_) => false,
        }
    }
}

/// What is done about a press without an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pursuit {
    /// It is sent again, by itself.
    Repeated,
    /// It was, long enough.
    Stopped,
    /// It was left so: the page was reloaded, or the dialog closed. Nothing is sent by itself.
    Left,
    /// Nothing arrives until somebody signs in.
    SignedOut,
}

/// The presses of one form. All of them have one key.
#[derive(Clone, Copy)]
pub struct Press {
    attempt: RwSignal<Attempt>,
    courier: StoredValue<Rc<Courier>, LocalStorage>,
}

/// The presses of the form of this app and environment, with what was left unanswered there. In the browser
/// alone. `deployed` hears of the deploy, unless the owner has gone.
#[must_use]
pub fn use_press(app: &str, environment: &str, deployed: Callback<Deploy>) -> Press {
    let left = unanswered(app, environment);
    let attempt = RwSignal::new(left.as_ref().map_or(Attempt::None, |left| Attempt::Unanswered {
        pressed_at: left.pressed_at,
        pursuit: Pursuit::Left,
    }));
    let courier = StoredValue::new_local(Rc::new(Courier {
        target: injected(),
        every: injected(),
        deployed,
        attempt,
        carried: RefCell::new(left.map(|left| (left.dispatch(), left.pressed_at))),
        begun: Cell::new(Timestamp::UNIX_EPOCH),
        timer: RefCell::new(None),
        question: Cell::new(0),
        in_flight: Cell::new(false),
        ended: Cell::new(false),
    }));
    on_cleanup(move || courier.with_value(|courier| courier.end()));
    Press { attempt, courier }
}

impl Press {
    /// What became of it.
    #[must_use]
    pub fn attempt(self) -> ReadSignal<Attempt> {
        self.attempt.read_only()
    }

    /// What was sent last, or left unanswered.
    #[must_use]
    pub fn carried(self) -> Option<Dispatch> {
        self.courier.with_value(|courier| courier.carried.borrow().as_ref().map(|(sent, _)| sent.clone()))
    }

    /// Sends a request, unless one is on its way.
    pub fn send(self, dispatch: Dispatch) {
        let courier = self.courier.get_value();
        if !courier.in_flight.get() {
            courier.carried.replace(Some((dispatch, clock::now())));
            self.attempt.set(Attempt::Sent);
            courier.begin();
        }
    }

    /// Sends the unanswered request again, now, unless it is on its way.
    pub fn send_again(self) {
        let courier = self.courier.get_value();
        if !courier.in_flight.get() {
            if !self.attempt.with_untracked(Attempt::is_repeated) {
                self.attempt.set(Attempt::Sent);
            }
            courier.begin();
        }
    }

    /// Takes back what the console said: something was corrected.
    pub fn correct(self) {
        self.attempt.set(Attempt::None);
    }

    /// Gives the unanswered request up. It may have arrived all the same.
    pub fn forget(self) {
        self.courier.with_value(|courier| courier.forget());
    }
}

struct Courier {
    target: DispatchTarget,
    every: RetryEvery,
    deployed: Callback<Deploy>,
    attempt: RwSignal<Attempt>,
    /// The request, and when it was pressed.
    carried: RefCell<Option<(Dispatch, Timestamp)>>,
    /// When the minute began.
    begun: Cell<Timestamp>,
    /// The next request, or the end of the patience with this one.
    timer: RefCell<Option<Timeout>>,
    /// Counts requests; a refusal of any but the last is not heard.
    question: Cell<u64>,
    in_flight: Cell<bool>,
    ended: Cell<bool>,
}

impl Courier {
    /// Begins a minute. What is sent is kept first: the page may be gone before the answer.
    fn begin(self: Rc<Self>) {
        if let Some((dispatch, pressed_at)) = &*self.carried.borrow() {
            pending_submission::keep(dispatch, *pressed_at);
        }
        self.begun.set(clock::now());
        self.ask();
    }

    fn ask(self: Rc<Self>) {
        let dispatch = self.carried.borrow().as_ref().map(|(dispatch, _)| dispatch.clone());
        let Some(dispatch) = dispatch.filter(|_| !self.ended.get()) else { return };
        let question = self.question.get() + 1;
        self.question.set(question);
        self.in_flight.set(true);
        let courier = self.clone();
        self.set_timer(self.every.patience, move || courier.hear(question, Err(UiError::Unreachable)));
        let answer = self.target.send(dispatch);
        spawn_local(async move { self.hear(question, answer.await) });
    }

    /// Hears an answer. When the owner has gone, it still decides what is kept.
    fn hear(self: Rc<Self>, question: u64, answer: Result<Deploy, UiError>) {
        match answer {
            Ok(deploy) => self.accepted(deploy),
            Err(_) if question != self.question.get() || !self.in_flight.replace(false) => {}
            Err(UiError::Problem(problem)) if problem.code != ErrorCode::IdempotencyKeyInFlight => {
                self.refused(problem);
            }
            Err(UiError::Problem(_) | UiError::Unreachable) => self.wait(),
            // An earlier one may have arrived, so this stays the same request.
            Err(UiError::SignedOut) => {
                self.timer.take();
                self.say_unanswered(Pursuit::SignedOut);
            }
        }
    }

    fn accepted(&self, deploy: Deploy) {
        self.forget();
        if !self.ended.get() {
            self.end();
            // The dialog may have been closed since: then the board shows the deploy.
            let _ = self.deployed.try_run(deploy);
        }
    }

    fn refused(&self, problem: Box<Problem>) {
        let attempt = Attempt::of(problem);
        if !attempt.is_bound() {
            self.forget();
        }
        if !self.ended.get() {
            self.timer.take();
            self.attempt.set(attempt);
        }
    }

    fn wait(self: Rc<Self>) {
        if self.may_go_on() {
            self.say_unanswered(Pursuit::Repeated);
            let courier = self.clone();
            self.set_timer(self.every.interval, move || {
                if courier.may_go_on() {
                    courier.ask();
                }
            });
        }
    }

    /// Whether the minute is not over yet; says so when it is.
    fn may_go_on(&self) -> bool {
        self.timer.take();
        if self.ended.get() {
            return false;
        }
        let waited = clock::now().as_millisecond() - self.begun.get().as_millisecond();
        let is_over = u128::try_from(waited).is_ok_and(|waited| waited >= self.every.limit.as_millis());
        if is_over {
            self.say_unanswered(Pursuit::Stopped);
        }
        !is_over
    }

    fn say_unanswered(&self, pursuit: Pursuit) {
        let pressed_at = self.carried.borrow().as_ref().map(|(_, pressed_at)| *pressed_at);
        if let Some(pressed_at) = pressed_at {
            self.attempt.set(Attempt::Unanswered { pressed_at, pursuit });
        }
    }

    fn forget(&self) {
        if let Some((dispatch, _)) = &*self.carried.borrow() {
            pending_submission::forget(&dispatch.key);
        }
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
