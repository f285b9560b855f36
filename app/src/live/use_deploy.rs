//! One deploy as it is shown: follows it by polling, and never goes back.

use leptos::prelude::*;

use super::{
    poll::{FirstRequest, Next, PollIntervals, Polled, use_poll},
    source::{AnswerFuture, DeploySource, PollInterval, PollIntervalWithEvents, use_context_or_default},
};
use crate::{
    api::{Outcome, PollAnswer, RunWait, UiError},
    clock,
    domain::{Deploy, DeployId, DurationStats, GitHubOutage, MayApprove, Timestamp},
};

/// What is known of a deploy, and how fresh that is.
#[derive(Clone, Copy)]
pub struct DeploySignals {
    pub deploy: ReadSignal<Deploy>,
    /// When the server last answered, by the browser's clock. None until the page is hydrated.
    pub last_contact: ReadSignal<Option<Timestamp>>,
    /// Why the last poll failed, if it did.
    pub error: ReadSignal<Option<UiError>>,
    /// Why GitHub's record cannot be read, as the newest answer says.
    pub github: ReadSignal<Option<GitHubOutage>>,
    /// How long its steps usually take, as the newest answer says.
    pub usual: ReadSignal<Vec<DurationStats>>,
    /// Why the viewer may not end it, as the newest answer says.
    pub denied: ReadSignal<Option<String>>,
    /// Whether the viewer may approve or reject it, as the newest answer says.
    pub may_approve: ReadSignal<Option<MayApprove>>,
    /// What it left behind, as the newest answer says.
    pub outcome: ReadSignal<Option<Outcome>>,
    /// When it is cancelled unless it ends before, as the newest answer says.
    pub ends_at: ReadSignal<Option<Timestamp>>,
    /// What its run waits for on GitHub, as the newest answer says.
    pub wait: ReadSignal<Option<RunWait>>,
    /// Shows this state of the deploy, if it is newer than the one that is shown.
    pub show_newer: Callback<Deploy>,
}

impl DeploySignals {
    /// Whether something can still happen.
    #[must_use]
    pub fn is_live(self) -> Signal<bool> {
        Memo::new(move |_| self.deploy.with(Deploy::is_live)).into()
    }
}

/// Follows `first` until it ends or the owner goes. What comes to be known of its run after that is told by its page.
#[must_use]
pub fn use_deploy(first: impl Into<PollAnswer>) -> DeploySignals {
    let PollAnswer { deploy: first, github, usual, denied, may_approve, outcome, ends_at, wait } =
        first.into();
    let live = first.is_live();
    let (deploy, set_deploy) = signal(first);
    let (last_contact, set_last_contact) = signal(None);
    let (error, set_error) = signal(None);
    let (github, set_github) = signal(github);
    let (usual, set_usual) = signal(usual);
    let (denied, set_denied) = signal(denied);
    let (may_approve, set_may_approve) = signal(may_approve);
    let (outcome, set_outcome) = signal(outcome);
    let (ends_at, set_ends_at) = signal(ends_at);
    let (wait, set_wait) = signal(wait);
    if live {
        Effect::new(move || set_last_contact.set(Some(clock::now())));
        let source = use_context_or_default::<DeploySource>();
        let (PollInterval(without_events), PollIntervalWithEvents(with_events)) =
            (use_context_or_default(), use_context_or_default());
        let polled = DeployPoll {
            source,
            deploy,
            set_deploy,
            set_last_contact,
            set_error,
            github,
            set_github,
            set_usual,
            set_denied,
            set_may_approve,
            set_outcome,
            set_ends_at,
            set_wait,
        };
        use_poll(PollIntervals { without_events, with_events }, FirstRequest::Now, polled);
    }
    let show_newer = Callback::new(move |newer| set_if_newer(deploy, set_deploy, newer));
    DeploySignals {
        deploy,
        last_contact,
        error,
        github,
        usual,
        denied,
        may_approve,
        outcome,
        ends_at,
        wait,
        show_newer,
    }
}

#[derive(Clone)]
struct DeployPoll {
    source: DeploySource,
    deploy: ReadSignal<Deploy>,
    set_deploy: WriteSignal<Deploy>,
    set_last_contact: WriteSignal<Option<Timestamp>>,
    set_error: WriteSignal<Option<UiError>>,
    github: ReadSignal<Option<GitHubOutage>>,
    set_github: WriteSignal<Option<GitHubOutage>>,
    set_usual: WriteSignal<Vec<DurationStats>>,
    set_denied: WriteSignal<Option<String>>,
    set_may_approve: WriteSignal<Option<MayApprove>>,
    set_outcome: WriteSignal<Option<Outcome>>,
    set_ends_at: WriteSignal<Option<Timestamp>>,
    set_wait: WriteSignal<Option<RunWait>>,
}

impl Polled for DeployPoll {
    type Answer = PollAnswer;

    fn fetch(&self) -> AnswerFuture<PollAnswer> {
        self.source.read(self.deploy.with_untracked(|deploy| deploy.id))
    }

    fn concerns(&self, deploy: DeployId) -> bool {
        self.deploy.with_untracked(|shown| shown.id == deploy)
    }

    /// Whether it waits for a change that no event announces: GitHub can be read again, or a poll finds the run.
    fn awaits_unpushed(&self) -> bool {
        self.github.with_untracked(Option::is_some)
            || self.deploy.with_untracked(|deploy| deploy.github_run_id.is_none())
    }

    fn on_answer(&self, answer: Result<PollAnswer, UiError>) -> Next {
        match answer {
            Ok(answer) => self.accept(answer),
            Err(error) => self.set_error.set(Some(error)),
        }
        if self.deploy.with_untracked(Deploy::is_live) { Next::Again } else { Next::Stop }
    }
}

impl DeployPoll {
    fn accept(&self, answer: PollAnswer) {
        let PollAnswer { deploy, github, usual, denied, may_approve, outcome, ends_at, wait } = answer;
        self.set_last_contact.set(Some(clock::now()));
        self.set_error.maybe_update(|error| error.take().is_some());
        set_if_other(self.set_github, github);
        set_if_other(self.set_usual, usual);
        set_if_other(self.set_denied, denied);
        set_if_other(self.set_may_approve, may_approve);
        set_if_other(self.set_outcome, outcome);
        set_if_other(self.set_ends_at, ends_at);
        set_if_other(self.set_wait, wait);
        set_if_newer(self.deploy, self.set_deploy, deploy);
    }
}

fn set_if_other<T: PartialEq + Send + Sync + 'static>(shown: WriteSignal<T>, value: T) {
    shown.maybe_update(|shown| {
        let changed = *shown != value;
        *shown = value;
        changed
    });
}

/// An answer that was overtaken is dropped: what is shown never goes back. What a commit is may be learnt while the row
/// stays as it is.
fn set_if_newer(shown: ReadSignal<Deploy>, set: WriteSignal<Deploy>, deploy: Deploy) {
    let order = |deploy: &Deploy| (deploy.version, deploy.commit_details.is_some());
    if order(&deploy) > shown.with_untracked(order) {
        set.set(deploy);
    }
}
