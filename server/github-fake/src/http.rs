//! The endpoints of the simulated GitHub, as the real one documents them, and pages for people.

mod apps;
mod commits;
mod compare;
mod control;
mod dispatch;
mod errors;
mod gate;
mod identity;
mod jobs;
mod limits;
mod oauth;
mod pages;
mod paging;
mod protection;
mod reads;
mod records;
mod rehearsal;
mod repos;
mod reviews;
mod runs;
mod users;
mod webhooks;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::FromRef,
    middleware,
    routing::{get, post, put},
};

use self::records::Links;
pub use self::webhooks::WebhookDelivery;
pub(super) use self::{errors::Faulty, webhooks::Webhooks};
use super::{
    model::Model,
    observe::{self, Observers},
    runner::Runner,
};

#[derive(Clone, Debug)]
pub(super) struct HttpState {
    links: Links,
    model: Arc<Model>,
    runner: Runner,
    /// Where it tells of what happens, if it does.
    webhooks: Arc<Mutex<Option<Webhooks>>>,
}

impl FromRef<HttpState> for Arc<Model> {
    fn from_ref(state: &HttpState) -> Self {
        Self::clone(&state.model)
    }
}

impl HttpState {
    pub(super) fn at(address: SocketAddr, model: Arc<Model>, runner: Runner) -> Self {
        Self { links: Links::at(address), model, runner, webhooks: Arc::default() }
    }
}

pub(super) fn router(state: HttpState, observers: Observers) -> Router {
    let api = reads(&state)
        .merge(writes())
        .fallback(errors::no_such_endpoint)
        .layer(middleware::from_fn_with_state(state.clone(), gate::repository_is_here))
        .layer(middleware::from_fn_with_state(state.clone(), gate::token_is_good))
        .merge(as_app(&state))
        .layer(middleware::from_fn(gate::is_as_documented))
        .layer(middleware::from_fn_with_state(state.clone(), limits::within_the_hour))
        .layer(middleware::from_fn_with_state(observers.clone(), observe::observe));
    // What people may ask is counted for each of them, and not with what the console asks.
    let users = users()
        .layer(middleware::from_fn(gate::is_as_documented))
        .layer(middleware::from_fn_with_state(observers, observe::observe));
    api.merge(users).merge(pages()).with_state(state)
}

fn reads(state: &HttpState) -> Router<HttpState> {
    const RUN: &str = "/repos/{owner}/{name}/actions/runs/{id}";
    Router::new()
        .route("/repositories/{number}", get(repos::by_number))
        .route("/repos/{owner}/{name}", get(repos::repository))
        .route("/repos/{owner}/{name}/actions/workflows/{file}", get(repos::workflow))
        .route("/repos/{owner}/{name}/contents/{*path}", get(repos::contents))
        .route("/repos/{owner}/{name}/actions/workflows/{file}/runs", get(runs::list))
        .route(RUN, get(runs::run).delete(control::delete))
        .route(&format!("{RUN}/jobs"), get(jobs::latest))
        .route(&format!("{RUN}/approvals"), get(reviews::approvals))
        .route(&format!("{RUN}/pending_deployments"), get(reviews::pending))
        .route(&format!("{RUN}/attempts/{{attempt}}"), get(runs::attempt))
        .route(&format!("{RUN}/attempts/{{attempt}}/jobs"), get(jobs::of_attempt))
        .route("/repos/{owner}/{name}/commits/{git_ref}", get(commits::commit))
        .route("/repos/{owner}/{name}/compare/{both}", get(compare::compare))
        .route("/repos/{owner}/{name}/environments", get(repos::environments::environments))
        .route(
            "/repos/{owner}/{name}/environments/{environment}/deployment_protection_rules",
            get(repos::environments::protection_rules),
        )
        .route("/repos/{owner}/{name}/actions/secrets", get(repos::environments::secrets))
        .route(
            "/repos/{owner}/{name}/actions/organization-secrets",
            get(repos::environments::organization_secrets),
        )
        .layer(middleware::from_fn_with_state(state.clone(), reads::unless_known))
        .layer(middleware::from_fn_with_state(state.clone(), reads::out_of_order))
}

fn writes() -> Router<HttpState> {
    const RUN: &str = "/repos/{owner}/{name}/actions/runs/{id}";
    Router::new()
        .route("/repos/{owner}/{name}/actions/workflows/{file}/dispatches", post(dispatch::dispatch))
        .route(&format!("{RUN}/deployment_protection_rule"), post(protection::answer))
        .route(&format!("{RUN}/cancel"), post(control::cancel))
        .route(&format!("{RUN}/rerun"), post(control::rerun))
        .route(&format!("{RUN}/rerun-failed-jobs"), post(control::rerun_failed))
}

/// What a GitHub App asks as itself.
fn as_app(state: &HttpState) -> Router<HttpState> {
    Router::new()
        .route("/repos/{owner}/{name}/installation", get(apps::installation))
        .route("/app/installations/{id}/access_tokens", post(apps::access_token))
        .layer(middleware::from_fn_with_state(state.clone(), apps::app_is_known))
}

/// What an OAuth app asks for the person who signs in.
fn users() -> Router<HttpState> {
    Router::new()
        .route("/user", get(users::user))
        .route("/user/orgs", get(users::organizations))
        .route("/user/teams", get(users::teams))
}

/// What people see, and what a rehearsal adds to GitHub.
fn pages() -> Router<HttpState> {
    Router::new()
        .route("/{owner}/{name}/actions/runs/{id}", get(pages::run))
        .route("/{owner}/{name}/actions/runs/{id}/job/{job}", get(pages::job))
        .route(
            "/{owner}/{name}/actions/workflows/{file}",
            get(pages::workflow).post(rehearsal::protection::press_run),
        )
        .route("/{owner}/{name}/compare/{both}", get(pages::compare))
        .route("/actions-identity/.well-known/openid-configuration", get(identity::discovery))
        .route("/actions-identity/.well-known/jwks", get(identity::keys))
        .route("/login/oauth/authorize", get(oauth::ask).post(oauth::answer))
        .route("/login/oauth/access_token", post(oauth::token))
        .route("/_rehearsal/person", post(rehearsal::person))
        .route("/_rehearsal/oauth_app", post(rehearsal::oauth_app))
        .route("/_rehearsal/protect", post(rehearsal::protection::protect))
        .route("/_rehearsal/reviewers", post(rehearsal::protection::reviewers))
        .route("/_rehearsal/review", post(rehearsal::protection::review))
        .route("/_rehearsal/by_hand", post(rehearsal::protection::by_hand))
        .route("/_rehearsal/webhooks", post(rehearsal::protection::webhooks))
        .route("/_rehearsal/identity/{run}", get(identity::token))
        .route("/_rehearsal/runs", get(rehearsal::runs))
        .route("/_rehearsal/push", post(rehearsal::push))
        .route("/_rehearsal/fork", post(rehearsal::fork))
        .route("/_rehearsal/rerun", post(rehearsal::rerun))
        .route("/_rehearsal/workflows/{owner}/{name}/{file}", put(rehearsal::write_workflow))
        .route("/_rehearsal/version/{owner}/{name}/{environment}", get(rehearsal::version))
}
