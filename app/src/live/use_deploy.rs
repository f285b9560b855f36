//! One deploy as it is shown: follows it by polling, and never goes back.

use leptos::prelude::*;

use super::{
    poll::{Begin, Next, Pace, Polled, use_poll},
    source::{Answer, DeploySource, PollBesideNews, PollEvery, injected},
};
use crate::{
    api::{GitHubTrouble, PollAnswer, UiError},
    clock,
    domain::{Deploy, DeployId, Timestamp, Usual},
};

/// What is known of a deploy, and how fresh that is.
#[derive(Clone, Copy)]
pub struct Watch {
    /// The newest answer.
    pub deploy: ReadSignal<Deploy>,
    /// When the server was last heard, by the browser's clock. None until the page is hydrated.
    pub heard_at: ReadSignal<Option<Timestamp>>,
    /// Why the last poll failed, if it did.
    pub trouble: ReadSignal<Option<UiError>>,
    /// Why GitHub's record cannot be read, as the newest answer says.
    pub github: ReadSignal<Option<GitHubTrouble>>,
    /// How long its steps usually take, as the newest answer says.
    pub usual: ReadSignal<Vec<Usual>>,
    /// Hears of a newer state of the deploy than the one that is shown.
    pub hear: Callback<Deploy>,
}

impl Watch {
    /// Whether something can still happen.
    #[must_use]
    pub fn is_live(self) -> Signal<bool> {
        Memo::new(move |_| self.deploy.with(Deploy::is_live)).into()
    }
}

/// Follows `first` until it ends or the owner goes.
#[must_use]
pub fn use_watch(first: impl Into<PollAnswer>) -> Watch {
    let PollAnswer { deploy: first, github, usual } = first.into();
    let live = first.is_live();
    let (deploy, set_deploy) = signal(first);
    let (heard_at, set_heard_at) = signal(None);
    let (trouble, set_trouble) = signal(None);
    let (github, set_github) = signal(github);
    let (usual, set_usual) = signal(usual);
    if live {
        Effect::new(move || set_heard_at.set(Some(clock::now())));
        let source = injected::<DeploySource>();
        let (PollEvery(alone), PollBesideNews(beside_news)) = (injected(), injected());
        let followed =
            Followed { source, deploy, set_deploy, set_heard_at, set_trouble, github, set_github, set_usual };
        use_poll(Pace { alone, beside_news }, Begin::AtOnce, followed);
    }
    let hear = Callback::new(move |newer| take_if_newer(deploy, set_deploy, newer));
    Watch { deploy, heard_at, trouble, github, usual, hear }
}

#[derive(Clone)]
struct Followed {
    source: DeploySource,
    deploy: ReadSignal<Deploy>,
    set_deploy: WriteSignal<Deploy>,
    set_heard_at: WriteSignal<Option<Timestamp>>,
    set_trouble: WriteSignal<Option<UiError>>,
    github: ReadSignal<Option<GitHubTrouble>>,
    set_github: WriteSignal<Option<GitHubTrouble>>,
    set_usual: WriteSignal<Vec<Usual>>,
}

impl Polled for Followed {
    type Answer = PollAnswer;

    fn ask(&self) -> Answer<PollAnswer> {
        self.source.read(self.deploy.with_untracked(|deploy| deploy.id))
    }

    fn concerns(&self, deploy: DeployId) -> bool {
        self.deploy.with_untracked(|shown| shown.id == deploy)
    }

    /// That GitHub can be read again is in no journal; and a run that is not known is looked for when it is asked for.
    fn awaits_what_is_not_told(&self) -> bool {
        self.github.with_untracked(Option::is_some)
            || self.deploy.with_untracked(|deploy| deploy.github_run_id.is_none())
    }

    fn hear(&self, answer: Result<PollAnswer, UiError>) -> Next {
        match answer {
            Ok(answer) => self.accept(answer),
            Err(error) => self.set_trouble.set(Some(error)),
        }
        if self.deploy.with_untracked(Deploy::is_live) { Next::Again } else { Next::Stop }
    }
}

impl Followed {
    fn accept(&self, PollAnswer { deploy, github, usual }: PollAnswer) {
        self.set_heard_at.set(Some(clock::now()));
        self.set_trouble.maybe_update(|trouble| trouble.take().is_some());
        self.set_github.maybe_update(|shown| {
            let changed = *shown != github;
            *shown = github;
            changed
        });
        self.set_usual.maybe_update(|shown| {
            let changed = *shown != usual;
            *shown = usual;
            changed
        });
        take_if_newer(self.deploy, self.set_deploy, deploy);
    }
}

/// An answer that was overtaken is dropped: what is shown never goes back.
fn take_if_newer(shown: ReadSignal<Deploy>, set: WriteSignal<Deploy>, deploy: Deploy) {
    if deploy.version > shown.with_untracked(|shown| shown.version) {
        set.set(deploy);
    }
}
