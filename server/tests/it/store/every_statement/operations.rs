//! Every operation of the store, with everything that it can be asked for.

use app::domain::{
    CancelState, Commit, DeployId, FreezeId, Leg, OptionalInput, Overdue, RunRef, RunReport, RunState,
    Source, Status, Timestamp,
};
use jiff::ToSpan;
use runtime::ids::uuid_at;
use store::{
    Abandon, Advance, AttachRun, CandidateRun, Channel, Claim, Claimed, CreateOutcome, Decision, Delivery,
    DeployFilter, EntryFilter, EntryOrder, Failure, Import, ImportOutcome, InsightFilter, Lift, Message,
    Note, Noted, Place, Promotion, Received, Rows, StatusFilter, Store,
};

use crate::support::{
    Database, freeze, noon,
    sample::{advance, delivery, open_request},
};

const FREEZE: i64 = 60;

pub(super) async fn run(database: &Database, store: &dyn Store) {
    store.check().await.unwrap();
    store.probe().await.unwrap();
    settings(store).await;
    let ended = deploy(store).await;
    notes(store).await;
    imports(store).await;
    rolled_back(database, store, ended).await;
    outbox(store).await;
    reads(store, ended).await;
    figures_and_journal(store, ended).await;
    store.prune(later(1_000)).await.unwrap();
}

fn later(minutes: i64) -> Timestamp {
    noon() + minutes.minutes()
}

fn run_of(id: i64) -> RunRef {
    RunRef { id, url: "https://github.example/run".to_owned() }
}

async fn settings(store: &dyn Store) {
    for is_on in [true, false] {
        let promotion = Promotion {
            flag: "CONSOLE_DEPLOY_ASYNC".parse().unwrap(),
            environment: "production".to_owned(),
            is_on,
            without_observation: false,
            by: "somebody".to_owned(),
            at: noon(),
        };
        assert!(store.promote(&promotion).await.unwrap());
    }
    assert_eq!(store.promotions().await.unwrap().len(), 1);
    let id = FreezeId::new(uuid_at(later(FREEZE)));
    store.declare(&freeze(id)).await.unwrap();
    assert!(store.lift(&Lift { id, by: "somebody".to_owned(), at: noon() }).await.unwrap());
    assert_eq!(store.freezes(5).await.unwrap().len(), 1);
}

/// From the request to the end, with a freeze check, a repetition and a refusal on the way.
async fn deploy(store: &dyn Store) -> DeployId {
    let request = open_request("key", "production");
    let id = request.id;
    assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
    assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::InFlight);
    store.answered(id, noon()).await.unwrap();
    assert_eq!(store.earlier(&request).await.unwrap(), Some(CreateOutcome::Replayed(id)));
    store.advance(&advance(id, Status::Dispatched, Source::Console)).await.unwrap();
    let declared = FreezeId::new(uuid_at(later(1)));
    store.declare(&freeze(declared)).await.unwrap();
    let commit: Option<Commit> = "1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203".parse().ok();
    for (name, claim, run_id) in [
        ("check", Status::FreezeCheckStarted, None),
        ("again", Status::FreezeCheckStarted, Some(77)),
        ("refused", Status::Succeeded, None),
        ("failed", Status::Failed, None),
    ] {
        let callback = Delivery { run_id, commit: commit.clone(), ..delivery(id, name, claim) };
        assert!(matches!(store.receive(&callback).await.unwrap(), Received::Decided(_)));
    }
    let replayed = store.receive(&delivery(id, "failed", Status::Failed)).await.unwrap();
    assert_eq!(replayed, Received::Replayed(Decision::Applied { status: Status::Failed }.into()));
    assert!(store.lift(&Lift { id: declared, by: "somebody".to_owned(), at: noon() }).await.unwrap());
    id
}

/// What is written of a deploy that stays where it is.
async fn notes(store: &dyn Store) {
    let id = open_request("noted", "noted").id;
    store.open(&store::NewDeploy { id, ..open_request("noted", "noted") }).await.unwrap();
    let attach = AttachRun {
        id,
        run: run_of(78),
        evidence: "its title".to_owned(),
        actor: "console".to_owned(),
        at: noon(),
    };
    store.attach_run(&attach).await.unwrap();
    for what in [
        Noted::Run(RunReport { state: RunState::Queued, attempt: None }),
        Noted::CancelRequested,
        Noted::Overdue(Overdue::Deadline),
        Noted::CancelAnswered(CancelState::Accepted),
        Noted::InputLeftOut(OptionalInput::PhaseCallbacks),
    ] {
        store.note(&Note { id, what, actor: "console".to_owned(), at: noon() }).await.unwrap();
    }
    let id = open_request("abandoned", "abandoned").id;
    store.open(&store::NewDeploy { id, ..open_request("abandoned", "abandoned") }).await.unwrap();
    let abandon = Abandon { id, actor: "somebody".to_owned(), reason: "so".to_owned(), at: later(1) };
    store.abandon(&abandon).await.unwrap();
    let what = Noted::CancelAnswered(CancelState::TooLate);
    store.note(&Note { id, what, actor: "console".to_owned(), at: later(1) }).await.unwrap();
}

async fn imports(store: &dyn Store) {
    let import = Import {
        id: DeployId::new(uuid_at(later(2))),
        app: "shop".to_owned(),
        environment: "staging".to_owned(),
        git_ref: "main".parse().unwrap(),
        commit: None,
        event: "push".to_owned(),
        ended_at: None,
        started_by: "somebody".to_owned(),
        started_at: noon(),
        run: run_of(79),
        rerun: None,
        actor: "reconciler".to_owned(),
        at: noon(),
    };
    let unclaimed = CandidateRun { run: 79, named: None };
    assert_eq!(store.unclaimed_runs(vec![unclaimed]).await.unwrap(), [79]);
    assert_eq!(store.import(&import).await.unwrap(), ImportOutcome::New);
    let edge = Advance { at: later(3), ..advance(import.id, Status::TimedOut, Source::Reconciler) };
    store.advance(&edge).await.unwrap();
    let id = DeployId::new(uuid_at(later(3)));
    let rerun = Import { id, rerun: Some((2, import.id)), started_at: later(3), ..import.clone() };
    assert_eq!(store.import(&rerun).await.unwrap(), ImportOutcome::New);
    assert_eq!(store.deploys_of_run(79).await.unwrap().len(), 2);
    let building = Delivery {
        run_id: Some(79),
        run_attempt: Some(2),
        leg: Leg::new(0, 2, None).ok(),
        ..delivery(import.id, "leg of a rerun", Status::Building)
    };
    let counted = Delivery { leg: Leg::new(1, 2, None).ok(), id: "other leg".into(), ..building.clone() };
    for callback in [building, counted] {
        let Received::Decided(decided) = store.receive(&callback).await.unwrap() else { panic!("decided") };
        assert_eq!(decided.rerun, Some(id));
    }
    let past = Some(later(3));
    let edge = Advance { past, at: later(3), ..advance(id, Status::TimedOut, Source::Reconciler) };
    store.advance(&edge).await.unwrap();
}

/// As a migration down leaves a deploy that it ended.
async fn rolled_back(database: &Database, store: &dyn Store, ended: DeployId) {
    let owe = format!("INSERT INTO rolled_back_deploys (deploy_id, status) VALUES ('{ended}', 'building')");
    database.raw().await.run(&owe).await.unwrap();
    assert_eq!(store.record_rolled_back(noon()).await.unwrap().len(), 1);
}

async fn claimed(store: &dyn Store, minutes: i64) -> Message {
    let claim = Claim { channel: Channel::Slack, at: later(minutes), until: later(minutes + 1) };
    match store.claim(&claim).await.unwrap() {
        Claimed::Message(message) => message,
        Claimed::Nothing(until) => panic!("nothing is to be sent until {until:?}"),
    }
}

async fn outbox(store: &dyn Store) {
    let message = claimed(store, 10).await;
    let failure = Failure {
        message,
        error: Some("it answered 500".to_owned()),
        unclear: false,
        again_at: Some(later(20)),
        at: later(11),
    };
    store.not_sent(&failure).await.unwrap();
    let undelivered = store.undelivered(later(12)).await.unwrap();
    assert_eq!(undelivered[0].last_error.as_deref(), Some("it answered 500"));
    for _ in 0..3 {
        let message = claimed(store, 30).await;
        store.sent(&message, later(30)).await.unwrap();
    }
    let claim = Claim { channel: Channel::Slack, at: later(40), until: later(41) };
    assert_eq!(store.claim(&claim).await.unwrap(), Claimed::Nothing(None));
}

/// Every filter of the history, on its own and with all others.
async fn reads(store: &dyn Store, id: DeployId) {
    assert!(store.deploy(id).await.unwrap().is_some());
    assert!(store.deploys_of_run(1).await.unwrap().is_empty());
    let status = |status: &str| StatusFilter::Is(status.to_owned());
    for status in
        [StatusFilter::Any, StatusFilter::Live, StatusFilter::Ended, status("failed"), status("building")]
    {
        for asked in 0..8 {
            let text = |bit: u8, text: &str| (asked & bit != 0).then(|| text.to_owned());
            let filter = DeployFilter {
                app: text(1, "shop"),
                environment: text(2, "production"),
                requested_by: text(4, "somebody"),
                status: status.clone(),
                limit: 1,
                ..DeployFilter::default()
            };
            store.deploy_page(&filter).await.unwrap();
            let until = DeployFilter { since: Some(noon()), until: Some(later(60)), ..filter.clone() };
            store.deploys(&until).await.unwrap();
            store.deploys(&DeployFilter { before: Some((noon(), id)), ..filter }).await.unwrap();
        }
    }
    let place = |environment: &str| Place { app: "shop".to_owned(), environment: environment.to_owned() };
    let summaries = store.environment_summaries(vec![place("production"), place("staging")]).await.unwrap();
    assert!(summaries.iter().all(|summary| summary.last_ended.is_some()));
    assert_eq!(store.people(5).await.unwrap(), ["somebody"]);
}

async fn figures_and_journal(store: &dyn Store, id: DeployId) {
    for place in [None, Some("production".to_owned())] {
        let app = place.as_ref().map(|_| "shop".to_owned());
        let filter = InsightFilter { app, environment: place, since: noon(), until: later(60) };
        assert_eq!(store.insight(&filter).await.unwrap().days.len(), 1);
    }
    assert!(!store.journal(id).await.unwrap().is_empty());
    assert!(!store.journal_end(id).await.unwrap().entries.is_empty());
    for deploy_id in [None, Some(id)] {
        let filter = EntryFilter { deploy_id, ..EntryFilter::page(2) };
        assert!(store.entries(&filter).await.unwrap().has_more);
    }
    let some = |text: &str| Some(text.to_owned());
    let chosen = EntryFilter {
        action: some("console.deploy.requested"),
        actor: some("nobody"),
        app: some("shop"),
        environment: some("production"),
        since: Some(noon()),
        until: Some(later(1_000)),
        order: EntryOrder::NewestBefore(i64::MAX),
        ..EntryFilter::page(2)
    };
    assert!(store.entries(&chosen).await.unwrap().entries.is_empty());
    let newest = EntryFilter { order: EntryOrder::NewestBefore(i64::MAX), ..EntryFilter::page(2) };
    assert!(store.entries(&newest).await.unwrap().has_more);
    assert!(store.last_entry().await.unwrap().is_some());
    for rows in [Rows::After(String::new(), 1), Rows::After(String::new(), 100), Rows::Live] {
        assert!(store.compare(&rows).await.unwrap().rows > 0);
    }
}
