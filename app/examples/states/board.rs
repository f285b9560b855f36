//! The board: one cell in each state, the whole, and what is above it.

use app::{
    api::{Board, BoardApp, BoardEnvironment, NotificationTrouble, UiError, Upstream, VersionCheck},
    domain::{Claim, ClaimOrigin, CommitDetails, CommitDistance, Deploy, GitHubOutage, Origin, Status},
    live::page_refresh::PageRefresh,
    ui::{
        board::{
            attention::{Attention, AttentionStrip},
            cell::BoardCell,
            filter::{BoardFilter, BoardQuery},
            grid::BoardGrid,
            notification_trouble::NotificationTroubles,
        },
        layout::freshness::PageFreshness,
    },
};
use leptos::prelude::*;

use super::{
    access::for_viewer,
    approvals::waits_here,
    figure::{Figure, Group, Width},
    fixture::{at, ended, frozen, frozen_until_lifted, live, reached, trouble},
    versions::checks,
};

pub(crate) fn group() -> Group {
    let cells = [
        cell("cell-nothing-live", "Nothing is live yet", environment("production")),
        cell("cell-live", "Something is live", quiet()),
        cell("cell-live-from-github", "What is live was started on GitHub", from_github()),
        cell("cell-under-way", "A deploy is under way", moving(quiet())),
        cell("cell-first-under-way", "The first deploy is under way", moving(environment("production"))),
        cell("cell-last-failed", "The last deploy failed", last_failed()),
        cell("cell-claim", "A run of a fork claims to have deployed", claimed()),
        cell("cell-frozen", "Frozen for a while", BoardEnvironment { frozen: Some(frozen()), ..quiet() }),
        cell(
            "cell-stopped",
            "Frozen until somebody lifts it",
            BoardEnvironment { frozen: Some(frozen_until_lifted()), ..quiet() },
        ),
        cell("cell-denied", "Somebody may see it, not deploy", for_viewer(moving(quiet()))),
        cell("cell-commit", "The commit is known", with_details(quiet())),
        cell("cell-ahead", "Staging is ahead", with_upstream(Some((4, 0)))),
        cell("cell-behind", "Staging is behind", with_upstream(Some((0, 2)))),
        cell("cell-diverged", "Staging has other commits", with_upstream(Some((4, 2)))),
        cell("cell-distance-unknown", "How far staging is ahead is not known", with_upstream(None)),
        cell("cell-awaits-you", "It waits for your approval", awaits_you()),
        in_cell("cell-github-trouble", "GitHub does not answer", quiet(), Some(trouble(None))),
        in_cell(
            "cell-everything",
            "All of it at once",
            BoardEnvironment { frozen: Some(frozen()), ..moving(quiet()) },
            Some(trouble(None)),
        ),
    ];
    let versions = checks().map(|(name, caption, check)| {
        let environment = BoardEnvironment { version: Some(check), ..quiet() };
        cell(&format!("cell-version-{name}"), caption, environment)
    });
    let whole = [
        board("board-empty", "No app is configured", Vec::new()),
        board("board", "The board", apps()),
        board("board-denied", "The board of somebody who may deploy to staging alone", denied_apps()),
        filter("board-filter", "Finding apps", ""),
        filter("board-filter-filled", "Finding apps, with what was typed", "billing stag"),
        attention("attention", "What asks for attention", everything(), None),
        attention("attention-chosen", "One of it is chosen", everything(), Some(Attention::Frozen)),
        attention("attention-none", "Nothing asks for attention", vec![app("shop", vec![quiet()])], None),
        freshness("freshness-silent", "The console does not answer", Some(UiError::Unreachable), false),
        freshness("freshness-signed-out", "The operator is signed out", Some(UiError::SignedOut), false),
        freshness("freshness-newer-build", "The console was updated", None, true),
        troubles("notification-trouble", "A channel has not taken messages", vec![slack(), webhook()]),
    ];
    Group { title: "Board", figures: cells.into_iter().chain(versions).chain(whole).collect() }
}

/// An environment without any deploy.
pub(crate) fn environment(name: &str) -> BoardEnvironment {
    BoardEnvironment {
        name: name.to_owned(),
        asks_for_name: true,
        frozen: None,
        under_way: None,
        awaits_caller: false,
        last_success: None,
        version: None,
        last_ended: None,
        claim: None,
        gate: None,
        upstream: None,
        denied: None,
    }
}

/// Something is live, and nothing else is known.
fn quiet() -> BoardEnvironment {
    BoardEnvironment { last_success: Some(live()), last_ended: Some(live()), ..environment("production") }
}

pub(crate) fn moving(environment: BoardEnvironment) -> BoardEnvironment {
    BoardEnvironment { under_way: Some(reached(Status::Building)), ..environment }
}

fn with_details(environment: BoardEnvironment) -> BoardEnvironment {
    let details = CommitDetails {
        subject: "Keep the basket when the session ends".to_owned(),
        author: Some("octocat".to_owned()),
        committed_at: Some(at(-9_000)),
    };
    let deploy = Deploy { commit_details: Some(details), ..live() };
    BoardEnvironment { last_success: Some(deploy.clone()), last_ended: Some(deploy), ..environment }
}

fn with_upstream(distance: Option<(u32, u32)>) -> BoardEnvironment {
    let distance = distance.map(|(ahead, behind)| CommitDistance { ahead, behind });
    let upstream = Upstream { environment: "staging".to_owned(), deploy_id: live().id, distance };
    BoardEnvironment { upstream: Some(upstream), ..with_details(quiet()) }
}

fn awaits_you() -> BoardEnvironment {
    BoardEnvironment { awaits_caller: true, ..waits_here() }
}

/// An app for each reason to look at one.
fn everything() -> Vec<BoardApp> {
    let drift = VersionCheck::Differs { answer: "9d21c07".to_owned(), since: at(0), read_at: at(9) };
    let frozen = BoardEnvironment { frozen: Some(frozen()), ..quiet() };
    let drifts = BoardEnvironment { version: Some(drift), ..quiet() };
    vec![app("shop", vec![last_failed(), awaits_you(), frozen, drifts])]
}

fn attention(name: &str, caption: &str, apps: Vec<BoardApp>, show: Option<Attention>) -> Figure {
    let query = BoardQuery { show, ..BoardQuery::default() };
    Width::Line.figure(name, caption, || view! { <AttentionStrip apps query /> })
}

fn claimed() -> BoardEnvironment {
    let claim = Claim {
        git_ref: "v9".to_owned(),
        by: "octocat".to_owned(),
        run_url: "https://github.example/acme/storefront/actions/runs/43".to_owned(),
        at: live().updated_at,
        has_ended: true,
        origin: ClaimOrigin::Fork("octocat/storefront".to_owned()),
    };
    BoardEnvironment { claim: Some(claim), ..quiet() }
}

fn last_failed() -> BoardEnvironment {
    BoardEnvironment { last_ended: Some(ended(Status::Failed, Status::Building)), ..quiet() }
}

fn from_github() -> BoardEnvironment {
    let origin = Origin::GitHub { event: "push".to_owned(), ended_at: None };
    let deploy = Deploy { origin, git_ref: "main".to_owned(), ..live() };
    BoardEnvironment { last_success: Some(deploy.clone()), last_ended: Some(deploy), ..quiet() }
}

fn cell(name: &str, caption: &str, environment: BoardEnvironment) -> Figure {
    in_cell(name, caption, environment, None)
}

pub(crate) fn in_cell(
    name: &str,
    caption: &str,
    environment: BoardEnvironment,
    github: Option<GitHubOutage>,
) -> Figure {
    Width::Cell
        .figure(name, caption, || {
            let (app, default_ref) = ("storefront".to_owned(), "main".to_owned());
            let cell = view! { <BoardCell app default_ref environment github /> };
            view! {
                <div class="board">
                    <table class="board__table">
                        <tbody><tr class="app"><th scope="row" class="app__name">"App"</th>{cell}</tr></tbody>
                    </table>
                </div>
            }
        })
        .opened()
}

fn apps() -> Vec<BoardApp> {
    let staging = || BoardEnvironment { asks_for_name: false, name: "staging".to_owned(), ..quiet() };
    vec![
        app("storefront", vec![moving(quiet()), staging()]),
        app(
            "billing-api",
            vec![BoardEnvironment { frozen: Some(frozen()), ..quiet() }, environment("staging")],
        ),
        app("customer-docs", vec![last_failed()]),
        BoardApp { group: Some("payments".to_owned()), ..app("ledger", vec![with_details(quiet())]) },
    ]
}

/// Somebody may deploy to staging, and see the rest.
fn denied_apps() -> Vec<BoardApp> {
    let mut apps = apps();
    for environment in apps.iter_mut().flat_map(|app| &mut app.environments) {
        if environment.name == "production" {
            *environment = for_viewer(environment.clone());
        }
    }
    apps
}

fn app(name: &str, environments: Vec<BoardEnvironment>) -> BoardApp {
    let repo = format!("acme/{name}");
    let default_ref = "main".to_owned();
    BoardApp { name: name.to_owned(), repo, group: None, default_ref, inputs: Vec::new(), environments }
}

fn board(name: &str, caption: &str, apps: Vec<BoardApp>) -> Figure {
    Width::Page.figure(name, caption, || {
        let board = Board { apps, rehearsal: false, github: None, notifications: Vec::new() };
        view! { <BoardGrid board /> }
    })
}

fn filter(name: &str, caption: &str, search: &str) -> Figure {
    Width::Line.figure(
        name,
        caption,
        || view! { <BoardFilter query=BoardQuery { search: search.to_owned(), show: None } /> },
    )
}

fn freshness(name: &str, caption: &str, error: Option<UiError>, is_outdated: bool) -> Figure {
    Width::Page.figure(name, caption, || {
        let page = PageRefresh {
            read_at: signal(Some(at(40))).0,
            error: signal(error).0,
            is_outdated: signal(is_outdated).0,
            refresh: Callback::new(|()| ()),
        };
        view! { <PageFreshness page /> }
    })
}

fn slack() -> NotificationTrouble {
    let last_error = Some("it answered 500".to_owned());
    NotificationTrouble { channel: "Slack".to_owned(), messages: 3, since: at(0), last_error }
}

fn webhook() -> NotificationTrouble {
    NotificationTrouble { channel: "The webhook".to_owned(), messages: 1, since: at(30), last_error: None }
}

fn troubles(name: &str, caption: &str, troubles: Vec<NotificationTrouble>) -> Figure {
    Width::Page.figure(name, caption, || view! { <NotificationTroubles troubles /> })
}
