//! From configuration to a server that answers, and to its end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actions_identity::{Issuer, Verifier};
use app::api::ServiceError;
use github::{AppCredentials, Client, Credentials, GitHubConfig};
use github_fake::{RegisteredApp, Settings, SimulatedGitHub};
use leptos::config::LeptosOptions;
use prometheus::IntCounter;
use runtime::{
    Task,
    clock::{SharedClock, SystemClock},
    fail_point::FailPoint,
    supervisor::{Group, Supervisor, TaskEnded},
};
use sign_in::{GitHubOAuthSettings, Provider};
use store::{
    self, Announce, DatabaseSystem, DatabaseUrl, FileLock, RolledBack, SchemaError, Store, StoreError,
    audit::Chain,
};
use tokio::{net::TcpListener, time::timeout};
use webhook::SigningSecrets;

use crate::{
    access::{Access, AccessDeps},
    audit::AuditError,
    config::{
        Apps, CallbackSecrets, Config, ConfigError, GitHubOAuthApp, REHEARSAL_OWNER, REHEARSAL_WORKFLOWS,
        SignInConfig,
    },
    http::{Forged, Hosts, IdentityGate, WebhookGate},
    listen::{
        self,
        limits::{Limits, Streams},
    },
    metrics::Metrics,
    router::{router, state::AppState},
    service::{CallbackTest, Console, Deps, RUN_WAIT},
    tasks::{
        approvals,
        feed::Feed,
        notify::{self, Notifier},
        protection,
        reconcile::{PERIOD, Reconciler, Wake},
        version_watch,
    },
};

/// From one head of the journal in the log to the next.
const A_DAY: Duration = Duration::from_hours(24);
/// The environment about which the GitHub of a rehearsal asks the console, in each repository.
const GUARDED: &str = "production";
/// After a background task has ended: for a load balancer to read why at `/readyz`, and to send requests elsewhere.
const NOTICE: Duration = Duration::from_secs(2);
/// For the database to take back its connections.
const CLOSE_DEADLINE: Duration = Duration::from_secs(3);

/// Why the server did not start or did not end well, in one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something that was configured is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error("DATABASE_URL: {0}.")]
    Database(String),
    /// The journal cannot be looked at, or is not whole.
    #[error("{0}.")]
    Audit(#[from] AuditError),
    /// What the command line asked for was refused: the sentence for people.
    #[error("{}{}", .0.code.title(), .0.detail.as_ref().map(|detail| format!(" {detail}.")).unwrap_or_default())]
    Refused(Box<ServiceError>),
    /// The doctor found something in the way of deploys; the lines that say what are on standard output.
    #[error("{0} {word} in the way of deploys.", word = if *.0 == 1 { "problem is" } else { "problems are" })]
    Doctor(usize),
    /// It was told to stop a second time.
    #[error("stopped at once, as it was told twice; what was under way was cut off.")]
    ToldTwice,
    /// A part of the server ended by itself; the rest was stopped.
    #[error("stopped, because {0}.")]
    Task(#[from] TaskEnded),
    /// Anything else that the machine refuses.
    #[error("{what}: {source}.")]
    Machine {
        /// What was tried.
        what: String,
        /// What the machine said.
        source: std::io::Error,
    },
}

/// A console that is ready to answer.
pub struct Server {
    listener: TcpListener,
    state: AppState,
    notifier: Notifier,
    reconciler: Reconciler,
    wake: Wake,
    versions_every: Duration,
    store: Arc<dyn Store>,
    limits: Limits,
    /// Given back after the store is closed.
    _lock: Option<FileLock>,
}

/// What a server is made of.
pub struct Setup {
    /// What every command needs.
    pub config: Config,
    pub apps: Apps,
    /// The database, migrated or not.
    pub database: DatabaseUrl,
    /// What callbacks are signed with.
    pub secrets: CallbackSecrets,
    /// What GitHub signs webhooks with; none: no webhook is taken.
    pub webhook_secrets: Option<SigningSecrets>,
    pub github: GitHubMode,
    /// Counts the lines that the log dropped.
    pub dropped_lines: IntCounter,
}

/// Which GitHub the console speaks to.
pub enum GitHubMode {
    /// The real one.
    Real {
        github: GitHubConfig,
        /// Who signs the identity tokens of its workflows.
        actions_issuer: Issuer,
    },
    /// A simulated one, that takes this long for a phase and runs jobs or not.
    Simulated {
        /// How long each phase of a job takes.
        pace: Duration,
        /// Whether jobs run.
        jobs: bool,
    },
}

impl GitHubMode {
    /// From one pass of the reconciler to the next. In a rehearsal requests are not limited, and the period follows
    /// the pace of the phases.
    fn reconcile_every(&self) -> Duration {
        match self {
            Self::Real { .. } => PERIOD,
            Self::Simulated { pace, .. } => (*pace * 2).clamp(Duration::from_millis(100), PERIOD),
        }
    }
}

impl Server {
    /// Listens, migrates, and puts the parts together.
    ///
    /// # Errors
    /// If anything keeps the server from starting.
    pub async fn start(setup: Setup) -> Result<Self, StartError> {
        let Setup { config, apps, database, secrets, webhook_secrets, github, dropped_lines } = setup;
        let listener = listen(config.listen).await?;
        let address = listener.local_addr().map_err(|source| machine("CONSOLE_LISTEN", source))?;
        let announce = notify::announce(&config.notify);
        let clock: SharedClock = Arc::new(SystemClock);
        let lock = store::lock(&database).map_err(|error| unusable(&database, &error))?;
        let supervisor = Supervisor::new(config.fail_point.clone());
        check_grants(&config.sign_in, &apps)?;
        let store = open_store(&database, config.fail_point.clone(), announce.clone(), &supervisor).await?;
        record_rolled_back(&database, &*store, &clock).await?;
        let console_url = config.public_url.unwrap_or_else(|| format!("http://{address}"));
        let reconcile_every = github.reconcile_every();
        let versions_every = reconcile_every.min(version_watch::PERIOD);
        let Connected { github, actions_issuer, rehearsal } =
            connect(github, console_url.clone(), secrets.common(), &clock).await?;
        if let (Some(rehearsal), Some(secrets)) = (&rehearsal, &webhook_secrets) {
            let sent =
                rehearsal.send_webhooks(&format!("{console_url}/api/github/webhooks"), secrets.clone());
            sent.map_err(|source| machine("simulated GitHub", source))?;
            for app in apps.iter() {
                rehearsal.protect(&app.repo, GUARDED);
            }
        }
        let identity = identity(&apps, actions_issuer, &console_url, &clock)?;
        let apps = match &rehearsal {
            Some(rehearsal) => {
                for app in apps.iter().filter(|app| !app.callback_identity.takes_signatures()) {
                    rehearsal.report_by_identity(&app.repo);
                }
                apps.with_versions_at(|app, environment| rehearsal.version_url(&app.repo, environment))
            }
            None => apps,
        };
        let github = github.with_answers_kept(apps.answers_to_keep());
        github.expect_repositories(apps.iter().map(|app| app.repo.as_str())).await;
        let access = Access::new(AccessDeps {
            provider: provider(&config.sign_in, &github, &console_url, &clock)?,
            sign_in: config.sign_in,
            proxies: config.proxies,
            grants: apps.grants().clone(),
            is_https: console_url.starts_with("https:"),
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
        });
        let hosts = Hosts::new(Some(&console_url), address);
        let callback_test =
            CallbackTest::new(console_url.clone(), secrets.common().cloned(), rehearsal.is_some());
        let notify_deps = notify::NotifyDeps {
            store: Arc::clone(&store),
            apps: apps.clone(),
            is_rehearsal: rehearsal.is_some(),
            public_url: console_url.clone(),
            clock: Arc::clone(&clock),
        };
        let notifier = Notifier::new(config.notify, announce, notify_deps).map_err(no_tls)?;
        let mut reconciler =
            Reconciler::new(Arc::clone(&store), github.clone(), apps.clone(), Arc::clone(&clock));
        reconciler.period = reconcile_every;
        let wake = reconciler.wake.clone();
        let (claims, reviews) = (reconciler.claims.clone(), reconciler.reviews.clone());
        let deps = Deps {
            store: Arc::clone(&store),
            github,
            apps,
            flags: config.flags,
            clock,
            callback_test: callback_test.map_err(no_tls)?,
            identity: identity.clone(),
            rehearsal,
            run_wait: Some(RUN_WAIT),
            wake: wake.clone(),
            claims,
            reviews,
            public_url: console_url,
            retention: config.retention,
            fail_point: config.fail_point,
        };
        let limits = Limits::of_this_process();
        let state = AppState {
            console: Arc::new(Console::new(deps)),
            access: Arc::new(access),
            secrets,
            identity: IdentityGate::new(identity),
            hosts,
            forged: Forged::default(),
            webhooks: WebhookGate::new(webhook_secrets),
            metrics: Metrics::new(dropped_lines)
                .map_err(|error| machine("metrics", std::io::Error::other(error)))?,
            leptos: leptos_options(address),
            streams: Streams::new(limits.streams),
            supervisor,
        };
        tracing::info!("listening on http://{address}");
        Ok(Self { listener, state, notifier, reconciler, wake, versions_every, store, limits, _lock: lock })
    }

    /// Answers until `stop`, or until a background task ends; then lets what is under way end, and stops the rest
    /// in order: what others still need stops last.
    ///
    /// # Errors
    /// If what was under way did not end in time, or a background task ended.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), StartError> {
        let console = Arc::clone(&self.state.console);
        let supervisor = self.state.supervisor.clone();
        let (tasks, senders) = (supervisor.group(), supervisor.group());
        begin(&console, self.versions_every, &tasks)?;
        let access = Arc::clone(&self.state.access);
        tasks.spawn(Task::EndedSessions, async move { access.recall.run().await });
        let (reconciler, wake) = (self.reconciler, self.wake);
        tasks.spawn(Task::Reconciler, async move { reconciler.run(&wake).await });
        self.notifier.start(&senders);
        let stop = stopped(stop, supervisor.clone(), console.feed().clone());
        let served =
            listen::serve(self.listener, router(self.state), self.limits, stop, console.drain()).await;
        if served.is_ok() {
            console.drain().await;
        }
        tasks.stop().await;
        senders.stop().await;
        if timeout(CLOSE_DEADLINE, self.store.close()).await.is_err() {
            tracing::warn!("the database did not take its connections back in time");
        }
        served.map_err(|source| machine("stopped", source))?;
        supervisor.ended().map_or(Ok(()), |ended| Err(ended.into()))
    }
}

/// Where people sign in, if the console asks a provider itself. It is not asked before somebody signs in.
fn provider(
    sign_in: &SignInConfig,
    github: &Client,
    console_url: &str,
    clock: &SharedClock,
) -> Result<Option<Provider>, ConfigError> {
    let redirect = format!("{console_url}/auth/callback");
    let wrong = |key: &str, error: &dyn std::fmt::Display| {
        ConfigError::new(key, error.to_string(), "See docs/operating/sign-in.md")
    };
    let redirect = redirect.parse().map_err(|error| wrong("CONSOLE_PUBLIC_URL", &error))?;
    match sign_in {
        SignInConfig::None | SignInConfig::Proxy(_) | SignInConfig::Rehearsal => Ok(None),
        SignInConfig::Oidc(settings) => Provider::oidc(settings.clone(), redirect, Arc::clone(clock))
            .map(Some)
            .map_err(|error| wrong("OIDC_ISSUER", &error)),
        SignInConfig::GitHub(GitHubOAuthApp { client_id, client_secret }) => {
            let settings = GitHubOAuthSettings {
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                api_url: github.api_url().clone(),
                web_url: github.web_url().parse().map_err(|error| wrong("GITHUB_API_URL", &error))?,
            };
            let provider = Provider::github(settings, redirect, Arc::clone(clock));
            provider.map(Some).map_err(|error| wrong("GITHUB_API_URL", &error))
        }
    }
}

/// Where people sign in, somebody has to be able to do everything.
fn check_grants(sign_in: &SignInConfig, apps: &Apps) -> Result<(), ConfigError> {
    if !sign_in.asks() || apps.grants().have_admin() {
        return Ok(());
    }
    let fix = "Add a [[grant]] with role = \"admin\" and whom it is for, such as to = [\"user:NAME\"]";
    Err(ConfigError::new("CONSOLE_CONFIG", "grants nobody the role admin, and people sign in", fix))
}

/// Begins the background tasks.
fn begin(console: &Arc<Console>, versions_every: Duration, tasks: &Group) -> Result<(), StartError> {
    let watch = console.version_watch(versions_every).map_err(no_tls)?;
    let (feed, commits) = (console.feed().clone(), console.commit_reader());
    tasks.spawn(Task::JournalHeads, announce_heads(Arc::clone(console)));
    tasks.spawn(Task::Approvals, approvals::settle(Arc::clone(console)));
    tasks.spawn(Task::Protection, protection::settle(Arc::clone(console)));
    tasks.spawn(Task::VersionWatch, async move { watch.run().await });
    tasks.spawn(Task::CommitReader, async move { commits.run().await });
    tasks.spawn(Task::Feed, async move { feed.run().await });
    Ok(())
}

/// Waits until the server is to stop, and ends the streams: they would never end by themselves.
async fn stopped(stop: impl Future<Output = ()>, supervisor: Supervisor, feed: Feed) {
    let ended = async {
        supervisor.any_ended().await;
        tokio::time::sleep(NOTICE).await;
    };
    tokio::select! {
        () = stop => {}
        () = ended => {}
    }
    feed.close();
}

/// Logs the head of the journal, now and once a day: with the log the operator keeps an anchor that cannot be
/// changed through the database. Checks the journal each time, too.
async fn announce_heads(console: Arc<Console>) {
    let mut days = tokio::time::interval(A_DAY);
    loop {
        days.tick().await;
        match console.journal_head().await {
            Ok(Chain { length, head }) => tracing::info!(entries = length, hash = head, "journal head"),
            Err(error) => tracing::warn!(%error, "the journal head cannot be read"),
        }
        if let Err(error) = console.prune().await {
            tracing::warn!(%error, "old deliveries, keys and messages could not be taken away");
        }
        console.check_journal().await;
    }
}

/// How pages find their script: by the names that the build gives it.
#[must_use]
pub fn leptos_options(address: SocketAddr) -> LeptosOptions {
    LeptosOptions::builder().output_name("frontend").site_pkg_dir("pkg").site_addr(address).build()
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let what =
        || format!("CONSOLE_LISTEN: cannot listen on {address}; end what uses it, or set another address");
    TcpListener::bind(address).await.map_err(|source| machine(what(), source))
}

async fn open_store(
    database: &DatabaseUrl,
    fail_point: FailPoint,
    announce: Announce,
    supervisor: &Supervisor,
) -> Result<Arc<dyn Store>, StartError> {
    migrate(database, None).await?;
    check_writable(database).await?;
    let opened = store::open_with_outbox(database, fail_point, announce, supervisor).await;
    opened.map_err(|error| unusable(database, &error))
}

/// A SQLite file that cannot be written to is refused. A Postgres server may be failing over: `/readyz` says so.
async fn check_writable(database: &DatabaseUrl) -> Result<(), StartError> {
    if database.system() == DatabaseSystem::Postgres {
        return Ok(());
    }
    // Not by the store that serves, whose writes a fail point may stop.
    let store = store::open(database, FailPoint::default()).await;
    let store = store.map_err(|error| unusable(database, &error))?;
    let written = store.probe().await;
    store.close().await;
    match written {
        Err(error) if !error.is_busy() => Err(unwritable(database, &error)),
        Err(error) => {
            tracing::warn!(%error, "the database cannot be written to yet");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn unwritable(database: &DatabaseUrl, error: &StoreError) -> StartError {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    StartError::Database(format!("{database} cannot be written to: {cause}"))
}

/// What a migration down ended is borne out by the journal from here on.
async fn record_rolled_back(
    database: &DatabaseUrl,
    store: &dyn Store,
    clock: &SharedClock,
) -> Result<(), StartError> {
    let recorded = store.record_rolled_back(clock.now()).await;
    let unusable = |error| StartError::Database(format!("{database} cannot be written to: {error}"));
    for RolledBack { id, was, .. } in recorded.map_err(unusable)? {
        tracing::warn!(deploy_id = %id, %was, "a migration to an older schema ended this deploy; recorded now");
    }
    Ok(())
}

/// Brings the database to the schema of this build, or back to an older migration.
///
/// # Errors
/// If it cannot be.
pub async fn migrate(database: &DatabaseUrl, down_to: Option<i64>) -> Result<(), StartError> {
    store::migrate(database, down_to).await.map_err(|error| unusable(database, &error))
}

fn unusable(database: &DatabaseUrl, error: &SchemaError) -> StartError {
    StartError::Database(format!("{database} {error}"))
}

/// Opens a database that is there and has a schema that this build can work on, changing nothing.
///
/// # Errors
/// If it is not there, or has another schema.
pub async fn open_existing(database: &DatabaseUrl) -> Result<Arc<dyn Store>, StartError> {
    let store =
        store::open(database, FailPoint::default()).await.map_err(|error| unusable(database, &error))?;
    let wrong_schema = |_| {
        let fix = "start the build that it belongs to, or run `deploy-console migrate`";
        StartError::Database(format!("{database} does not have the schema of this build; {fix}"))
    };
    store.check().await.map_err(wrong_schema)?;
    Ok(store)
}

/// Verifies identity tokens of workflows, if any app takes them.
///
/// # Errors
/// If the machine has no TLS to offer.
pub fn identity(
    apps: &Apps,
    issuer: Issuer,
    console_url: &str,
    clock: &SharedClock,
) -> Result<Option<Verifier>, StartError> {
    if !apps.iter().any(|app| app.callback_identity.takes_tokens()) {
        return Ok(None);
    }
    Verifier::new(issuer, console_url.to_owned(), Arc::clone(clock)).map(Some).map_err(no_tls)
}

/// The GitHub that the console speaks to.
struct Connected {
    github: Client,
    actions_issuer: Issuer,
    rehearsal: Option<SimulatedGitHub>,
}

async fn connect(
    github: GitHubMode,
    console_url: String,
    secrets: Option<&SigningSecrets>,
    clock: &SharedClock,
) -> Result<Connected, StartError> {
    let (config, actions_issuer, rehearsal) = match github {
        GitHubMode::Real { github, actions_issuer } => (github, actions_issuer, None),
        GitHubMode::Simulated { pace, jobs } => {
            let fix = "Set it to any text, or unset it to have one made up";
            let missing = || ConfigError::new("DEPLOY_CALLBACK_HMAC_SECRET", "is not set", fix);
            let secrets = secrets.cloned().ok_or_else(missing)?;
            let settings = Settings { console_url, secrets, pace, jobs };
            let simulated = SimulatedGitHub::start(settings)
                .await
                .map_err(|source| machine("simulated GitHub", source))?;
            for (repo, name, text) in REHEARSAL_WORKFLOWS {
                let written = simulated.write_workflow(repo, name, text);
                written.map_err(|error| machine(name, std::io::Error::other(error)))?;
            }
            tracing::info!("simulated GitHub on {}", simulated.url());
            let api_url = simulated
                .url()
                .parse()
                .map_err(|error| machine("simulated GitHub", std::io::Error::other(error)))?;
            let config = GitHubConfig { api_url, credentials: rehearsed_app(&simulated)? };
            let issuer = simulated.identity_issuer().parse();
            let issuer = issuer.map_err(|error| machine("simulated GitHub", std::io::Error::other(error)))?;
            (config, issuer, Some(simulated))
        }
    };
    let github = Client::new(config, Arc::clone(clock)).map_err(no_tls)?;
    Ok(Connected { github, actions_issuer, rehearsal })
}

/// In a rehearsal the console is an App, as it should be in earnest.
fn rehearsed_app(simulated: &SimulatedGitHub) -> Result<Credentials, StartError> {
    let RegisteredApp { id, private_key } =
        simulated.register_app().map_err(|source| machine("simulated GitHub", source))?;
    let app = AppCredentials::new(id, &private_key);
    let app = app.map_err(|error| machine("simulated GitHub", std::io::Error::other(error)))?;
    simulated.install_app(REHEARSAL_OWNER);
    Ok(Credentials::App(app))
}

/// That the machine has no TLS to offer.
pub fn no_tls(error: impl std::error::Error + Send + Sync + 'static) -> StartError {
    machine("TLS", std::io::Error::other(error))
}

fn machine(what: impl Into<String>, source: std::io::Error) -> StartError {
    StartError::Machine { what: what.into(), source }
}
