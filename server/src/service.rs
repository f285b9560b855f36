//! The one way to the rows. HTTP handlers, server functions and the reconciler all go through [`Console`].

pub(crate) mod access;
mod audit;
mod board;
mod callback;
mod commits;
mod credentials;
mod deploys;
mod doctor;
mod flags;
mod freezes;
mod github_webhook;
mod health;
mod insight;
mod protection;
mod range;
mod rehearsal;
mod single_flight;
mod versions;

use std::{sync::Arc, time::Duration};

use app::{
    api::{ErrorCode, ServiceError},
    domain::DeployId,
};
use jiff::SignedDuration;
use moka::sync::Cache;
use tokio_util::task::TaskTracker;

pub use callback::{Callback, CallbackAnswer};
pub use credentials::AccessService;
pub use deploys::polled::PolledDeploy;
use deploys::polled::PolledDeploys;
use deploys::usual::UsualTimes;
pub use deploys::view::deploy_view;
pub(crate) use deploys::{cancel::cancel_state, ended_run};
pub use doctor::{CallbackTest, Doctor};
pub use flags::FlagService;
pub use github_webhook::{Webhook, WebhookOutcome};
use health::journal_check::JournalCheck;
pub use health::journal_check::JournalState;
pub use health::overview::Overview;
use health::readiness::Readiness;
pub(crate) use protection::protection_view;
use single_flight::SingleFlight;
use versions::Comparisons;

use crate::{
    config::Apps,
    flags::Flags,
    tasks::{
        commit_reader::KnownCommits,
        feed::Feed,
        reconcile::{Claims, Reviews, Wake},
        version_watch::{Answers, Watch},
    },
};
use actions_identity::Verifier;
use github::Client;
use github_fake::SimulatedGitHub;
use runtime::{clock::SharedClock, fail_point::FailPoint};
use store::{RunPages, Store, StoreError, audit::CONSOLE};

/// How long a dispatch without the flag `CONSOLE_DEPLOY_ASYNC` waits for its run to appear. With GitHub's own 10 s and
/// the database it stays below 25 s, before the 30 s at which proxies give up.
pub const RUN_WAIT: Duration = Duration::from_secs(12);

/// Deploys whose app is remembered.
const APPS_KEPT: u64 = 10_000;

/// Everything that the console does, over one store and one GitHub.
pub struct Console {
    store: Arc<dyn Store>,
    github: Client,
    apps: Apps,
    /// Addresses of the pages of runs.
    run_pages: RunPages,
    flag_service: Arc<FlagService>,
    access: Arc<AccessService>,
    doctor: Arc<Doctor>,
    clock: SharedClock,
    rehearsal: Option<SimulatedGitHub>,
    /// Wakes the reconciler for a pass.
    wake: Wake,
    /// Where people open the console, without a slash at the end.
    public_url: String,
    /// Runs that claim a deploy and are not ours.
    claims: Claims,
    /// Who may review runs that wait on GitHub.
    reviews: Reviews,
    /// Publishes new entries of the journal.
    feed: Feed,
    /// The commits that environments themselves report.
    answers: Answers,
    /// The result of the last check of the journal.
    journal_check: JournalCheck,
    /// Looks for runs, one look-up per deploy at a time.
    lookups: SingleFlight,
    /// Asks GitHub to cancel runs, one request per deploy at a time.
    cancels: SingleFlight,
    /// What is known of commits, and what is to be read of them.
    commits: KnownCommits,
    /// Recent answers of GitHub about what lies between two commits.
    comparisons: Comparisons,
    /// Deploys that were polled lately.
    polled: PolledDeploys,
    /// The apps of deploys that callbacks came for.
    apps_of_deploys: Cache<DeployId, String>,
    /// How long steps usually take, as last computed.
    usual_times: UsualTimes,
    /// Requests to GitHub that are under way: they continue when the client has gone, and are waited for at the end.
    background: TaskTracker,
    /// Whether the database could be used at the last check.
    readiness: Readiness,
    run_wait: Option<Duration>,
    retention: SignedDuration,
    fail_point: FailPoint,
}

/// What a console is built from.
pub struct Deps {
    pub store: Arc<dyn Store>,
    pub github: Client,
    pub apps: Apps,
    /// What the file and the variables say of the flags.
    pub flags: Flags,
    pub clock: SharedClock,
    /// Tests whether callbacks arrive.
    pub callback_test: CallbackTest,
    /// What identity tokens of callbacks are verified with; none, if no app takes them.
    pub identity: Option<Verifier>,
    /// The simulated GitHub, in a rehearsal.
    pub rehearsal: Option<SimulatedGitHub>,
    /// How long a synchronous dispatch waits for its run to appear: [`RUN_WAIT`]; none: not at all.
    pub run_wait: Option<Duration>,
    /// Wakes the reconciler for one row.
    pub wake: Wake,
    /// Runs that claim a deploy and are not ours, as the reconciler finds them.
    pub claims: Claims,
    /// Who may review runs that wait on GitHub, as the reconciler finds them.
    pub reviews: Reviews,
    /// Where people open the console, without a slash at the end.
    pub public_url: String,
    /// How long deliveries, keys and sent messages are kept.
    pub retention: SignedDuration,
    /// Where to stop the process; for tests.
    pub fail_point: FailPoint,
}

impl Console {
    #[must_use]
    pub fn new(deps: Deps) -> Self {
        let Deps {
            store,
            github,
            apps,
            flags,
            clock,
            callback_test,
            identity,
            rehearsal,
            run_wait,
            wake,
            claims,
            reviews,
            public_url,
            retention,
            fail_point,
        } = deps;
        let flag_service = Arc::new(FlagService {
            store: Arc::clone(&store),
            flags,
            apps: apps.clone(),
            clock: Arc::clone(&clock),
        });
        let access = Arc::new(AccessService {
            store: Arc::clone(&store),
            apps: apps.clone(),
            clock: Arc::clone(&clock),
        });
        let doctor = Doctor::new(github.clone(), apps.clone(), callback_test, Arc::clone(&clock))
            .with_identity(identity);
        let feed = Feed::new(Arc::clone(&store));
        let run_pages = callback::run_pages(&apps, &github);
        Self {
            store,
            github,
            apps,
            run_pages,
            flag_service,
            access,
            doctor: Arc::new(doctor),
            clock,
            rehearsal,
            feed,
            answers: Answers::default(),
            journal_check: JournalCheck::default(),
            lookups: SingleFlight::default(),
            cancels: SingleFlight::default(),
            commits: KnownCommits::default(),
            comparisons: Comparisons::default(),
            polled: PolledDeploys::default(),
            apps_of_deploys: Cache::new(APPS_KEPT),
            usual_times: UsualTimes::default(),
            background: TaskTracker::new(),
            readiness: Readiness::default(),
            run_wait,
            wake,
            public_url,
            claims,
            reviews,
            retention,
            fail_point,
        }
    }

    /// The flags, for the command line, which runs without the rest of the console.
    #[must_use]
    pub const fn flag_service(&self) -> &Arc<FlagService> {
        &self.flag_service
    }

    /// Tokens and sessions, for the command line too.
    #[must_use]
    pub const fn access(&self) -> &Arc<AccessService> {
        &self.access
    }

    /// What is in the way of a first deploy.
    #[must_use]
    pub const fn doctor(&self) -> &Arc<Doctor> {
        &self.doctor
    }

    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// Publishes new entries of the journal.
    #[must_use]
    pub const fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The task that asks environments at this interval which commit they run.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn version_watch(
        &self,
        period: Duration,
    ) -> Result<Watch, impl std::error::Error + Send + Sync + use<>> {
        Watch::new(self.apps.clone(), self.answers.clone(), Arc::clone(&self.clock), period)
    }

    /// Waits until no request to GitHub is under way. None may be started after this.
    pub async fn drain(&self) {
        self.background.close();
        self.background.wait().await;
    }
}

/// When to retry a request that found the database busy.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Logs the cause, and does not send it.
pub(crate) fn from_store(error: StoreError) -> ServiceError {
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    match error {
        StoreError::FileReplaced => {
            tracing::error!("{error}: restart on the one that is to be used, or put this one back");
            ServiceError::new(ErrorCode::DatabaseUnavailable)
                .with_retry_after(RETRY_AFTER)
                .with_detail("Its file was deleted or replaced.")
        }
        StoreError::Unavailable(_) | StoreError::Conflict(_) => {
            tracing::warn!(cause, "{error}");
            ServiceError::new(ErrorCode::DatabaseUnavailable).with_retry_after(RETRY_AFTER)
        }
        StoreError::ImpossibleRow(_) | StoreError::Invariant(_) | StoreError::Other(_) => {
            tracing::error!(cause, "{error}");
            ServiceError::new(ErrorCode::Internal)
        }
    }
}
