//! What the server renders, where no browser is needed to see it.
#![cfg(feature = "ssr")]
#![allow(clippy::expect_used, reason = "in a test that is how to fail")]

mod fixture;

use app::{
    api::{
        Board, BoardApp, BoardEnvironment, DeployJournal, Me, NotificationTrouble, SessionReport,
        SignInButton, SignInOptions,
    },
    domain::{
        Aftermath, Caller, CallerKind, DEADLINE, Deploy, FailureStage, GITHUB_REVIEW, JournalEntry, LegState,
        Origin, RunProof, RunState, Source, StepKey, StepState, StoredText, Timestamp, TrailEntry,
        UnreadableEntry,
    },
    text::status::status_text,
    ui::{
        access::{me::MeDetails, sessions::SessionTable, sign_in::SignIn, viewer_mark::ViewerMark},
        board::{grid::BoardGrid, notification_trouble::NotificationTroubles},
        deploy::{
            log_lines::LogLines, progress_panel::ProgressPanel, record::journal::Journal, run_link::RunLink,
        },
        history::table::DeployTable,
        kit::{
            status::{StatusLine, Tone},
            stepper::Stepper,
        },
    },
};
use fixture::{deploy, failed_in};
use leptos::prelude::*;

const SCRIPT: &str = "<script>alert(1)</script>{{7*7}}${7*7}<svg onload=alert(1)>\u{1b}[31m";

fn html<V: RenderHtml>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| view().to_html())
}

/// A deploy with hostile text in every text field.
fn hostile() -> Deploy {
    let mut deploy = deploy(&["requested", "dispatched", "smoke_gate_started"]);
    for text in [&mut deploy.app, &mut deploy.environment, &mut deploy.git_ref, &mut deploy.requested_by] {
        SCRIPT.clone_into(text);
    }
    deploy.reason = Some(SCRIPT.to_owned());
    deploy.status = SCRIPT.into();
    for entry in &mut deploy.history {
        entry.status = SCRIPT.into();
        entry.log_line = Some(SCRIPT.to_owned());
        entry.evidence = Some(SCRIPT.to_owned());
    }
    for step in &mut deploy.steps {
        step.evidence = Some(SCRIPT.to_owned());
    }
    deploy
}

fn hostile_board() -> Board {
    // Names come from the configuration; everything else comes from outside.
    let environment = BoardEnvironment {
        name: "production".to_owned(),
        asks_for_name: false,
        frozen: None,
        under_way: Some(hostile()),
        last_success: Some(hostile()),
        version: None,
        last_ended: Some(hostile()),
        claim: None,
        gate: None,
        awaits_caller: false,
        upstream: None,
        denied: None,
    };
    let app = BoardApp {
        name: "storefront".to_owned(),
        repo: "acme/storefront".to_owned(),
        group: None,
        default_ref: "main".to_owned(),
        inputs: Vec::new(),
        environments: vec![environment],
    };
    Board { apps: vec![app], rehearsal: false, github: None, notifications: Vec::new() }
}

fn hostile_journal() -> DeployJournal {
    let unreadable = UnreadableEntry {
        sequence: 2,
        unreadable: SCRIPT.to_owned(),
        at: None,
        actor: SCRIPT.to_owned(),
        action: SCRIPT.to_owned(),
        deploy_id: None,
        stored: StoredText { at: SCRIPT.to_owned(), deploy_id: None, payload: SCRIPT.to_owned() },
        previous_hash: SCRIPT.to_owned(),
        hash: SCRIPT.to_owned(),
    };
    let entries = vec![TrailEntry::Readable(hostile_entry()), TrailEntry::Unreadable(Box::new(unreadable))];
    DeployJournal { entries, earlier: 0 }
}

fn hostile_entry() -> JournalEntry {
    JournalEntry {
        sequence: 1,
        at: fixture::deploy(&["requested"]).requested_at,
        actor: SCRIPT.to_owned(),
        action: SCRIPT.to_owned(),
        deploy_id: None,
        payload: serde_json::json!({ SCRIPT: SCRIPT }),
        previous_hash: SCRIPT.to_owned(),
        hash: SCRIPT.to_owned(),
    }
}

#[test]
fn f55_markup_in_any_stored_text_is_text() {
    let pages = [
        html(|| view! { <BoardGrid board=hostile_board() /> }),
        html(|| view! { <ProgressPanel first=hostile().into() read_at=Timestamp::UNIX_EPOCH /> }),
        html(|| view! { <DeployTable deploys=vec![hostile()] /> }),
        html(|| view! { <LogLines deploy=Signal::stored(hostile()) /> }),
        html(|| view! { <Stepper deploy=Signal::stored(hostile()) /> }),
        html(|| view! { <Journal id=hostile().id journal=hostile_journal() /> }),
        html(|| view! { <StatusLine deploy=Signal::stored(hostile()) /> }),
    ];
    for page in pages {
        assert!(page.contains("alert(1)"), "nothing of it is shown: {page}");
        assert!(!page.contains("<script") && !page.contains("<svg onload"), "{page}");
        assert!(!page.contains('\u{1b}'), "{page}");
    }
}

#[test]
fn f55_only_a_web_address_is_a_link() {
    for (address, is_link) in [
        ("https://github.example/acme/storefront/actions/runs/42", true),
        ("http://127.0.0.1:3000/run", true),
        ("HTTPS://github.example/run", true),
        ("javascript:alert(1)", false),
        ("JavaScript:alert(1)//https://github.example", false),
        (" javascript:alert(1)", false),
        ("data:text/html,<script>alert(1)</script>", false),
        ("//evil.example", false),
        ("https:evil", false),
        ("", false),
    ] {
        let mut deploy = deploy(&["requested", "dispatched"]);
        deploy.github_run_url = Some(address.to_owned());
        let link = html(|| view! { <RunLink deploy=Signal::stored(deploy) /> });
        assert_eq!(link.contains("href"), is_link, "{address}: {link}");
        assert!(link.contains("Run 42"), "{link}");
    }
}

#[test]
fn every_status_has_its_words() {
    const R: &str = "requested";
    const D: &str = "dispatched";
    for (path, words) in [
        (&[R][..], "Requested — asking GitHub"),
        (&[R, D], "Dispatched — waiting for the first report"),
        (&[R, D, "smoke_gate_started"], "Smoke gate in progress"),
        (&[R, D, "smoke_gate_started", "smoke_gate_passed"], "Smoke gate passed — waiting for the next step"),
        (&[R, D, "freeze_check_started"], "Freeze check in progress"),
        (
            &[R, D, "freeze_check_started", "freeze_check_passed"],
            "Freeze check passed — waiting for the deploy step",
        ),
        (&[R, D, "building"], "Deploy in progress"),
        (&[R, D, "building", "deploying"], "Rolled out — health check in progress"),
        (&[R, D, "building", "deploying", "succeeded"], "Deployed"),
        (&[R, D, "building", "deploying", "failed"], "Failed in the health check"),
        (&[R, D, "building", "failed"], "Failed in the deploy step"),
        (&[R, D, "freeze_check_started", "failed"], "Failed in the freeze check"),
        (&[R, D, "smoke_gate_started", "failed"], "Failed in the smoke gate"),
        (&[R, D, "failed"], "Failed"),
        (&[R, "failed"], "Failed — GitHub did not start a run"),
        (&[R, D, "smoke_gate_started", "timed_out"], "Timed out in the smoke gate"),
        (&[R, D, "timed_out"], "Timed out"),
        (&[R, D, "rolling_back"], "Unknown status “rolling_back” — recorded by a newer console"),
    ] {
        assert_eq!(status_text(&deploy(path)), words, "{path:?}");
    }
}

#[test]
fn the_failure_stage_of_the_workflow_names_the_place() {
    let failed = failed_in(FailureStage::FreezeCheck, deploy(&["requested", "dispatched", "failed"]));
    assert_eq!(status_text(&failed), "Failed in the freeze check");
}

#[test]
fn deploy_without_run_says_it_waits() {
    let mut waiting = deploy(&["requested", "dispatched"]);
    waiting.github_run_id = None;
    assert_eq!(status_text(&waiting), "Dispatched — waiting for run…");
}

/// What GitHub says of the run is the headline, unless the workflow has reported more since: nothing turns where it is not
/// known whether anything moves.
#[test]
fn headline_says_where_the_run_stands() {
    let at = |state, second| {
        let mut held = deploy(&["requested", "dispatched", "smoke_gate_started"]);
        held.run_state = Some(state);
        held.run_read_at = Timestamp::from_second(fixture::NOON + second).ok();
        (status_text(&held), Tone::of(&held))
    };
    let moving = ("Smoke gate in progress".to_owned(), Tone::Moving);
    for (state, words, tone) in [
        (RunState::Missing, "Not known — its run is gone from GitHub", Tone::Unknown),
        (RunState::Ended, "Not known — its run ended without saying how", Tone::Unknown),
        (RunState::Ambiguous, "Not known — several runs on GitHub carry its id", Tone::Unknown),
        (RunState::AwaitingApproval, "Waits on GitHub for an approval or a protection rule", Tone::Waiting),
        (RunState::AwaitingTurn, "Waits on GitHub for another run to end", Tone::Waiting),
    ] {
        assert_eq!(at(state, 9), (words.to_owned(), tone));
        assert_eq!(at(state, 1), moving, "{state:?} was read before the last report");
    }
    assert_eq!(at(RunState::InProgress, 9), moving);
    let mut lost = deploy(&["requested", "dispatched", "smoke_gate_started"]);
    lost.run_state = Some(RunState::Missing);
    lost.run_read_at = Timestamp::from_second(fixture::NOON + 9).ok();
    let stepper = html(|| view! { <Stepper deploy=Signal::stored(lost) /> });
    assert!(stepper.contains("not known") && stepper.contains("step--lost"), "{stepper}");
    let mut ended = deploy(&["requested", "dispatched", "failed"]);
    (ended.run_state, ended.run_read_at) = (Some(RunState::Missing), Some(Timestamp::MAX));
    assert_eq!(status_text(&ended), "Failed");
}

#[test]
fn rejection_on_github_and_failed_legs_are_named() {
    let mut rejected = deploy(&["requested", "dispatched", "smoke_gate_passed", "failed"]);
    let end = rejected.history.last_mut().expect("it has an end");
    (end.source, end.evidence) = (Source::Reconciler, Some(format!("{GITHUB_REVIEW}deploy of run 42")));
    assert_eq!(status_text(&rejected), "Rejected on GitHub");
    assert_eq!(rejected.aftermath(), Some(Aftermath::Untouched));

    let mut failed = deploy(&["requested", "dispatched", "building", "deploying", "failed"]);
    let leg = |index, name: &str, state| LegState {
        step: StepKey::Deploy,
        index,
        total: 2,
        name: Some(name.to_owned()),
        status: None,
        state,
        began_at: None,
        ended_at: None,
        log_line: None,
    };
    failed.legs = vec![leg(0, "eu", StepState::Done), leg(1, "us", StepState::Failed)];
    assert_eq!(status_text(&failed), "Failed in the health check — in 1 of 2 legs: us");
}

#[test]
fn the_board_is_complete_without_scripts() {
    let live = deploy(&["requested", "dispatched", "building", "deploying", "succeeded"]);
    let under_way = deploy(&["requested", "dispatched", "smoke_gate_started"]);
    let environment = BoardEnvironment {
        name: "production".to_owned(),
        asks_for_name: false,
        frozen: None,
        under_way: Some(under_way),
        last_success: Some(live.clone()),
        version: None,
        last_ended: Some(live),
        claim: None,
        gate: None,
        awaits_caller: false,
        upstream: None,
        denied: None,
    };
    let app = BoardApp {
        name: "storefront".to_owned(),
        repo: "acme/storefront".to_owned(),
        group: None,
        default_ref: "main".to_owned(),
        inputs: Vec::new(),
        environments: vec![environment],
    };
    let board = Board { apps: vec![app], rehearsal: false, github: None, notifications: Vec::new() };
    let page = html(|| view! { <BoardGrid board /> });
    for part in [
        "acme/storefront",
        "2025-11-22 12:03 UTC",
        "Smoke gate in progress",
        "class=\"bars\"",
        "aria-label=\"Deploy storefront to production\"",
        "aria-disabled=\"true\"",
        "One deploy at a time",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
}

/// What GitHub vouched for is said in words, and its delivery on demand, as ever.
#[test]
fn f98_proved_step_says_by_what() {
    let mut proved = deploy(&["requested", "dispatched", "smoke_gate_started", "smoke_gate_passed"]);
    let commit = "1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203".parse().expect("it is a commit");
    proved.steps[0].proved_by = Some(RunProof { run_id: 123, run_attempt: 1, sha: commit });
    let html = html(move || view! { <Stepper deploy=Signal::stored(proved) /> });
    for part in ["proved by GitHub: run 123, attempt 1, commit 1f4c7a2<", "title=\"Delivery msg_3\"", "took "]
    {
        assert!(html.contains(part), "no {part} in {html}");
    }
    assert!(!html.contains("reported by the workflow"), "{html}");
}

#[test]
fn step_read_from_github_claims_no_duration() {
    let mut healed = deploy(&["requested", "dispatched", "smoke_gate_started", "smoke_gate_passed"]);
    let stepper = |deploy: &Deploy| {
        let deploy = deploy.clone();
        html(move || view! { <Stepper deploy=Signal::stored(deploy) /> })
    };
    assert!(stepper(&healed).contains("took "));
    healed.steps[0].source = Some(Source::Reconciler);
    let html = stepper(&healed);
    assert!(
        html.contains("end recorded") && html.contains("read from GitHub") && !html.contains("took "),
        "{html}"
    );
}

#[test]
fn untaken_messages_are_one_calm_line() {
    let trouble = |messages, last_error: Option<&str>| NotificationTrouble {
        channel: "Slack".to_owned(),
        messages,
        since: fixture::deploy(&["requested"]).requested_at,
        last_error: last_error.map(str::to_owned),
    };
    let shown = |troubles| html(|| view! { <NotificationTroubles troubles /> });
    assert!(!shown(vec![]).contains("<p"));
    for (trouble, line) in [
        (trouble(1, None), "Slack has not taken 1 message since 12:03:07 UTC. Deploys are not affected."),
        (
            trouble(3, Some("it answered 500")),
            "Slack has not taken 3 messages since 12:03:07 UTC (it answered 500). Deploys are not affected.",
        ),
    ] {
        let page = shown(vec![trouble]);
        assert!(page.contains(line) && page.matches("<p").count() == 1, "{page}");
    }
}

#[test]
fn deadline_is_from_neither_github_nor_workflow() {
    let mut late = deploy(&["requested", "dispatched", "smoke_gate_started", "timed_out"]);
    let end = late.history.last_mut().expect("it ended");
    end.source = Source::Reconciler;
    end.evidence = Some(DEADLINE.to_owned());
    end.log_line = Some("No event ended it within its deadline of 45 min.".to_owned());
    for step in late.steps.iter_mut().filter(|step| step.state == StepState::Stalled) {
        (step.source, step.evidence) = (Some(Source::Reconciler), Some(DEADLINE.to_owned()));
    }
    let (steps, lines) = (late.clone(), late);
    let steps = html(|| view! { <Stepper deploy=Signal::stored(steps) /> });
    assert!(steps.contains("its deadline passed") && !steps.contains("read from GitHub"), "{steps}");
    let lines = html(|| view! { <LogLines deploy=Signal::stored(lines) /> });
    assert!(lines.contains("console ") && lines.contains("No event ended it"), "{lines}");
}

fn viewer(kind: CallerKind, name: &str) -> Caller {
    Caller {
        kind,
        id: format!("github:{name}"),
        name: name.to_owned(),
        groups: Vec::new(),
        grants: Vec::new(),
    }
}

/// The history, as somebody sees it.
fn history(viewer: Caller, deploy: Deploy) -> String {
    html(|| {
        provide_context(viewer);
        view! { <DeployTable deploys=vec![deploy] /> }
    })
}

#[test]
fn own_deploys_are_of_you() {
    let own = deploy(&["requested"]);
    let name = own.requested_by.clone();
    assert!(history(viewer(CallerKind::Person, &name), own.clone()).contains("by you"));
    assert!(
        history(viewer(CallerKind::Person, "somebody-else"), own.clone()).contains(&format!("by {name}"))
    );
    // Where nobody signs in, everybody has this name.
    assert!(history(viewer(CallerKind::Local, &name), own.clone()).contains(&format!("by {name}")));
    // A GitHub user of the same name may be another person.
    let origin = Origin::GitHub { event: "push".to_owned(), ended_at: None };
    let found = Deploy { origin, ..own };
    assert!(history(viewer(CallerKind::Person, &name), found).contains(&format!("by {name} on GitHub")));
}

#[test]
fn deploy_button_says_why_it_is_denied() {
    let mut board = hostile_board();
    let reason = "It needs the role deployer on storefront in production.".to_owned();
    board.apps[0].environments[0].denied = Some(reason.clone());
    let page = html(|| view! { <BoardGrid board /> });
    let (_, button) = page.split_once("aria-label=\"Deploy storefront to production\"").expect("a button");
    let button = button.split_once("</span>").expect("its reason").0;
    assert!(button.contains("aria-describedby=\"may-not-storefront-production\""), "{button}");
    assert!(button.contains(&reason), "{button}");
    assert!(!page.contains("data-deploy"), "it opens no form: {page}");
    assert!(page.contains("data-watch"), "whoever sees it may watch it");
}

#[test]
fn f55_names_of_people_are_text() {
    let me = Me { caller: viewer(CallerKind::Person, SCRIPT), ask: vec![SCRIPT.to_owned()], ends_at: None };
    let at = deploy(&["requested"]).requested_at;
    let session = SessionReport {
        id: SCRIPT.to_owned(),
        name: SCRIPT.to_owned(),
        created_at: at,
        last_seen_at: at,
        expires_at: at,
    };
    for page in [
        html(|| view! { <MeDetails me /> }),
        html(|| view! { <SessionTable sessions=vec![session] viewer=None /> }),
        html(|| view! { <ViewerMark name=SCRIPT.to_owned() /> }),
    ] {
        assert!(page.contains("alert(1)"), "nothing of it is shown: {page}");
        assert!(!page.contains("<script") && !page.contains("<svg onload"), "{page}");
    }
}

/// An address can be written by hand: what is no code of ours is not repeated.
#[test]
fn sign_in_page_repeats_no_unknown_problem() {
    let options = |problem: &str| SignInOptions {
        buttons: vec![SignInButton::github("/")],
        problem: Some(problem.to_owned()),
    };
    let known = html(|| view! { <SignIn options=options("session_ended") /> });
    assert!(known.contains("Your session has ended."), "{known}");
    let unknown = html(|| view! { <SignIn options=options(SCRIPT) /> });
    assert!(!unknown.contains("alert") && !unknown.contains("role=\"status\""), "{unknown}");
}
