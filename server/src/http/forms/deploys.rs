//! The forms that ask for a deploy. A refusal leads back to the page, which says at the field what is wrong with it, and
//! keeps all that was typed but the name of the environment.

use std::{collections::BTreeMap, sync::Arc};

use app::{
    api::{DeploysApi, DispatchApi, DispatchRequest, ErrorCode, Problem, RehearsalApi},
    domain::{Caller, DeployId, InputValues, Scenario},
    text::field_problem::name_problem,
    ui::deploy_form::{form_field::FormField, input_fields::PREFIX},
};
use axum::{
    Extension, Router,
    extract::{OriginalUri, Path, State},
    response::Redirect,
    routing::post,
};
use serde::Deserialize;

use super::{Posted, back_to, back_with, read};
use crate::{router::state::AppState, service::Console};

/// Where these pages post their forms.
pub(super) fn forms() -> Router<AppState> {
    Router::new()
        .route("/deploy/{app}/{environment}", post(deploy))
        .route("/deploys/{id}/to/{environment}", post(redeploy))
}

/// A ref to deploy. The key was made with the form.
#[derive(Deserialize)]
struct DeployForm {
    key: String,
    #[serde(rename = "ref")]
    git_ref: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    override_freeze: String,
    #[serde(default)]
    scenario: Option<Scenario>,
    /// The inputs of the app, among others.
    #[serde(flatten)]
    others: BTreeMap<String, String>,
}

async fn deploy(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path((app, environment)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    form: Posted<DeployForm>,
) -> Redirect {
    let page = uri.path();
    let Ok(form) = read(form) else { return back_to(page, Err(Problem::new(ErrorCode::MalformedBody))) };
    let inputs = inputs_of(&form.others);
    let typed = [
        ("ref", form.git_ref.clone()),
        ("reason", form.reason.clone()),
        ("override_freeze", form.override_freeze.clone()),
        ("scenario", chosen(form.scenario)),
    ];
    let typed = all_typed(&typed, &inputs);
    if let Err(problem) = check_name(&form.others, &environment) {
        return back_with(page, &problem, &typed);
    }
    if let Some(scenario) = form.scenario {
        console.rehearse(&caller, &app, &environment, scenario);
    }
    let request = DispatchRequest {
        app,
        environment,
        git_ref: form.git_ref,
        reason: Some(form.reason),
        override_freeze: Some(form.override_freeze),
        pinned_to: None,
        inputs,
    };
    let made = console.dispatch(&caller, &form.key, request).await;
    on_to_deploy(page, made.map(|dispatched| dispatched.into_deploy().id).map_err(Into::into), &typed)
}

/// A commit to deploy again. The key was made with the form.
#[derive(Deserialize)]
struct RedeployForm {
    key: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    override_freeze: String,
    #[serde(default)]
    scenario: Option<Scenario>,
    /// The inputs of the app, among others.
    #[serde(flatten)]
    others: BTreeMap<String, String>,
}

async fn redeploy(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path((id, environment)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    form: Posted<RedeployForm>,
) -> Redirect {
    let page = uri.path();
    let Ok(form) = read(form) else { return back_to(page, Err(Problem::new(ErrorCode::MalformedBody))) };
    let typed = [
        ("reason", form.reason.clone()),
        ("override_freeze", form.override_freeze.clone()),
        ("scenario", chosen(form.scenario)),
    ];
    let typed = all_typed(&typed, &inputs_of(&form.others));
    if let Err(problem) = check_name(&form.others, &environment) {
        return back_with(page, &problem, &typed);
    }
    on_to_deploy(page, ask_again(&console, &caller, &id, environment, form).await, &typed)
}

async fn ask_again(
    console: &Console,
    caller: &Caller,
    id: &str,
    environment: String,
    form: RedeployForm,
) -> Result<DeployId, Problem> {
    let id: DeployId = id.parse().map_err(|_| Problem::new(ErrorCode::UnknownDeploy))?;
    let of = console.deploy(caller, id).await?.deploy;
    // Without a commit, the service refuses it.
    let git_ref = of.commit.map_or(of.git_ref, |commit| commit.to_string());
    if let Some(scenario) = form.scenario {
        console.rehearse(caller, &of.app, &environment, scenario);
    }
    let request = DispatchRequest {
        app: of.app,
        environment,
        git_ref,
        reason: Some(form.reason),
        override_freeze: Some(form.override_freeze),
        pinned_to: Some(id),
        inputs: inputs_of(&form.others),
    };
    Ok(console.dispatch(caller, &form.key, request).await?.into_deploy().id)
}

fn inputs_of(fields: &BTreeMap<String, String>) -> InputValues {
    let input =
        |(name, value): (&String, &String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone()));
    fields.iter().filter_map(input).collect()
}

/// What the form shows again after a refusal. A ref or an input that is empty stays so: its
/// default would come back.
fn all_typed(fields: &[(&str, String)], inputs: &InputValues) -> Vec<(String, String)> {
    let is_kept = |name: &str, text: &str| !text.is_empty() || name == FormField::Ref.as_str();
    let fields = fields.iter().filter(|(name, text)| is_kept(name, text));
    let fields = fields.map(|(name, text)| ((*name).to_owned(), text.clone()));
    fields.chain(inputs.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.to_owned()))).collect()
}

/// As the form sends it.
fn chosen(scenario: Option<Scenario>) -> String {
    scenario.map(|scenario| scenario.as_str().to_owned()).unwrap_or_default()
}

/// A form that asks for the name of the environment sends what was typed.
fn check_name(fields: &BTreeMap<String, String>, environment: &str) -> Result<(), Problem> {
    let field = FormField::Name.as_str();
    match fields.get(field) {
        Some(typed) if typed.trim() != environment => {
            let detail = format!("{field}: {}", name_problem(environment));
            Err(Problem::new(ErrorCode::InvalidField).with_detail(detail))
        }
        Some(_) | None => Ok(()),
    }
}

/// Redirects to the deploy that was made; or back to the page.
fn on_to_deploy(page: &str, made: Result<DeployId, Problem>, typed: &[(String, String)]) -> Redirect {
    match made {
        Ok(deploy) => Redirect::to(&format!("/deploys/{deploy}")),
        Err(problem) => back_with(page, &problem, typed),
    }
}
