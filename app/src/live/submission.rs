//! One submission of the deploy form: sent, and sent again with the same key until the console answers, for a minute.
//!
//! - Every retry is the very same request. It is stored in this tab until it is answered.
//! - One request at a time. One that is not answered in time counts as unanswered. Should a deploy be
//!   answered after all, it is accepted; a late refusal is ignored, because a newer request may have got through.
//! - Only a click starts another minute: a laptop that wakes up sends nothing by itself.
//! - There is one timer slot, and it is dropped with the owner.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};

use super::{
    drafts::Drafts,
    pending_submission::{self, pending},
    source::{DispatchTarget, Submission, use_context_or_default},
};
use crate::{
    api::{ErrorCode, Problem, UiError},
    clock,
    domain::{Deploy, Timestamp},
};

/// How often an unanswered request is sent again, and for how long after the click.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryPolicy {
    /// From one answer that did not come to the next request.
    pub interval: Duration,
    /// From the click to the last request.
    pub limit: Duration,
    /// After so long without an answer, none came.
    pub timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(2),
            limit: Duration::from_mins(1),
            // By then the console counts the request as lost, and no longer as in flight.
            timeout: Duration::from_secs(20),
        }
    }
}

/// What became of a submission.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SubmissionState {
    /// There was none, or the operator corrected something since.
    Idle,
    /// It is in flight.
    Sent,
    /// Whether it arrived is not known.
    Unanswered {
        /// When Deploy was clicked.
        pressed_at: Timestamp,
        /// What is done about it.
        retry: RetryState,
    },
    /// The console said no, and recorded nothing.
    Refused(Box<Problem>),
    /// The console itself failed, and cannot vouch for anything: as good as no answer, but it says why.
    Failed(Box<Problem>),
}

impl SubmissionState {
    fn of(problem: Box<Problem>) -> Self {
        let is_definite = problem.status < ErrorCode::Internal.http_status();
        if is_definite { Self::Refused(problem) } else { Self::Failed(problem) }
    }

    /// Whether the fields are locked, because only the very same request may be sent now.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        match self {
            Self::Sent | Self::Unanswered { .. } | Self::Failed(_) => true,
            Self::Idle | Self::Refused(_) => false,
        }
    }

    /// Whether the same request is sent again by itself.
    #[must_use]
    pub const fn is_retrying(&self) -> bool {
        match self {
            Self::Unanswered { retry, .. } => matches!(retry, RetryState::Retrying),
            Self::Idle | Self::Sent | Self::Refused(_) | Self::Failed(_) => false,
        }
    }

    /// Whether the operator has to choose: send the same request again, or give it up.
    #[must_use]
    pub const fn needs_decision(&self) -> bool {
        match self {
            Self::Unanswered { .. } => !self.is_retrying(),
            Self::Failed(_) => true,
            Self::Idle | Self::Sent | Self::Refused(_) => false,
        }
    }
}

/// What is done about an unanswered submission.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryState {
    /// It is sent again, by itself.
    Retrying,
    /// It was, until the limit.
    GaveUp,
    /// The page was reloaded, or the dialog closed, before the answer. Nothing is sent by itself.
    Interrupted,
    /// Nothing arrives until the operator signs in.
    SignedOut,
}

/// Sends the submissions of one form. All of them have one key.
#[derive(Clone, Copy)]
pub struct Submitter {
    state: RwSignal<SubmissionState>,
    retry_loop: StoredValue<Rc<RetryLoop>, LocalStorage>,
}

/// The submitter of the form of this app and environment, with what was left unanswered there. In the browser
/// alone. `on_accepted` is called with the deploy, unless the owner is gone by then.
#[must_use]
pub fn use_submission(app: &str, environment: &str, on_accepted: Callback<Deploy>) -> Submitter {
    let pending = pending(app, environment);
    let state = RwSignal::new(pending.as_ref().map_or(SubmissionState::Idle, |pending| {
        SubmissionState::Unanswered { pressed_at: pending.pressed_at, retry: RetryState::Interrupted }
    }));
    let retry_loop = StoredValue::new_local(Rc::new(RetryLoop {
        target: use_context_or_default(),
        policy: use_context_or_default(),
        drafts: use_context_or_default(),
        on_accepted,
        state,
        submitted: RefCell::new(pending.map(|pending| (pending.submission(), pending.pressed_at))),
        started_at: Cell::new(Timestamp::UNIX_EPOCH),
        timer: RefCell::new(None),
        request_number: Cell::new(0),
        in_flight: Cell::new(false),
        stopped: Cell::new(false),
    }));
    on_cleanup(move || retry_loop.with_value(|retry_loop| retry_loop.stop()));
    Submitter { state, retry_loop }
}

impl Submitter {
    /// What became of the last submission.
    #[must_use]
    pub fn state(self) -> ReadSignal<SubmissionState> {
        self.state.read_only()
    }

    /// What was sent last, or left unanswered.
    #[must_use]
    pub fn submitted(self) -> Option<Submission> {
        self.retry_loop
            .with_value(|retry_loop| retry_loop.submitted.borrow().as_ref().map(|(sent, _)| sent.clone()))
    }

    /// Sends a submission, unless a request is in flight.
    pub fn send(self, submission: Submission) {
        let retry_loop = self.retry_loop.get_value();
        if !retry_loop.in_flight.get() {
            retry_loop.submitted.replace(Some((submission, clock::now())));
            self.state.set(SubmissionState::Sent);
            retry_loop.start();
        }
    }

    /// Sends the unanswered submission again, now, unless a request is in flight.
    pub fn send_again(self) {
        let retry_loop = self.retry_loop.get_value();
        if !retry_loop.in_flight.get() {
            if !self.state.with_untracked(SubmissionState::is_retrying) {
                self.state.set(SubmissionState::Sent);
            }
            retry_loop.start();
        }
    }

    /// Takes back what the console said: the operator corrected something.
    pub fn reset(self) {
        self.state.set(SubmissionState::Idle);
    }

    /// Gives up the unanswered submission. It may have arrived all the same.
    pub fn forget(self) {
        self.retry_loop.with_value(|retry_loop| retry_loop.forget());
    }
}

struct RetryLoop {
    target: DispatchTarget,
    policy: RetryPolicy,
    drafts: Drafts,
    on_accepted: Callback<Deploy>,
    state: RwSignal<SubmissionState>,
    /// The submission, and when Deploy was clicked.
    submitted: RefCell<Option<(Submission, Timestamp)>>,
    /// When the minute began.
    started_at: Cell<Timestamp>,
    /// The next request, or the time-out of this one.
    timer: RefCell<Option<Timeout>>,
    /// Counts requests; a refusal of any but the last is ignored.
    request_number: Cell<u64>,
    in_flight: Cell<bool>,
    stopped: Cell<bool>,
}

impl RetryLoop {
    /// Starts a minute. What is sent is stored first: the page may be gone before the answer.
    fn start(self: Rc<Self>) {
        if let Some((submission, pressed_at)) = &*self.submitted.borrow() {
            pending_submission::save(submission, *pressed_at);
        }
        self.started_at.set(clock::now());
        self.send();
    }

    fn send(self: Rc<Self>) {
        let submission = self.submitted.borrow().as_ref().map(|(submission, _)| submission.clone());
        let Some(submission) = submission.filter(|_| !self.stopped.get()) else { return };
        let number = self.request_number.get() + 1;
        self.request_number.set(number);
        self.in_flight.set(true);
        let retry_loop = self.clone();
        self.set_timer(self.policy.timeout, move || {
            retry_loop.on_answer(number, Err(UiError::Unreachable));
        });
        let answer = self.target.send(submission);
        spawn_local(async move { self.on_answer(number, answer.await) });
    }

    /// When the owner is gone, an answer still decides what stays stored.
    fn on_answer(self: Rc<Self>, number: u64, answer: Result<Deploy, UiError>) {
        match answer {
            Ok(deploy) => self.accepted(deploy),
            Err(_) if number != self.request_number.get() || !self.in_flight.replace(false) => {}
            Err(UiError::Problem(problem)) if problem.code != ErrorCode::IdempotencyKeyInFlight => {
                self.refused(problem);
            }
            Err(UiError::Problem(_) | UiError::Unreachable) => self.schedule_retry(),
            // An earlier one may have arrived, so this stays the same request.
            Err(UiError::SignedOut) => {
                self.timer.take();
                self.set_unanswered(RetryState::SignedOut);
            }
        }
    }

    fn accepted(&self, deploy: Deploy) {
        self.forget();
        self.drafts.forget(&deploy.app, &deploy.environment);
        if !self.stopped.get() {
            self.stop();
            // The dialog may have been closed since: then the board shows the deploy.
            let _ = self.on_accepted.try_run(deploy);
        }
    }

    fn refused(&self, problem: Box<Problem>) {
        let state = SubmissionState::of(problem);
        if !state.is_locked() {
            self.forget();
        }
        if !self.stopped.get() {
            self.timer.take();
            self.state.set(state);
        }
    }

    fn schedule_retry(self: Rc<Self>) {
        if self.may_retry() {
            self.set_unanswered(RetryState::Retrying);
            let retry_loop = self.clone();
            self.set_timer(self.policy.interval, move || {
                if retry_loop.may_retry() {
                    retry_loop.send();
                }
            });
        }
    }

    /// Whether the minute is not over yet; says so when it is.
    fn may_retry(&self) -> bool {
        self.timer.take();
        if self.stopped.get() {
            return false;
        }
        let waited = clock::now().as_millisecond() - self.started_at.get().as_millisecond();
        let is_over = u128::try_from(waited).is_ok_and(|waited| waited >= self.policy.limit.as_millis());
        if is_over {
            self.set_unanswered(RetryState::GaveUp);
        }
        !is_over
    }

    fn set_unanswered(&self, retry: RetryState) {
        let pressed_at = self.submitted.borrow().as_ref().map(|(_, pressed_at)| *pressed_at);
        if let Some(pressed_at) = pressed_at {
            self.state.set(SubmissionState::Unanswered { pressed_at, retry });
        }
    }

    fn forget(&self) {
        if let Some((submission, _)) = &*self.submitted.borrow() {
            pending_submission::forget(&submission.key);
        }
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
