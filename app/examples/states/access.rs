//! Signing in, who one is and what one may, tokens, sessions, and what one may not press.

use std::iter::successors;

use app::{
    api::{
        BoardEnvironment, IssuedToken, Me, Redeploy, RedeployKind, SessionReport, SignInButton,
        SignInOptions, SignInProblem, TokenReport, TokenState,
    },
    domain::{Action, Caller, CallerKind, Grant, Role, Scope, Status},
    request::query::Query,
    ui::{
        access::{
            me::MeDetails,
            sessions::SessionTable,
            sign_in::SignIn,
            token_form::{NewToken, TokenForm},
            tokens::TokenTable,
            viewer_mark::ViewerMark,
        },
        deploy::{next_steps::NextSteps, progress_panel::DeployView},
        freezes::form::FreezeDenied,
        kit::may_not::MayNot,
    },
};
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::{at, id, reached},
    history::choices,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// The ways in, and why somebody is there again.
pub(crate) fn sign_in() -> Group {
    let providers = || {
        vec![SignInButton::github("/"), SignInButton::oidc("login.example.com", "/deploys?app=storefront")]
    };
    let roles = Role::ALL.map(|role| SignInButton::role(role, "/")).to_vec();
    let problems = SignInProblem::ALL.map(|problem| {
        let name = format!("sign-in-{}", problem.as_str().replace('_', "-"));
        way_in(&name, &format!("Again, because: {}", problem.as_str()), providers(), Some(problem))
    });
    let figures = [
        way_in("sign-in", "One button for each provider", providers(), None),
        way_in("sign-in-rehearsal", "In a rehearsal, one for each role", roles, None),
        way_in("sign-in-nobody", "Where nobody signs in", Vec::new(), None),
    ];
    Group { title: "Signing in", figures: figures.into_iter().chain(problems).collect() }
}

fn way_in(name: &str, caption: &str, buttons: Vec<SignInButton>, problem: Option<SignInProblem>) -> Figure {
    let problem = problem.map(|problem| problem.as_str().to_owned());
    Width::Panel.figure(name, caption, || view! { <SignIn options=SignInOptions { buttons, problem } /> })
}

/// Each kind of caller once. A new one does not compile before it has its place here.
fn kinds() -> impl Iterator<Item = CallerKind> {
    successors(Some(CallerKind::Person), |kind| match kind {
        CallerKind::Person => Some(CallerKind::Token),
        CallerKind::Token => Some(CallerKind::Local),
        CallerKind::Local => None,
    })
}

pub(crate) fn me() -> Group {
    let mark = Width::Line.figure("viewer-mark", "Who is signed in, on every page", || {
        view! { <ViewerMark name="Ada Lovelace".to_owned() /> }
    });
    let kinds = kinds().map(|kind| match kind {
        CallerKind::Person => about("me", "Somebody who may some things", ada(some_grants())),
        CallerKind::Token => {
            let (id, name) = ("token:release-bot".to_owned(), "release-bot".to_owned());
            let grants = some_grants();
            about("me-token", "A token", Caller { kind, id, name, groups: Vec::new(), grants })
        }
        CallerKind::Local => about("me-local", "Where nobody signs in", Caller::local()),
    });
    let admin = about("me-admin", "An admin", ada(vec![Grant::everywhere(Role::Admin)]));
    let nothing = about("me-nothing", "Signed in, without a grant", ada(Vec::new()));
    Group { title: "You", figures: [mark].into_iter().chain(kinds).chain([admin, nothing]).collect() }
}

fn ada(grants: Vec<Grant>) -> Caller {
    Caller {
        kind: CallerKind::Person,
        id: "oidc:8c1f6f3e-52a3".to_owned(),
        name: "ada.lovelace@example.com".to_owned(),
        groups: ["acme", "acme/platform"].map(str::to_owned).to_vec(),
        grants,
    }
}

fn some_grants() -> Vec<Grant> {
    vec![
        Grant::everywhere(Role::Viewer),
        Grant {
            role: Role::Deployer,
            apps: Some(vec!["storefront".to_owned(), "billing-api".to_owned()]),
            environments: Some(vec!["staging".to_owned()]),
        },
        Grant { role: Role::Operator, apps: Some(vec!["customer-docs".to_owned()]), environments: None },
    ]
}

fn about(name: &str, caption: &str, caller: Caller) -> Figure {
    let ends_at = (caller.kind == CallerKind::Person).then(|| at(11 * HOUR));
    let ask = vec!["grace".to_owned(), "the group acme/admins".to_owned()];
    Width::Page.figure(name, caption, || {
        view! { <div class="main"><MeDetails me=Me { caller, ask, ends_at } /></div> }
    })
}

/// Each state of a token once, likewise.
fn token_states() -> impl Iterator<Item = TokenState> {
    successors(Some(TokenState::Live { until: Some(at(90 * DAY)) }), |state| match state {
        TokenState::Live { until: Some(_) } => Some(TokenState::Live { until: None }),
        TokenState::Live { until: None } => Some(TokenState::Expired { at: at(-DAY) }),
        TokenState::Expired { .. } => Some(TokenState::Revoked { at: at(-2 * DAY) }),
        TokenState::Revoked { .. } => None,
    })
}

fn token(state: TokenState) -> TokenReport {
    let (name, grant) = match state {
        TokenState::Live { until: Some(_) } => ("release-bot", some_grants().remove(1)),
        TokenState::Live { until: None } => ("prometheus", Grant::everywhere(Role::Viewer)),
        TokenState::Expired { .. } => ("load-test", some_grants().remove(2)),
        TokenState::Revoked { .. } => ("old-release-bot", Grant::everywhere(Role::Deployer)),
    };
    TokenReport {
        name: name.to_owned(),
        grant,
        created_by: "grace".to_owned(),
        created_at: at(-30 * DAY),
        last_used_at: (name != "load-test").then(|| at(-HOUR - 187)),
        state,
    }
}

pub(crate) fn tokens() -> Group {
    let table = |name: &str, caption: &str, tokens: Vec<TokenReport>| {
        Width::Page.figure(name, caption, || view! { <div class="main"><TokenTable tokens /></div> })
    };
    let form = |name: &str, caption: &str, query: &'static str| {
        Width::Page.figure(name, caption, || {
            view! { <TokenForm choices=choices() query=Query::read(query) /> }
        })
    };
    let issued = IssuedToken {
        name: "release-bot".to_owned(),
        token: "dct_00000000000000000000000000000000000000000000example".to_owned(),
    };
    let figures = vec![
        table("tokens-none", "There is none", Vec::new()),
        table("tokens", "In each state", token_states().map(token).collect()),
        table("tokens-revoke", "One is about to be revoked", token_states().take(1).map(token).collect())
            .opened(),
        Width::Page.figure("token-new", "One was made", || view! { <NewToken issued /> }),
        form("token-form", "The form", ""),
        form(
            "token-form-typed",
            "The form after a refusal",
            "name=release-bot&role=deployer&expires_in_days=30&app=storefront&environment=staging",
        ),
    ];
    Group { title: "Tokens", figures }
}

pub(crate) fn sessions() -> Group {
    let session = |id: &str, name: &str, since: i64| SessionReport {
        id: id.to_owned(),
        name: name.to_owned(),
        created_at: at(-since),
        last_seen_at: at(-60),
        expires_at: at(12 * HOUR - since),
    };
    let ada = ada(Vec::new());
    let several = vec![
        session(&ada.id, &ada.name, HOUR),
        session("github:4207", "octocat", 2 * HOUR),
        session(&ada.id, &ada.name, 5 * HOUR),
    ];
    let table = |name: &str, caption: &str, sessions: Vec<SessionReport>| {
        let viewer = Some("github:4207".to_owned());
        Width::Page.figure(name, caption, || view! { <SessionTable sessions viewer /> })
    };
    let figures = vec![
        table("sessions-none", "Nobody is signed in", Vec::new()),
        table("sessions", "Two people, one of them twice", several),
    ];
    Group { title: "Sessions", figures }
}

/// Why somebody who may only see may not do this.
fn denied(action: Action) -> String {
    let viewer = ada(vec![Grant::everywhere(Role::Viewer)]);
    let scope = Scope { app: Some("storefront".to_owned()), environment: Some("production".to_owned()) };
    viewer.denied(action, &scope).expect("a viewer may not")
}

/// The same environment, for somebody who may only see.
pub(crate) fn for_viewer(environment: BoardEnvironment) -> BoardEnvironment {
    BoardEnvironment { denied: Some(denied(Action::Deploy)), ..environment }
}

pub(crate) fn denials() -> Group {
    let button = Width::Panel.figure("may-not", "A button, and why one may not press it", || {
        view! { <MayNot id="why" label="Deploy" reason=denied(Action::Deploy) /> }
    });
    let progress = Width::Panel.figure("may-not-end", "A deploy that one may not end", || {
        let deploy = reached(Status::Building);
        let mut first: app::api::PollAnswer = deploy.into();
        first.denied = Some(denied(Action::Cancel));
        view! { <section class="panel"><DeployView first known=0 drawn_at=at(150) /></section> }
    });
    let next = Width::Page.figure("may-not-repeat", "What one may not do next", || {
        let redeploys = vec![Redeploy {
            environment: "production".to_owned(),
            is_backwards: false,
            kind: RedeployKind::Rollback,
            denied: Some(denied(Action::Deploy)),
        }];
        view! { <NextSteps deploy=id() redeploys /> }
    });
    let freeze = Width::Page.figure("may-not-freeze", "No freeze may be declared", || {
        view! { <FreezeDenied reason=denied(Action::Freeze) /> }
    });
    Group { title: "What one may not", figures: vec![button, progress, next, freeze] }
}
