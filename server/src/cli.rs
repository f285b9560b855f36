//! The command line.

use std::time::Duration;

use app::domain::{Flag, Role};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Follows deploys from the press of a button to healthy, on signed events and on nothing else.
#[derive(Debug, Parser)]
#[command(name = "deploy-console", version, after_help = VARIABLES)]
pub struct Cli {
    /// What to do; serve, if not said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the console.
    Serve,
    /// Serve the console with a simulated GitHub that runs workflows and posts real signed callbacks. Needs
    /// no file, no token and no network; keeps nothing unless DATABASE_URL is set.
    Rehearse(Rehearse),
    /// Bring the database to the schema of this build, or back to an older one.
    Migrate {
        /// The migration to go back to; 0 is the empty database. Newer rows are mapped as its script says.
        #[arg(long, value_name = "MIGRATION")]
        down_to: Option<i64>,
    },
    /// See what is switched on, and switch it.
    Flag {
        /// What to do with flags.
        #[command(subcommand)]
        command: FlagCommand,
    },
    /// Look for what is in the way of a first deploy: the token, each repository and workflow, and whether callbacks
    /// arrive. Nothing is started or changed. Ends with 1 if there is a problem.
    Doctor(Doctor),
    /// Make, list and revoke tokens, by which programs act.
    Token {
        /// What to do with tokens.
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// The GitHub App that the console can be.
    App {
        /// What to do.
        #[command(subcommand)]
        command: AppCommand,
    },
    /// End sessions of people.
    Session {
        /// What to do with sessions.
        #[command(subcommand)]
        command: SessionCommand,
    },
    /// Look at the journal: every act of the console, chained by hashes.
    Audit {
        /// What to do with it.
        #[command(subcommand)]
        command: Audit,
    },
}

/// Which apps to look at, and how to say what was found.
#[derive(Args, Debug)]
pub struct Doctor {
    /// The app, as console.toml names it; every app, if not said.
    pub app: Option<String>,
    /// Print one JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// What to do with flags.
#[derive(Debug, Subcommand)]
pub enum FlagCommand {
    /// Print every flag, and what it is in each environment.
    List,
    /// Turn a flag on or off in an environment. The journal says who did.
    Promote {
        /// The flag, such as `CONSOLE_DEPLOY_ASYNC`.
        flag: Flag,
        /// The environment, as console.toml names it.
        environment: String,
        /// What it is to be.
        #[arg(default_value = "on")]
        to: Switch,
        /// Turn it on in production though no deploy elsewhere has shown that it works. The journal says so.
        #[arg(long)]
        without_observation: bool,
    },
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make one, and print it: this once.
    Create {
        /// What it is called, in the journal too.
        #[arg(long)]
        name: String,
        /// What it may: viewer, deployer, approver, operator or admin.
        #[arg(long)]
        role: Role,
        /// On this app; may be repeated. If not said, on every app.
        #[arg(long, value_name = "APP")]
        app: Vec<String>,
        /// In this environment; may be repeated. If not said, in every environment.
        #[arg(long, value_name = "ENVIRONMENT")]
        environment: Vec<String>,
        /// For how long: 90d, 12h. If not said, until it is revoked.
        #[arg(long, value_name = "DURATION", value_parser = lifetime)]
        expires: Option<Duration>,
    },
    /// Print every token: what it may, who made it, when it was last used. Never the token itself.
    List,
    /// Revoke one, for good.
    Revoke {
        /// What it is called.
        name: String,
    },
}

/// What to do with the GitHub App.
#[derive(Debug, Subcommand)]
pub enum AppCommand {
    /// Print what the App has to be, as GitHub's form takes it: docs/operating/github-app.md says how.
    Manifest {
        /// What it is to be called. GitHub knows each name once.
        #[arg(long, default_value = "Deploy Console")]
        name: String,
    },
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// End every session of a person.
    Revoke {
        /// Their name, or their id in the journal.
        name: String,
    },
}

/// On or off.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// What to do with the journal.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check every entry; name the first that was changed, taken out, put in or moved.
    Verify {
        /// A hash that was kept elsewhere: fail unless an entry has it, so that a cut end is noticed too.
        #[arg(long, value_name = "HASH")]
        anchored: Option<String>,
    },
    /// Write every entry to standard output, one JSON object a line.
    Export,
    /// Print the number and the hash of the last entry, to be kept elsewhere.
    Head,
}

/// How to rehearse.
#[derive(Args, Debug)]
pub struct Rehearse {
    /// How long each phase of a simulated job takes: 300ms, 4s.
    #[arg(long, default_value = "4s", value_parser = duration)]
    pub pace: Duration,
    /// Accept dispatches but run no jobs, for whoever runs the workflow elsewhere.
    #[arg(long)]
    pub no_jobs: bool,
}

/// A duration of more than nothing, in days too.
fn lifetime(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) | Err(_) => Err("write a duration such as 90d or 12h".to_owned()),
        Ok(lifetime) => Ok(lifetime),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration =
        text.parse().map_err(|_| "write a duration such as 300ms or 4s".to_owned())?;
    Duration::try_from(parsed).map_err(|_| "a duration cannot be negative".to_owned())
}

const VARIABLES: &str = "\
Environment variables:
  CONSOLE_LISTEN                 address and port; on loopback, unless people sign in (127.0.0.1:3000)
  CONSOLE_SIGN_IN                how people sign in: none, oidc, github or proxy (none)
  CONSOLE_TRUSTED_PROXIES        addresses of proxies that are believed, separated by commas (none)
  CONSOLE_PROXY_USER_HEADER      with proxy: the header with the name (X-Forwarded-User)
  CONSOLE_PROXY_GROUPS_HEADER    with proxy: the header with the groups (X-Forwarded-Groups)
  OIDC_ISSUER                    with oidc: the provider; required
  OIDC_CLIENT_ID                 with oidc: the console's client there; required
  OIDC_CLIENT_SECRET             with oidc: its secret; required
  OIDC_SCOPES                    with oidc: what is asked for (openid profile email groups)
  OIDC_NAME_CLAIM                with oidc: the claim with the name (preferred_username)
  OIDC_GROUPS_CLAIM              with oidc: the claim with the groups (groups)
  GITHUB_OAUTH_CLIENT_ID         with github: the console's OAuth app; required
  GITHUB_OAUTH_CLIENT_SECRET     with github: its secret; required
  CONSOLE_PUBLIC_URL             what workflows call back (http:// and the address)
  CONSOLE_CONFIG                 the apps file (console.toml)
  DATABASE_URL                   sqlite:// and a path, or postgres:// (sqlite://deploy-console.db)
  GITHUB_API_URL                 GitHub's API (https://api.github.com)
  GITHUB_TOKEN                   a token that may run the apps' workflows; required by serve, or an App:
  GITHUB_APP_ID                  its id or client id
  GITHUB_APP_PRIVATE_KEY         its private key, or, in its place:
  GITHUB_APP_PRIVATE_KEY_FILE    the file with it
  GITHUB_ACTIONS_ISSUER          who signs the identity tokens of workflows
                                 (https://token.actions.githubusercontent.com)
  GITHUB_WEBHOOK_SECRET          what GitHub signs webhooks with; one or more, separated by spaces (none)
  DEPLOY_CALLBACK_HMAC_SECRET    one or more secrets, separated by spaces; required by serve, unless every app
                                 proves its callbacks by GitHub
  CONSOLE_RETENTION_DAYS         how long callback deliveries, idempotency keys and sent messages are kept (30)
  SLACK_WEBHOOK_URL              an incoming webhook of Slack, to be told of each end of a deploy (none)
  CONSOLE_WEBHOOK_URL            where to post the same, signed, as JSON (none)
  CONSOLE_WEBHOOK_SECRET         what that is signed with; required with it
  FLAG_CONSOLE_DEPLOY_ASYNC            answer a dispatch with 202 at once (false; true in a rehearsal)
  FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS  ask workflows to report their gates (false; true in a rehearsal)
  RUST_LOG                       what is logged (info)
  CONSOLE_LOG_FORMAT             text or json (text)";
