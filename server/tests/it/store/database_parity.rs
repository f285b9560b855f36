//! I11: SQLite and Postgres answer alike. Any sequence of commands, given to both, gets the same answers and
//! leaves the same rows and the same journal, byte for byte.

use std::fmt::Debug;

use app::domain::RunRef;
use app::domain::{
    CancelState, DeployId, FailureStage, InputValues, Origin, RunReport, RunState, Source, Status, Timestamp,
};
use jiff::SignedDuration;
use proptest::{prelude::*, sample::select};
use store::{
    Actor, Advance, Announce, AttachRun, Channel, Channels, Claim, Claimed, DatabaseSystem, Delivery,
    DeployFilter, Failure, NewDeploy, Note, Noted, StatusFilter, Store, StoreError,
};

use crate::support::{Database, noon, postgres, sample::run_pages};

/// What can be asked of a store. Deploys are named by their number.
#[derive(Clone, Debug)]
enum Command {
    Open {
        key: u8,
        environment: u8,
        fingerprint: u8,
        reason: Option<String>,
    },
    Answered(usize),
    Advance {
        deploy: usize,
        to: Status,
        source: Source,
        run: Option<i64>,
        stage: Option<FailureStage>,
    },
    Attach {
        deploy: usize,
        run: i64,
    },
    Note {
        deploy: usize,
        what: Noted,
    },
    Receive {
        deploy: usize,
        delivery: u8,
        claim: Status,
        body: u8,
        run: Option<i64>,
        line: Option<String>,
    },
    /// Claims a message; then it is taken, fails, or is left as a crash leaves it.
    Send {
        channel: Channel,
        taken: Option<bool>,
        again: bool,
    },
    Undelivered,
    List {
        environment: Option<u8>,
        status: StatusFilter,
        before: Option<usize>,
        limit: u32,
    },
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,12}", "[\\x01-\\x1f'\"\\\\$%äß🛳\u{202e}]{0,8}"]
}

fn commands() -> impl Strategy<Value = Command> {
    let deploy = || 0..4_usize;
    let status = || select(Status::ALL.to_vec());
    let run = || proptest::option::of(1..4_i64);
    let stage = || proptest::option::of(select(FailureStage::ALL.to_vec()));
    let source = select(vec![Source::Console, Source::Reconciler, Source::Callback]);
    let states =
        select(vec![RunState::Queued, RunState::InProgress, RunState::Ambiguous, RunState::Cancelled]);
    let noted = prop_oneof![
        (states, proptest::option::of(1..3_i64))
            .prop_map(|(state, attempt)| Noted::Run(RunReport::new(state, attempt))),
        Just(Noted::CancelRequested),
        Just(Noted::CancelAnswered(CancelState::Accepted)),
    ];
    let filters = prop_oneof![
        Just(StatusFilter::Any),
        Just(StatusFilter::Live),
        Just(StatusFilter::Ended),
        texts().prop_map(StatusFilter::Is),
        status().prop_map(|status| StatusFilter::Is(status.to_string())),
    ];
    prop_oneof![
        3 => (0..5_u8, 0..3_u8, 0..2_u8, proptest::option::of(texts())).prop_map(
            |(key, environment, fingerprint, reason)| Command::Open { key, environment, fingerprint, reason }
        ),
        1 => deploy().prop_map(Command::Answered),
        4 => (deploy(), status(), source, run(), stage()).prop_map(
            |(deploy, to, source, run, stage)| Command::Advance { deploy, to, source, run, stage }
        ),
        1 => (deploy(), 1..4_i64).prop_map(|(deploy, run)| Command::Attach { deploy, run }),
        2 => (deploy(), noted).prop_map(|(deploy, what)| Command::Note { deploy, what }),
        6 => (deploy(), 0..12_u8, status(), 0..2_u8, run(), proptest::option::of(texts())).prop_map(
            |(deploy, delivery, claim, body, run, line)| {
                Command::Receive { deploy, delivery, claim, body, run, line }
            }
        ),
        3 => (select(Channel::ALL.to_vec()), proptest::option::of(any::<bool>()), any::<bool>())
            .prop_map(|(channel, taken, again)| Command::Send { channel, taken, again }),
        1 => Just(Command::Undelivered),
        2 => (proptest::option::of(0..3_u8), filters, proptest::option::of(deploy()), 0..5_u32).prop_map(
            |(environment, status, before, limit)| Command::List { environment, status, before, limit }
        ),
    ]
}

fn id(deploy: usize) -> DeployId {
    DeployId::new(uuid::Uuid::from_u128(0x0193_5a00_0000_7000_8000_0000_0000_0000 + deploy as u128))
}

fn run(id: i64) -> RunRef {
    RunRef { id, url: format!("https://x/{id}") }
}

/// An answer as text; of an error, its kind.
fn said<T: Debug>(answer: Result<T, StoreError>) -> String {
    match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(StoreError::Unavailable(_) | StoreError::FileReplaced) => "unavailable".to_owned(),
        Err(StoreError::Conflict(_)) => "conflict".to_owned(),
        Err(StoreError::ImpossibleRow(row)) => row.to_string(),
        Err(StoreError::Invariant(_) | StoreError::Other(_)) => "refused".to_owned(),
    }
}

async fn obey(store: &dyn Store, number: usize, command: &Command, at: Timestamp) -> String {
    let actor = "somebody".to_owned();
    match command.clone() {
        Command::Open { key, environment, fingerprint, reason } => {
            let request = NewDeploy {
                id: id(number),
                actor: Actor::named(&actor),
                key: format!("key {key}"),
                fingerprint: fingerprint.to_string(),
                app: "shop".to_owned(),
                environment: environment.to_string(),
                git_ref: "main".parse().unwrap(),
                commit: None,
                origin: Origin::Request,
                reason,
                override_freeze: None,
                approval: None,
                inputs: InputValues::default(),
                at,
                in_flight_since: at - SignedDuration::from_secs(20),
            };
            said(store.open(&request).await)
        }
        Command::Answered(deploy) => said(store.answered(id(deploy), at).await),
        Command::Advance { deploy, to, source, run: number, stage } => {
            let advance = Advance {
                id: id(deploy),
                to,
                source,
                actor,
                log_line: None,
                evidence: Some("seen".to_owned()),
                failure_stage: stage,
                run: number.map(run),
                past: None,
                at,
            };
            said(store.advance(&advance).await)
        }
        Command::Attach { deploy, run: number } => {
            let evidence = "found".to_owned();
            said(store.attach_run(&AttachRun { id: id(deploy), run: run(number), evidence, actor, at }).await)
        }
        Command::Note { deploy, what } => {
            said(store.note(&Note { id: id(deploy), what, actor: Actor::named(&actor), at }).await)
        }
        Command::Receive { deploy, delivery, claim, body, run: number, line } => {
            let delivery = Delivery {
                id: format!("delivery {delivery}").as_str().into(),
                body_hash: body.to_string(),
                deploy_id: id(deploy),
                claim: claim.into(),
                log_line: line,
                failure_stage: None,
                proof: None,
                run_id: number,
                run_pages: run_pages(),
                run_attempt: None,
                commit: None,
                committed_at: None,
                leg: None,
                at,
            };
            said(store.receive(&delivery).await)
        }
        Command::Send { channel, taken, again } => {
            let claimed = store.claim(&Claim { channel, at, until: at + SignedDuration::from_secs(9) }).await;
            let answer = match (&claimed, taken) {
                (Ok(Claimed::Message(message)), Some(true)) => said(store.sent(message, at).await),
                (Ok(Claimed::Message(message)), Some(false)) => {
                    let again_at = again.then_some(at + SignedDuration::from_secs(5));
                    let (message, error) = (message.clone(), again.then(|| "it answered 500".to_owned()));
                    said(store.not_sent(&Failure { message, error, unclear: !again, again_at, at }).await)
                }
                (Ok(_) | Err(_), _) => String::new(),
            };
            said(claimed) + &answer
        }
        Command::Undelivered => said(store.undelivered(at).await),
        Command::List { environment, status, before, limit } => {
            let environment = environment.map(|environment| environment.to_string());
            let before = before.map(|deploy| (noon(), id(deploy)));
            let filter = DeployFilter { environment, status, before, limit, ..DeployFilter::default() };
            said(store.deploys(&filter).await)
        }
    }
}

/// Every row, every column.
async fn rows(database: &Database) -> Vec<String> {
    let mut all = Vec::new();
    for columns in [
        "id app environment git_ref status version github_run_id github_run_url requested_by reason requested_at \
         updated_at finished_at failure_stage FROM console_deploys",
        "sequence at actor action deploy_id payload previous_hash hash FROM audit_log",
        "delivery_id deploy_id body_hash answer received_at FROM callback_deliveries",
        "actor key fingerprint deploy_id created_at answered_at FROM idempotency_keys",
        "id deploy_id channel outcome created_at due_at attempts claimed_until sent_at gave_up_at failed_at \
         last_error FROM outbox",
    ] {
        let (columns, table) = columns.split_once(" FROM ").unwrap();
        let texts: Vec<_> = columns
            .split_whitespace()
            .map(|column| format!("coalesce('<' || CAST({column} AS TEXT) || '>', '-')"))
            .collect();
        let select = format!("SELECT {} FROM {table}", texts.join(" || "));
        let mut found = database.raw().await.read(&select).await;
        found.sort();
        all.extend(found);
    }
    all
}

async fn check(commands: Vec<(Command, i64)>) -> Result<(), TestCaseError> {
    let mut sqlite = Database::on(DatabaseSystem::Sqlite).await;
    let mut postgres = Database::on(DatabaseSystem::Postgres).await;
    for database in [&mut sqlite, &mut postgres] {
        let announcing = database.announcing(&Announce::to(Channels { slack: true, webhook: true })).await;
        std::mem::replace(&mut database.store, announcing).close().await;
    }
    let mut opened = 0;
    for (command, seconds) in &commands {
        let at = noon() + SignedDuration::from_millis(*seconds);
        let first = obey(&*sqlite.store, opened, command, at).await;
        let second = obey(&*postgres.store, opened, command, at).await;
        prop_assert_eq!(&first, &second, "{:?}", command);
        opened += usize::from(first == "New");
    }
    for deploy in 0..opened {
        let (first, second) = (
            sqlite.store.deploy(id(deploy)).await.unwrap(),
            postgres.store.deploy(id(deploy)).await.unwrap(),
        );
        prop_assert!(first.is_some());
        prop_assert_eq!(first, second);
        let (first, second) = (
            sqlite.store.journal(id(deploy)).await.unwrap(),
            postgres.store.journal(id(deploy)).await.unwrap(),
        );
        prop_assert_eq!(first, second);
    }
    prop_assert_eq!(rows(&sqlite).await, rows(&postgres).await);
    postgres.store.close().await;
    postgres::remove(postgres.url().as_str()).await;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn i11_sqlite_and_postgres_answer_alike(
        commands in proptest::collection::vec((commands(), -5_000..60_000_i64), 1..60),
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(check(commands))?;
    }
}
