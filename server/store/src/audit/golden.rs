//! Every entry that this build writes, byte by byte. The hashes fix these bytes: a journal that was written once has to
//! verify for ever, so this list may grow, but never change.

use app::domain::{
    ActiveFreeze, Approval, Barred, CancelState, Cleared, FailureStage, Freeze, FreezeVerdict, Frozen,
    GivenApproval, Grant, InputValues, Leg, OptionalInput, Origin, Overdue, ProtectionState, Role, RunRef,
    RunReport, RunState, Scope, Source, Status, StoredStatus, Timestamp, Window,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Action, Event, NewEntry, event::Contradiction};
use crate::{
    Abandon, Actor, Advance, Approve, ApproveProtection, AttachRun, Delivery, Import, Lift, NeededApproval,
    NewDeploy, NewToken, Note, Noted, Promotion, RolledBack, RunPages, StartedBy, StoredApproval,
    StoredProtectionRequest, ops::access::sessions::EndedSessions,
};

const COMMIT: &str = "1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203";

fn at() -> Timestamp {
    made(json!("2026-11-22T12:00:00Z"))
}

/// Makes a value that has no constructor, from its JSON.
fn made<T: DeserializeOwned>(json: serde_json::Value) -> T {
    #[allow(clippy::expect_used, reason = "in a test, that is how to fail")]
    serde_json::from_value(json).expect("the samples can be made")
}

fn id<T: DeserializeOwned>() -> T {
    made(json!("019ab000-0000-7000-8000-000000000001"))
}

fn run() -> RunRef {
    RunRef { id: 77, url: "https://github.example/acme/shop/actions/runs/77".to_owned() }
}

fn frozen() -> Frozen {
    let hold = ActiveFreeze {
        freeze_id: id(),
        reason: "Stocktaking".to_owned(),
        declared_by: "ada".to_owned(),
        until: None,
    };
    Frozen { holds: vec![hold], opens_at: None }
}

fn request(origin: Origin) -> NewDeploy {
    NewDeploy {
        id: id(),
        actor: Actor::named("ada"),
        key: "key".to_owned(),
        fingerprint: "fingerprint".to_owned(),
        app: "shop".to_owned(),
        environment: "production".to_owned(),
        git_ref: made(json!("main")),
        commit: COMMIT.parse().ok(),
        origin,
        reason: Some("Fixes the till".to_owned()),
        override_freeze: Some("The shop is down".to_owned()),
        approval: None,
        inputs: InputValues::default(),
        at: at(),
        in_flight_since: at(),
    }
}

fn delivery(claim: Status) -> Delivery {
    Delivery {
        id: "msg_1".into(),
        body_hash: "hash".to_owned(),
        deploy_id: id(),
        claim: claim.into(),
        log_line: Some("Said \"so\"".to_owned()),
        failure_stage: Some(FailureStage::SmokeGate),
        proof: None,
        run_id: Some(run().id),
        run_pages: RunPages::default(),
        run_attempt: Some(2),
        commit: COMMIT.parse().ok(),
        committed_at: Some(at()),
        leg: None,
        at: at(),
    }
}

fn advance(source: Source, to: Status) -> Advance {
    Advance {
        id: id(),
        to,
        source,
        actor: "console".to_owned(),
        log_line: Some("Said so".to_owned()),
        evidence: Some("GitHub run 77".to_owned()),
        failure_stage: Some(FailureStage::Deploy),
        run: Some(run()),
        past: None,
        at: at(),
    }
}

fn note(what: Noted) -> NewEntry {
    NewEntry::noted(&Note { id: id(), what, actor: Actor::named("ada"), at: at() })
}

fn abandon() -> Abandon {
    Abandon { id: id(), actor: Actor::named("ada"), reason: "Its run is gone".to_owned(), at: at() }
}

fn import() -> Import {
    Import {
        id: id(),
        app: "shop".to_owned(),
        environment: "staging".to_owned(),
        git_ref: made(json!("main")),
        commit: COMMIT.parse().ok(),
        event: "push".to_owned(),
        ended_at: Some(at()),
        started_by: "ada".to_owned(),
        started_at: at(),
        run: run(),
        rerun: None,
        actor: "reconciler".to_owned(),
        at: at(),
    }
}

fn promotion(without_observation: bool) -> Promotion {
    Promotion {
        flag: made(json!("CONSOLE_DEPLOY_ASYNC")),
        environment: "production".to_owned(),
        is_on: true,
        without_observation,
        by: Actor::named("ada"),
        at: at(),
    }
}

fn freeze() -> Freeze {
    Freeze {
        id: id(),
        scope: Scope { app: Some("shop".to_owned()), environment: None },
        window: Window::Once { from: at(), until: at() },
        reason: "Stocktaking".to_owned(),
        declared_by: "ada".to_owned(),
        declared_at: at(),
        lifted: None,
    }
}

/// An entry of every kind, and its payload as it is stored.
pub(super) fn entries() -> Vec<(NewEntry, &'static str)> {
    let rollback = Origin::Rollback { deploy_id: id(), passes_freezes: true };
    let check = delivery(Status::FreezeCheckStarted);
    let verdict = FreezeVerdict::Overridden { reason: "The shop is down".to_owned(), frozen: frozen() };
    let rolled_back =
        RolledBack { id: id(), was: Status::Building, failure_stage: Some(FailureStage::Deploy) };
    let report = RunReport::new(RunState::AwaitingApproval, Some(2));
    let superseded = RunReport { superseded_by: Some(78), ..RunReport::new(RunState::Superseded, Some(1)) };
    vec![
        (
            NewEntry::requested(&request(Origin::Request), None),
            r#"{"app":"shop","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","environment":"production","git_ref":"main","reason":"Fixes the till","source":"console","status":"requested"}"#,
        ),
        (
            NewEntry::requested(&request(rollback), Some(&frozen())),
            r#"{"app":"shop","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","environment":"production","freeze_override":{"frozen":{"holds":[{"declared_by":"ada","freeze_id":"019ab000-0000-7000-8000-000000000001","reason":"Stocktaking","until":null}],"opens_at":null},"reason":"The shop is down"},"git_ref":"main","origin":{"deploy_id":"019ab000-0000-7000-8000-000000000001","kind":"rollback","passes_freezes":true},"reason":"Fixes the till","source":"console","status":"requested"}"#,
        ),
        (
            NewEntry::imported(&import()),
            r#"{"app":"shop","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","environment":"staging","evidence":"GitHub run 77","git_ref":"main","origin":{"ended_at":"2026-11-22T12:00:00Z","event":"push","kind":"github"},"run_id":77,"source":"reconciler","started_at":"2026-11-22T12:00:00Z","started_by":"ada","status":"dispatched"}"#,
        ),
        (
            NewEntry::advanced(&advance(Source::Console, Status::Dispatched), Status::Requested),
            r#"{"evidence":"GitHub run 77","failure_stage":"deploy_failed","log_line":"Said so","previous":"requested","run_id":77,"source":"console","status":"dispatched"}"#,
        ),
        (
            NewEntry::advanced(&advance(Source::Console, Status::Failed), Status::Requested),
            r#"{"evidence":"GitHub run 77","failure_stage":"deploy_failed","log_line":"Said so","previous":"requested","run_id":77,"source":"console","status":"failed"}"#,
        ),
        (
            NewEntry::advanced(&advance(Source::Reconciler, Status::Building), Status::Dispatched),
            r#"{"evidence":"GitHub run 77","failure_stage":"deploy_failed","log_line":"Said so","previous":"dispatched","run_id":77,"source":"reconciler","status":"building"}"#,
        ),
        (
            NewEntry::applied(&check, Status::SmokeGatePassed, Status::FreezeCheckStarted, Some(verdict)),
            r#"{"commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","committed_at":"2026-11-22T12:00:00Z","evidence":"msg_1","failure_stage":"smoke_gate_failed","freeze":{"holds":[{"declared_by":"ada","freeze_id":"019ab000-0000-7000-8000-000000000001","reason":"Stocktaking","until":null}],"opens_at":null,"reason":"The shop is down","verdict":"overridden"},"log_line":"Said \"so\"","outcome":"applied","previous":"smoke_gate_passed","run_attempt":2,"run_id":77,"source":"callback","status":"freeze_check_started"}"#,
        ),
        (
            NewEntry::applied(&check, Status::Requested, Status::Dispatched, None),
            r#"{"commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","committed_at":"2026-11-22T12:00:00Z","evidence":"msg_1","failure_stage":"smoke_gate_failed","outcome":"applied","previous":"requested","run_attempt":2,"run_id":77,"source":"callback","status":"dispatched"}"#,
        ),
        (
            NewEntry::repeated(&check),
            r#"{"claimed":"freeze_check_started","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","committed_at":"2026-11-22T12:00:00Z","evidence":"msg_1","failure_stage":"smoke_gate_failed","log_line":"Said \"so\"","outcome":"repeated","run_attempt":2,"run_id":77}"#,
        ),
        (
            NewEntry::refused(&check, &StoredStatus::from("of_a_newer_build")),
            r#"{"claimed":"freeze_check_started","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","committed_at":"2026-11-22T12:00:00Z","current":"of_a_newer_build","evidence":"msg_1","failure_stage":"smoke_gate_failed","log_line":"Said \"so\"","outcome":"refused","run_attempt":2,"run_id":77}"#,
        ),
        (
            NewEntry::run_found(&AttachRun {
                id: id(),
                run: run(),
                evidence: "Its title".to_owned(),
                actor: "console".to_owned(),
                at: at(),
            }),
            r#"{"evidence":"Its title","run_id":77}"#,
        ),
        (note(Noted::Run(report)), r#"{"run_attempt":2,"run_state":"awaiting_approval"}"#),
        (note(Noted::CancelRequested), r#"{}"#),
        (note(Noted::CancelAnswered(CancelState::TooLate)), r#"{"cancellation":"too_late"}"#),
        (note(Noted::InputLeftOut(OptionalInput::PhaseCallbacks)), r#"{"input":"phase_callbacks"}"#),
        (
            NewEntry::rolled_back(&rolled_back, at()),
            r#"{"failure_stage":"deploy_failed","log_line":"The database was migrated to an older schema, which does not know the status of this deploy.","previous":"building","source":"console","status":"failed"}"#,
        ),
        (
            NewEntry::promoted(&promotion(true), Some(false)),
            r#"{"environment":"production","flag":"CONSOLE_DEPLOY_ASYNC","is_on":true,"previous":false,"without_observation":true}"#,
        ),
        (
            NewEntry::promoted(&promotion(false), None),
            r#"{"environment":"production","flag":"CONSOLE_DEPLOY_ASYNC","is_on":true,"previous":null}"#,
        ),
        (
            NewEntry::freeze_declared(&freeze(), "ada"),
            r#"{"app":"shop","environment":null,"freeze_id":"019ab000-0000-7000-8000-000000000001","reason":"Stocktaking","window":{"from":"2026-11-22T12:00:00Z","kind":"once","until":"2026-11-22T12:00:00Z"}}"#,
        ),
        (
            NewEntry::freeze_lifted(&Lift { id: id(), by: Actor::named("ada"), at: at() }, None),
            r#"{"freeze_id":"019ab000-0000-7000-8000-000000000001"}"#,
        ),
        (
            NewEntry::abandoned(&abandon(), Status::Building),
            r#"{"log_line":"Abandoned by ada: Its run is gone","previous":"building","reason":"Its run is gone","source":"console","status":"failed"}"#,
        ),
        (note(Noted::Overdue(Overdue::WaitDeadline)), r#"{"why":"wait_deadline"}"#),
        (
            NewEntry::token_created(&token(Some(vec!["shop".to_owned()]))),
            r#"{"apps":["shop"],"environments":["staging"],"expires_at":"2026-11-22T12:00:00Z","name":"ada","role":"deployer","token":"ci"}"#,
        ),
        (
            NewEntry::token_created(&NewToken {
                grant: Grant::everywhere(Role::Viewer),
                expires_at: None,
                created_by: Actor::named("ada"),
                ..token(None)
            }),
            r#"{"role":"viewer","token":"ci"}"#,
        ),
        (NewEntry::token_revoked("ci", &person(), at()), r#"{"name":"ada","token":"ci"}"#),
        (
            NewEntry::sessions_ended(
                &EndedSessions { people: ["oidc:7".to_owned()].into(), name: "ben".to_owned(), count: 2 },
                &person(),
                at(),
            ),
            r#"{"name":"ada","person":"ben","person_ids":["oidc:7"],"sessions":2}"#,
        ),
        (
            NewEntry::requested(&NewDeploy { approval: Some(needed()), ..request(Origin::Request) }, None),
            r#"{"app":"shop","approval":{"expires_at":"2026-11-22T12:00:00Z","needed":2},"commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","environment":"production","git_ref":"main","reason":"Fixes the till","source":"console","status":"requested"}"#,
        ),
        (NewEntry::approved(&approve(None), false), r#"{"complete":false,"name":"ada"}"#),
        (NewEntry::approved(&approve(Some("Go")), true), r#"{"comment":"Go","complete":true,"name":"ada"}"#),
        (
            NewEntry::rejected(&approve(Some("Not today"))),
            r#"{"comment":"Not today","log_line":"Rejected by ada: Not today","name":"ada","previous":"requested","source":"console","status":"failed"}"#,
        ),
        (
            NewEntry::rejected(&Approve { by: Actor::named("ada"), ..approve(None) }),
            r#"{"log_line":"Rejected by ada.","previous":"requested","source":"console","status":"failed"}"#,
        ),
        (
            NewEntry::approval_expired(id(), &approval(0), at()),
            r#"{"expired":true,"log_line":"Nobody approved it in time.","previous":"requested","source":"console","status":"failed"}"#,
        ),
        (
            NewEntry::approval_expired(id(), &approval(1), at()),
            r#"{"expired":true,"log_line":"Only 1 of 2 approved it in time.","previous":"requested","source":"console","status":"failed"}"#,
        ),
        (note(Noted::Run(superseded)), r#"{"run_attempt":1,"run_state":"superseded","superseded_by":78}"#),
        (
            gate_decided(approved(Cleared::Open), None),
            r#"{"app":"shop","because":{"kind":"open"},"decision":"approved","environment":"production","repo":"acme/shop","request_id":"019ab000-0000-7000-8000-000000000001","run_id":77,"started_by":"octocat"}"#,
        ),
        (
            gate_decided(approved(Cleared::PassesFreeze { reason: Some("It is down".to_owned()) }), None),
            r#"{"app":"shop","because":{"kind":"passes_freeze","reason":"It is down"},"decision":"approved","environment":"production","repo":"acme/shop","request_id":"019ab000-0000-7000-8000-000000000001","run_id":77,"started_by":"octocat"}"#,
        ),
        (
            gate_decided(rejected(Barred::Frozen { frozen: frozen() }), None),
            r#"{"app":"shop","because":{"frozen":{"holds":[{"declared_by":"ada","freeze_id":"019ab000-0000-7000-8000-000000000001","reason":"Stocktaking","until":null}],"opens_at":null},"kind":"frozen"},"decision":"rejected","environment":"production","repo":"acme/shop","request_id":"019ab000-0000-7000-8000-000000000001","run_id":77,"started_by":"octocat"}"#,
        ),
        (
            gate_decided(
                rejected(Barred::Rejected { by: "ada".to_owned(), comment: Some("No".to_owned()) }),
                Some(&person()),
            ),
            r#"{"app":"shop","because":{"by":"ada","comment":"No","kind":"rejected"},"decision":"rejected","environment":"production","name":"ada","repo":"acme/shop","request_id":"019ab000-0000-7000-8000-000000000001","run_id":77,"started_by":"octocat"}"#,
        ),
        (
            NewEntry::protection_approved(&approve_run(), &question(ProtectionState::New)),
            r#"{"app":"shop","comment":"Go","environment":"production","name":"ada","repo":"acme/shop","request_id":"019ab000-0000-7000-8000-000000000001","run_id":77,"started_by":"octocat"}"#,
        ),
    ]
}

const fn approved(because: Cleared) -> ProtectionState {
    ProtectionState::Approved { because, at: Timestamp::UNIX_EPOCH }
}

const fn rejected(because: Barred) -> ProtectionState {
    ProtectionState::Rejected { because, at: Timestamp::UNIX_EPOCH }
}

fn question(state: ProtectionState) -> StoredProtectionRequest {
    StoredProtectionRequest {
        id: id(),
        repo: "acme/shop".to_owned(),
        run: 77,
        environment: "production".to_owned(),
        app: "shop".to_owned(),
        deploy_id: None,
        started_by: Some(StartedBy { login: "octocat".to_owned(), id: Some(1) }),
        asked_at: at(),
        state,
        approved_by: Vec::new(),
        tries: 0,
        tried_at: None,
        told_at: None,
        closed_at: None,
    }
}

fn gate_decided(state: ProtectionState, by: Option<&Actor>) -> NewEntry {
    #[allow(clippy::expect_used, reason = "in a test, that is how to fail")]
    NewEntry::protection_decided(&question(state), by, at()).expect("it is decided")
}

fn approve_run() -> ApproveProtection {
    ApproveProtection { id: id(), by: person(), comment: Some("Go".to_owned()), at: at() }
}

fn needed() -> NeededApproval {
    NeededApproval { needed: 2, expires_at: at() }
}

fn approve(comment: Option<&str>) -> Approve {
    Approve { id: id(), by: person(), comment: comment.map(str::to_owned), at: at() }
}

/// With so many of the two approvals that are needed.
fn approval(given: usize) -> StoredApproval {
    let one = GivenApproval { by: "ben".to_owned(), at: at(), comment: None };
    StoredApproval {
        shown: Approval { needed: 2, given: vec![one; given], expires_at: at() },
        requested_by: "oidc:42".to_owned(),
        approved_by: Vec::new(),
        complete_at: None,
    }
}

/// Somebody who signed in.
fn person() -> Actor {
    Actor { id: "oidc:42".to_owned(), name: "ada".to_owned() }
}

fn token(apps: Option<Vec<String>>) -> NewToken {
    NewToken {
        name: "ci".to_owned(),
        hash: "hash".to_owned(),
        grant: Grant { role: Role::Deployer, apps, environments: Some(vec!["staging".to_owned()]) },
        created_by: person(),
        at: at(),
        expires_at: Some(at()),
    }
}

#[test]
fn payloads_never_change() {
    for (entry, payload) in entries() {
        assert_eq!(entry.event.to_payload().to_string(), payload, "{}", entry.event.action());
    }
}

/// The name of who acts is a member of its own, and left out where it is their id. The actor is the id.
#[test]
fn payload_of_a_name_never_changes() {
    let declared = Freeze { declared_by: "ada".to_owned(), ..freeze() };
    let lift = Lift { id: id(), by: person(), at: at() };
    for (entry, payload) in [
        (
            NewEntry::requested(&NewDeploy { actor: person(), ..request(Origin::Request) }, None),
            r#"{"app":"shop","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","environment":"production","git_ref":"main","name":"ada","reason":"Fixes the till","source":"console","status":"requested"}"#,
        ),
        (
            NewEntry::abandoned(&Abandon { actor: person(), ..abandon() }, Status::Building),
            r#"{"log_line":"Abandoned by ada: Its run is gone","name":"ada","previous":"building","reason":"Its run is gone","source":"console","status":"failed"}"#,
        ),
        (
            NewEntry::noted(&Note { id: id(), what: Noted::CancelRequested, actor: person(), at: at() }),
            r#"{"name":"ada"}"#,
        ),
        (
            NewEntry::promoted(&Promotion { by: person(), ..promotion(false) }, None),
            r#"{"environment":"production","flag":"CONSOLE_DEPLOY_ASYNC","is_on":true,"name":"ada","previous":null}"#,
        ),
        (
            NewEntry::freeze_declared(&declared, "oidc:42"),
            r#"{"app":"shop","environment":null,"freeze_id":"019ab000-0000-7000-8000-000000000001","name":"ada","reason":"Stocktaking","window":{"from":"2026-11-22T12:00:00Z","kind":"once","until":"2026-11-22T12:00:00Z"}}"#,
        ),
        (
            NewEntry::freeze_lifted(&lift, Some("shop".to_owned())),
            r#"{"app":"shop","freeze_id":"019ab000-0000-7000-8000-000000000001","name":"ada"}"#,
        ),
    ] {
        assert_eq!(entry.event.to_payload().to_string(), payload);
        assert_eq!(entry.actor, "oidc:42");
        let again = Event::read(entry.event.action(), &entry.event.to_payload()).unwrap();
        assert_eq!(again, entry.event);
    }
}

/// A leg is a member of its own, and left out by every callback without one.
#[test]
fn payload_of_a_leg_never_changes() {
    let leg = Leg::new(1, 3, Some("eu")).ok();
    let building = Delivery { leg, failure_stage: None, ..delivery(Status::Building) };
    let counted = NewEntry::counted(&building).event;
    assert_eq!(
        counted.to_payload().to_string(),
        r#"{"claimed":"building","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","committed_at":"2026-11-22T12:00:00Z","evidence":"msg_1","leg":{"index":1,"name":"eu","total":3},"log_line":"Said \"so\"","outcome":"noted","run_attempt":2,"run_id":77}"#
    );
    let again = Event::read(counted.action(), &counted.to_payload()).unwrap();
    assert_eq!(again, counted);
}

/// What GitHub vouched for is a member of its own, and left out by every callback that was signed.
#[test]
fn payload_of_a_proof_never_changes() {
    let proof = Some(made(json!({ "run_id": 77, "run_attempt": 2, "sha": COMMIT })));
    let proved = Delivery { proof, failure_stage: None, ..delivery(Status::Building) };
    let current = StoredStatus::from(Status::Dispatched);
    for (entry, payload) in [
        (
            NewEntry::applied(&proved, Status::Dispatched, Status::Building, None),
            r#"{"commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","committed_at":"2026-11-22T12:00:00Z","evidence":"msg_1","log_line":"Said \"so\"","outcome":"applied","previous":"dispatched","proved_by":{"run_attempt":2,"run_id":77,"sha":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203"},"run_attempt":2,"run_id":77,"source":"callback","status":"building"}"#,
        ),
        (
            NewEntry::contradicted(&proved, Contradiction::Deploy, &current),
            r#"{"claimed":"building","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","committed_at":"2026-11-22T12:00:00Z","contradiction":"deploy","current":"dispatched","evidence":"msg_1","log_line":"Said \"so\"","outcome":"refused","proved_by":{"run_attempt":2,"run_id":77,"sha":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203"},"run_attempt":2,"run_id":77}"#,
        ),
    ] {
        assert_eq!(entry.event.to_payload().to_string(), payload);
        let again = Event::read(entry.event.action(), &entry.event.to_payload()).unwrap();
        assert_eq!(again, entry.event);
    }
}

/// The member is left out where there are none, so that entries of before keep their bytes.
#[test]
fn inputs_are_recorded_by_name() {
    let inputs = made(json!({ "region": "eu", "dry_run": true }));
    let entry = NewEntry::requested(&NewDeploy { inputs, ..request(Origin::Request) }, None);
    assert_eq!(
        entry.event.to_payload().to_string(),
        r#"{"app":"shop","commit":"1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203","environment":"production","git_ref":"main","inputs":{"dry_run":"true","region":"eu"},"reason":"Fixes the till","source":"console","status":"requested"}"#
    );
}

#[test]
fn every_action_is_here() {
    let written: Vec<_> =
        entries().into_iter().filter_map(|(entry, _)| Action::of_text(entry.event.action())).collect();
    for action in Action::ALL {
        assert!(written.contains(&action), "{action:?}");
    }
}

/// The hash of a chain of them all. The other fields are hashed with the payloads.
#[test]
fn hashes_never_change() {
    let append = |previous, (entry, _): (NewEntry, _)| {
        let entry = entry.chained(previous);
        Some((entry.sequence, entry.hash))
    };
    let heads: Vec<_> = entries()
        .into_iter()
        .scan(None, |previous, entry| {
            *previous = append(previous.take(), entry);
            previous.clone()
        })
        .collect();
    for (length, hash) in [
        (22, "867ae0c312d84652814a80caa7912990cfed1c9e17af506e43509f3ae140f625"),
        (26, "ce3be99bbacd4a6f116c4fbe208fca39ed0d4ca89db3988242d8c8e83cfcb1a6"),
        (33, "a5a6e679461c7872c3e25b76bbaba875c53b340fd443b3f66ac2b559afbd510a"),
    ] {
        assert!(heads.contains(&(length, hash.to_owned())), "{length}: {:?}", heads.last());
    }
}
