//! `deploy-console`: reads its configuration, runs the command, and says in one line why it cannot.

use std::{
    env,
    io::Write,
    process::{self, ExitCode},
    sync::Arc,
};

use app::{
    api::{
        Ask, CheckResult, DoctorApi, ErrorCode, FlagsApi, Promote, ServiceError, SessionsApi, TokenRequest,
        TokensApi,
    },
    domain::Caller,
};
use clap::Parser;
use runtime::clock::{SharedClock, SystemClock};
use server::{
    access::commands,
    app_manifest,
    audit::{self, AuditError},
    cli::{
        self, AppCommand, Audit, Cli, Command, FlagCommand, Rehearse, SessionCommand, Switch, TokenCommand,
    },
    config::{self, Apps, Config, ConfigError, ServeConfig, SignInConfig},
    doctor,
    flags::{self, Flags},
    log::Log,
    run::{self, GitHubMode, Server, Setup, StartError},
    service::{AccessService, CallbackTest, Doctor, FlagService},
};
use store::{self, DatabaseUrl, audit::Chain};
use tempfile::TempDir;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use webhook::SigningSecrets;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = match start_log() {
        Ok(log) => log,
        Err(error) => {
            #[allow(clippy::print_stderr, reason = "there is no log yet")]
            {
                eprintln!("deploy-console: {error}");
            }
            return ExitCode::FAILURE;
        }
    };
    let Err(error) = run_command(cli.command.unwrap_or(Command::Serve), &log).await else {
        return ExitCode::SUCCESS;
    };
    log.print(&format!("deploy-console: {error}"));
    drop(log);
    // Not by returning: the runtime would wait for any work that blocks one of its threads.
    process::exit(1)
}

fn variable(key: &str) -> Option<String> {
    env::var(key).ok()
}

async fn run_command(command: Command, log: &Log) -> Result<(), StartError> {
    match command {
        Command::Serve => serve(serve_setup(log)?).await,
        Command::Rehearse(options) => {
            // Kept until the server has stopped, and then deleted with the database in it.
            let folder = TempDir::with_prefix("deploy-console-").map_err(|source| StartError::Machine {
                what: "cannot make a temporary folder".to_owned(),
                source,
            })?;
            serve(rehearsal_setup(&options, &folder, log)?).await
        }
        Command::Migrate { down_to } => migrate(down_to).await,
        Command::Flag { command } => flag(command).await,
        Command::Token { command } => token(command).await,
        Command::App { command: AppCommand::Manifest { name } } => app_manifest(&name),
        Command::Session { command: SessionCommand::Revoke { name } } => revoke_sessions(&name).await,
        Command::Audit { command } => audit(command).await,
        Command::Doctor(options) => doctor(&options).await,
    }
}

fn serve_setup(log: &Log) -> Result<Setup, ConfigError> {
    let config = Config::read(&variable, Flags::shipped()?)?;
    if matches!(config.sign_in, SignInConfig::Rehearsal) {
        let problem = "`rehearsal` lets everybody be everybody";
        return Err(ConfigError::new("CONSOLE_SIGN_IN", problem, "Write oidc, github or proxy"));
    }
    let ServeConfig { apps, database, github, actions_issuer, secrets, webhook_secrets } =
        ServeConfig::read(&variable)?;
    Ok(Setup {
        config,
        apps,
        database,
        secrets,
        webhook_secrets,
        github: GitHubMode::Real { github, actions_issuer },
        dropped_lines: log.dropped(),
    })
}

fn rehearsal_setup(options: &Rehearse, folder: &TempDir, log: &Log) -> Result<Setup, ConfigError> {
    // A rehearsal shows what there is to see.
    let config = Config::read(&variable, Flags::shipped()?.all_on())?;
    let database = config::database_url(&variable)?;
    Ok(Setup {
        apps: Apps::rehearsal(!matches!(config.sign_in, SignInConfig::None))?,
        config,
        database: database.unwrap_or_else(|| DatabaseUrl::sqlite(&folder.path().join("rehearsal.db"))),
        secrets: config::signing_secrets(&variable)?.map_or_else(random_secret, Ok)?.into(),
        webhook_secrets: Some(config::webhook_secrets(&variable)?.map_or_else(random_secret, Ok)?),
        github: GitHubMode::Simulated { pace: options.pace, jobs: !options.no_jobs },
        dropped_lines: log.dropped(),
    })
}

fn random_secret() -> Result<SigningSecrets, ConfigError> {
    let text = format!("{:032x}", rand::random::<u128>());
    text.parse()
        .map_err(|_| ConfigError::new("DEPLOY_CALLBACK_HMAC_SECRET", "could not be made up", "Set it"))
}

/// Serves until it is told to stop. Told a second time, it waits for nothing.
async fn serve(setup: Setup) -> Result<(), StartError> {
    // Before any client can know that it listens: a signal that arrives right then ends it in order, too.
    let mut signals = StopSignals::listen();
    let server = Server::start(setup).await?;
    let stop = CancellationToken::new();
    let served = server.serve(stop.clone().cancelled_owned());
    let told_twice = async {
        signals.next().await;
        tracing::info!("stopping: no new requests; what is under way may end");
        stop.cancel();
        signals.next().await;
    };
    tokio::select! {
        served = served => served,
        () = told_twice => Err(StartError::ToldTwice),
    }
}

async fn migrate(down_to: Option<i64>) -> Result<(), StartError> {
    let database = config::database(&variable)?;
    if let Some(version) = down_to.filter(|version| !(0..=store::newest()).contains(version)) {
        let fix = format!("Write a number from 0 to {}", store::newest());
        let problem = format!("`{version}` is no migration of this build");
        return Err(ConfigError::new("--down-to", problem, fix).into());
    }
    run::migrate(&database, down_to).await
}

async fn flag(command: FlagCommand) -> Result<(), StartError> {
    let flag_service = FlagService {
        store: run::open_existing(&config::database(&variable)?).await?,
        flags: Flags::shipped()?.overridden(&variable)?,
        apps: config::apps(&variable)?,
        clock: Arc::new(SystemClock),
    };
    if let FlagCommand::Promote { flag, environment, to, without_observation } = command {
        let promote = Promote { flag, environment, is_on: to == Switch::On, without_observation };
        flag_service.promote(&Caller::command_line(), promote).await.map_err(|error| {
            let is_to_confirm = error.code == ErrorCode::FlagNotObserved;
            refused(if is_to_confirm { error.with_detail("Add --without-observation") } else { error })
        })?;
    }
    let reports = flag_service.flags(&Caller::command_line()).await.map_err(refused)?;
    std::io::stdout()
        .write_all(flags::table(&reports).as_bytes())
        .map_err(|source| StartError::Machine { what: "cannot print".to_owned(), source })
}

async fn token(command: TokenCommand) -> Result<(), StartError> {
    let (service, caller) = (access_service().await?, Caller::command_line());
    match command {
        TokenCommand::Create { name, role, app, environment, expires } => {
            let (apps, environments) = (app, environment);
            let request = TokenRequest { name, role, apps, environments, lifetime: expires };
            let made = service.create_token(&caller, request).await.map_err(refused)?;
            return print(&format!("{}\n", made.token));
        }
        TokenCommand::Revoke { name } => service.revoke_token(&caller, &name).await.map_err(refused)?,
        TokenCommand::List => {}
    }
    print(&commands::table(&service.tokens(&caller).await.map_err(refused)?))
}

fn app_manifest(name: &str) -> Result<(), StartError> {
    let Config { listen, public_url, .. } = Config::read(&variable, Flags::shipped()?)?;
    let manifest = app_manifest::manifest(name, &public_url.unwrap_or_else(|| format!("http://{listen}")));
    print(&format!("{manifest:#}\n"))
}

async fn revoke_sessions(person: &str) -> Result<(), StartError> {
    let service = access_service().await?;
    let ended = service.end_sessions(&Caller::command_line(), person).await.map_err(refused)?;
    print(&format!("{ended} ended\n"))
}

async fn access_service() -> Result<AccessService, StartError> {
    Ok(AccessService {
        store: run::open_existing(&config::database(&variable)?).await?,
        apps: config::apps(&variable)?,
        clock: Arc::new(SystemClock),
    })
}

fn refused(error: ServiceError) -> StartError {
    StartError::Refused(Box::new(error))
}

fn print(text: &str) -> Result<(), StartError> {
    let printed = std::io::stdout().write_all(text.as_bytes());
    printed.map_err(|source| StartError::Machine { what: "cannot print".to_owned(), source })
}

async fn doctor(options: &cli::Doctor) -> Result<(), StartError> {
    let Config { listen, public_url, .. } = Config::read(&variable, Flags::shipped()?)?;
    let ServeConfig { apps, github, actions_issuer, secrets, .. } = ServeConfig::read(&variable)?;
    let url = public_url.unwrap_or_else(|| format!("http://{listen}"));
    let clock: SharedClock = Arc::new(SystemClock);
    let github = github::Client::new(github, Arc::clone(&clock)).map_err(run::no_tls)?;
    let identity = run::identity(&apps, actions_issuer, &url, &clock)?;
    let callback_test = CallbackTest::new(url, secrets.common().cloned(), false).map_err(run::no_tls)?;
    let doctor = Doctor::new(github, apps, callback_test, clock).with_identity(identity);
    let report =
        doctor.examine(&Caller::command_line(), options.app.as_deref(), Ask::GitHub).await.map_err(|_| {
            let problem =
                format!("`{}` is no app of console.toml", options.app.as_deref().unwrap_or_default());
            ConfigError::new("doctor", problem, "Write the name of one, or none for all of them")
        })?;
    let text = if options.json { doctor::lines(&report) } else { doctor::table(&report) };
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|source| StartError::Machine { what: "cannot print".to_owned(), source })?;
    match report.count(CheckResult::Problem) {
        0 => Ok(()),
        problems => Err(StartError::Doctor(problems)),
    }
}

async fn audit(command: Audit) -> Result<(), StartError> {
    let database = config::database(&variable)?;
    let store = run::open_existing(&database).await?;
    let mut output = std::io::BufWriter::new(std::io::stdout());
    let done = match command {
        Audit::Verify { anchored } => match audit::verify(&*store, anchored.as_deref()).await {
            Ok(verified) => writeln!(output, "{verified}").map_err(AuditError::from),
            Err(error) => Err(error),
        },
        Audit::Export => audit::export(&*store, &mut output).await,
        Audit::Head => match audit::head(&*store).await {
            Ok(Chain { length, head }) => writeln!(output, "{length} {head}").map_err(AuditError::from),
            Err(error) => Err(error.into()),
        },
    };
    Ok(done.and_then(|()| output.flush().map_err(AuditError::from))?)
}

fn start_log() -> Result<Log, StartError> {
    let format = config::log_format(&variable)?;
    let filter = variable("RUST_LOG").filter(|text| !text.is_empty()).unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(&filter).map_err(|_| {
        let fix = "Write a level, or targets with levels, such as info or server=debug,info";
        ConfigError::new("RUST_LOG", format!("`{filter}` cannot be read"), fix)
    })?;
    Log::start(format, filter)
        .map_err(|source| StartError::Machine { what: "the log cannot be started".to_owned(), source })
}

/// SIGINT and SIGTERM, from when it was made.
struct StopSignals(Vec<Signal>);

impl StopSignals {
    fn listen() -> Self {
        let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        let listen = |signal: std::io::Result<Signal>| {
            signal.inspect_err(|error| tracing::warn!(%error, "a signal cannot be waited for")).ok()
        };
        Self(signals.into_iter().filter_map(listen).collect())
    }

    /// Waits for the next of either.
    async fn next(&mut self) {
        let arrivals = self.0.iter_mut().map(|signal| Box::pin(async { signal.recv().await.is_some() }));
        if arrivals.len() == 0 || !futures::future::select_all(arrivals).await.0 {
            std::future::pending().await
        }
    }
}
