//! Every operation of the store, with everything that it can be asked for.

use app::domain::{
    CancelState, Commit, CommitDetails, CommitDistance, DeployId, EndKind, FreezeId, Grant, Leg,
    OptionalInput, Overdue, ProtectionRequestId, Role, RunProof, RunRef, RunReport, RunState, Source, Status,
    Timestamp, Visible,
};
use jiff::{SignedDuration, ToSpan};
use runtime::ids::uuid_at;
use store::{
    Abandon, Actor, Advance, Approve, ApproveOutcome, ApproveProtection, AttachRun, CandidateRun, Channel,
    Claim, Claimed, CommitPair, CreateOutcome, DecideProtection, Decision, Delivery, DeployFilter,
    EndSessions, EntryFilter, EntryOrder, Failure, Identity, Import, ImportOutcome, InsightFilter, Lift,
    Message, NeededApproval, NewDeploy, NewProtectionRequest, NewSession, NewToken, Note, Noted, Place,
    Promotion, ProtectedPlace, ProtectionApproved, ProtectionFilter, Received, Rows, StatusFilter, Store,
    audit::event::Contradiction,
};
use uuid::Uuid;

use crate::support::{
    Database, freeze, noon,
    sample::{advance, delivery, open_request},
};

const FREEZE: i64 = 60;

pub(super) async fn run(database: &Database, store: &dyn Store) {
    store.check().await.unwrap();
    store.probe().await.unwrap();
    settings(store).await;
    access(store).await;
    let ended = deploy(store).await;
    notes(store).await;
    approvals(store).await;
    imports(store).await;
    commits(store).await;
    rolled_back(database, store, ended).await;
    outbox(store).await;
    reads(store, ended).await;
    figures_and_journal(store, ended).await;
    assert!(store.first_delivery("webhook", later(1)).await.unwrap());
    protection(store, ended).await;
    store.prune(later(1_000), SignedDuration::ZERO).await.unwrap();
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
            by: Actor::named("somebody"),
            at: noon(),
        };
        assert!(store.promote(&promotion).await.unwrap());
    }
    assert_eq!(store.promotions().await.unwrap().len(), 1);
    let id = FreezeId::new(uuid_at(later(FREEZE)));
    store.declare(&freeze(id), "somebody").await.unwrap();
    assert!(store.lift(&Lift { id, by: Actor::named("somebody"), at: noon() }).await.unwrap());
    assert_eq!(store.freezes(5, &Visible::All).await.unwrap().len(), 1);
}

async fn access(store: &dyn Store) {
    let identity = Identity { id: "oidc:7".to_owned(), name: "ben".to_owned(), groups: Vec::new() };
    for hash in ["one", "two"] {
        let (hash, identity) = (hash.to_owned(), identity.clone());
        let session = NewSession { hash, identity, at: noon(), expires_at: later(60) };
        store.open_session(&session).await.unwrap();
    }
    store.see_session("one", later(1)).await.unwrap();
    assert_eq!(store.session("one").await.unwrap().unwrap().last_seen_at, later(1));
    assert_eq!(store.sessions(noon(), 9).await.unwrap().len(), 2);
    let by = Actor::named("somebody");
    for whose in [EndSessions::This("one".to_owned()), EndSessions::Of("ben".to_owned())] {
        assert_eq!(store.end_sessions(&whose, Some(&by), noon()).await.unwrap(), 1);
    }
    let token = NewToken {
        name: "ci".to_owned(),
        hash: "three".to_owned(),
        grant: Grant::everywhere(Role::Viewer),
        created_by: by.clone(),
        at: noon(),
        expires_at: None,
    };
    assert!(store.create_token(&token).await.unwrap());
    store.use_token("three", noon()).await.unwrap();
    assert!(store.token("three").await.unwrap().unwrap().last_used_at.is_some());
    assert!(store.revoke_token("ci", &by, noon()).await.unwrap());
    assert_eq!((store.tokens().await.unwrap().len(), store.ended_since(noon()).await.unwrap().len()), (1, 3));
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
    store.declare(&freeze(declared), "somebody").await.unwrap();
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
    let sha = "1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203".parse().unwrap();
    let proof = Some(RunProof { run_id: 78, run_attempt: 1, sha });
    let of_another_run = Delivery { proof, ..delivery(id, "proved", Status::Building) };
    let contradicted = store.receive(&of_another_run).await.unwrap();
    assert_eq!(contradicted, Received::Contradicted(Contradiction::Deploy));
    let replayed = store.receive(&delivery(id, "failed", Status::Failed)).await.unwrap();
    assert_eq!(replayed, Received::Replayed(Decision::Applied { status: Status::Failed }.into()));
    assert!(store.lift(&Lift { id: declared, by: Actor::named("somebody"), at: noon() }).await.unwrap());
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
        Noted::Run(RunReport::new(RunState::Queued, None)),
        Noted::CancelRequested,
        Noted::Overdue(Overdue::Deadline),
        Noted::CancelAnswered(CancelState::Accepted),
        Noted::InputLeftOut(OptionalInput::PhaseCallbacks),
    ] {
        store.note(&Note { id, what, actor: Actor::named("console"), at: noon() }).await.unwrap();
    }
    let id = open_request("abandoned", "abandoned").id;
    store.open(&store::NewDeploy { id, ..open_request("abandoned", "abandoned") }).await.unwrap();
    let abandon = Abandon { id, actor: Actor::named("somebody"), reason: "so".to_owned(), at: later(1) };
    store.abandon(&abandon).await.unwrap();
    let what = Noted::CancelAnswered(CancelState::TooLate);
    store.note(&Note { id, what, actor: Actor::named("console"), at: later(1) }).await.unwrap();
}

/// One that is approved and taken; one that is rejected; and one whose time is over.
async fn approvals(store: &dyn Store) {
    let approval = Some(NeededApproval { needed: 1, expires_at: later(30) });
    for what in ["approved", "rejected", "expired"] {
        let request = NewDeploy { approval, ..open_request(what, what) };
        let id = request.id;
        store.open(&request).await.unwrap();
        let by = Actor::named("else");
        let approve = Approve { id, by, comment: None, at: later(1) };
        match what {
            "approved" => {
                assert_eq!(store.approve(&approve).await.unwrap(), ApproveOutcome::Complete);
                assert!(store.claim_dispatch(id, later(1)).await.unwrap());
                let edge = Advance { at: later(2), ..advance(id, Status::Failed, Source::Console) };
                store.advance(&edge).await.unwrap();
            }
            "rejected" => assert_eq!(store.reject(&approve).await.unwrap(), None),
            _ => assert!(store.expire(id, later(30)).await.unwrap()),
        }
    }
}

async fn protection(store: &dyn Store, deploy: DeployId) {
    let at = later(1);
    let ask = |run: i64| NewProtectionRequest {
        id: ProtectionRequestId::new(Uuid::from_u64_pair(0, run.unsigned_abs())),
        repo: "acme/shop".to_owned(),
        run,
        environment: "production".to_owned(),
        deployment: 1,
        app: "shop".to_owned(),
        started_by: None,
        at,
    };
    let approval = Some(NeededApproval { needed: 1, expires_at: later(5_000) });
    let places = vec![ProtectedPlace { app: "shop".to_owned(), holds_while_frozen: false, approval }];
    for run in [701, 702] {
        assert!(store.ask_protection(&ask(run)).await.unwrap());
        let decide = DecideProtection {
            id: ask(run).id,
            deploy_id: None,
            attempt: 1,
            started_by: None,
            places: places.clone(),
            at,
        };
        store.decide_protection(&decide).await.unwrap().unwrap();
    }
    let review = |run| ApproveProtection { id: ask(run).id, by: Actor::named("somebody"), comment: None, at };
    assert_eq!(store.approve_protection(&review(701)).await.unwrap(), ProtectionApproved::Counted);
    assert_eq!(store.reject_protection(&review(702)).await.unwrap(), ProtectionApproved::Counted);
    let decide = DecideProtection {
        id: ask(701).id,
        deploy_id: Some(deploy),
        attempt: 1,
        started_by: None,
        places,
        at,
    };
    assert!(store.decide_protection(&decide).await.unwrap().unwrap().state.is_decided());
    assert_eq!(store.try_protection(ask(701).id, at).await.unwrap(), Some(1));
    store.protection_not_taken(ask(701).id).await.unwrap();
    store.protection_told(ask(701).id, at).await.unwrap();
    assert!(!store.lapse_protection(ask(702).id, at).await.unwrap());
    assert!(store.protection_request(ask(701).id).await.unwrap().is_some());
    assert!(store.open_protection_requests(1).await.unwrap().is_empty());
    for run in [None, Some(("acme/shop".to_owned(), 701))] {
        for visible in [Visible::All, Visible::Only(vec!["shop".to_owned()])] {
            let filter = ProtectionFilter { visible, run: run.clone(), limit: 10 };
            assert!(!store.protection_requests(&filter).await.unwrap().is_empty());
        }
    }
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

async fn commits(store: &dyn Store) {
    let [base, head] = ["1", "2"].map(|digit| digit.repeat(40).parse::<Commit>().unwrap());
    let details = CommitDetails { subject: "say so".to_owned(), author: None, committed_at: Some(noon()) };
    store.save_commit(&base, &details).await.unwrap();
    assert_eq!(store.commit_details(vec![base.clone(), head.clone()]).await.unwrap().len(), 1);
    let (pair, distance) = (CommitPair { base, head }, CommitDistance { ahead: 1, behind: 0 });
    store.save_distance(&pair, distance).await.unwrap();
    let pairs = vec![pair.clone(), CommitPair { base: pair.head.clone(), head: pair.base.clone() }];
    assert_eq!(store.commit_distances(pairs).await.unwrap().len(), 1);
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
    for _ in 0..9 {
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
    ends_and_people(store).await;
    let place = |environment: &str| Place { app: "shop".to_owned(), environment: environment.to_owned() };
    let summaries = store.environment_summaries(vec![place("production"), place("staging")]).await.unwrap();
    assert!(summaries.iter().all(|summary| summary.last_ended.is_some()));
    seen(store).await;
}

/// What is found by how and when it ended, and by a part of a name; and how all of it ended.
async fn ends_and_people(store: &dyn Store) {
    let page = DeployFilter { limit: 1, ..DeployFilter::default() };
    let some = |text: &str| Some(text.to_owned());
    let (ended_since, ended_until) = (Some(noon()), Some(later(60)));
    for filter in [
        DeployFilter { status: StatusFilter::EndedAs(EndKind::Cancelled), ..page.clone() },
        DeployFilter { ended_since, ended_until, ..page.clone() },
        DeployFilter { person: some("SOME"), ..page.clone() },
        DeployFilter { person: some("some"), app: some("shop"), ..page.clone() },
        DeployFilter { person: some("some"), requested_by: some("somebody"), ..page.clone() },
        DeployFilter { person: some("some"), status: StatusFilter::Live, ..page },
    ] {
        store.deploys(&filter).await.unwrap();
        store.deploy_totals(&filter).await.unwrap();
    }
}

/// What somebody sees who sees this app alone, and somebody who sees many.
async fn seen(store: &dyn Store) {
    let many = (0..300).map(|number| format!("app-{number}")).chain(["shop".to_owned()]).collect();
    let two = vec!["shop".to_owned(), "docs".to_owned()];
    for visible in [Visible::All, Visible::Only(two), Visible::Only(many)] {
        assert_eq!(store.people(5, &visible).await.unwrap(), ["somebody"]);
        assert_eq!(store.freezes(5, &visible).await.unwrap().len(), 2);
        let filter = DeployFilter { visible: visible.clone(), limit: 1, ..DeployFilter::default() };
        assert_eq!(store.deploys(&filter).await.unwrap().len(), 1);
        let filter = EntryFilter { visible: visible.clone(), ..EntryFilter::page(1) };
        assert_eq!(store.entries(&filter).await.unwrap().entries.len(), 1);
        let (since, until) = (noon(), later(60));
        let filter = InsightFilter { app: None, environment: None, visible, since, until };
        assert!(store.insight(&filter).await.unwrap().recorded_since.is_some());
    }
}

async fn figures_and_journal(store: &dyn Store, id: DeployId) {
    for place in [None, Some("production".to_owned())] {
        let app = place.as_ref().map(|_| "shop".to_owned());
        let filter =
            InsightFilter { app, environment: place, visible: Visible::All, since: noon(), until: later(60) };
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
