//! The plain forms of pages, which work without scripts. Each is one call of the service; then the browser is
//! redirected to the page, with an error code in the address if something failed.

mod access;

use std::{collections::BTreeMap, sync::Arc};

use app::{
    api::{
        AbandonRequest, ApprovalRequest, DeploysApi, DispatchApi, DispatchRequest, ErrorCode, FlagsApi,
        FreezeRequest, FreezesApi, Problem, Promote, RehearsalApi,
    },
    domain::{
        Caller, Day, DeployId, Flag, FreezeId, InputValues, Scenario, Scope, Timestamp, WeekTime, Window,
    },
    ui::deploy_form::input_fields::PREFIX,
};
use axum::{
    Extension, Form, Router,
    extract::{OriginalUri, Path, State, rejection::FormRejection},
    response::Redirect,
    routing::post,
};
use jiff::civil::{DateTime, Time};
use serde::Deserialize;

use crate::{router::state::AppState, service::Console};

/// Where pages post their forms: to their own address, or below it.
pub fn forms() -> Router<AppState> {
    Router::new()
        .route("/flags", post(promote))
        .route("/freezes", post(declare))
        .route("/freezes/lift", post(lift))
        .route("/deploy/{app}/{environment}", post(deploy))
        .route("/deploys/{id}/abandon", post(abandon))
        .route("/deploys/{id}/approve", post(approve))
        .route("/deploys/{id}/reject", post(reject))
        .route("/deploys/{id}/to/{environment}", post(redeploy))
        .merge(access::forms())
}

/// The form of a request, if it has this shape.
type Posted<T> = Result<Form<T>, FormRejection>;

#[derive(Deserialize)]
struct PromotionForm {
    flag: Flag,
    environment: String,
    is_on: bool,
    #[serde(default)]
    without_observation: bool,
}

async fn promote(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    form: Posted<PromotionForm>,
) -> Redirect {
    let done = async {
        let PromotionForm { flag, environment, is_on, without_observation } = read(form)?;
        let promote = Promote { flag, environment, is_on, without_observation };
        Ok(console.flag_service().promote(&caller, promote).await?)
    };
    back_to("/flags", done.await)
}

/// A freeze, as the three forms of the page send it. Times are local times of the time zone.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FreezeForm {
    UntilLifted(PlaceFields),
    Once {
        #[serde(flatten)]
        place: PlaceFields,
        from: DateTime,
        until: DateTime,
        time_zone: String,
    },
    Weekly {
        #[serde(flatten)]
        place: PlaceFields,
        from_day: Day,
        from: Time,
        until_day: Day,
        until: Time,
        time_zone: String,
    },
}

#[derive(Deserialize)]
struct PlaceFields {
    #[serde(default)]
    app: String,
    #[serde(default)]
    environment: String,
    reason: String,
}

async fn declare(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    form: Posted<FreezeForm>,
) -> Redirect {
    let done = async { Ok(console.declare_freeze(&caller, read(form)?.try_into()?).await?) };
    back_to("/freezes", done.await)
}

impl TryFrom<FreezeForm> for FreezeRequest {
    type Error = Problem;

    fn try_from(form: FreezeForm) -> Result<Self, Problem> {
        let (place, window) = match form {
            FreezeForm::UntilLifted(place) => (place, Window::UntilLifted),
            FreezeForm::Once { place, from, until, time_zone } => {
                (place, Window::Once { from: instant(from, &time_zone)?, until: instant(until, &time_zone)? })
            }
            FreezeForm::Weekly { place, from_day, from, until_day, until, time_zone } => {
                let from = WeekTime { day: from_day, at: from };
                let until = WeekTime { day: until_day, at: until };
                (place, Window::Weekly { from, until, time_zone })
            }
        };
        let named = |name: String| Some(name).filter(|name| !name.is_empty());
        let scope = Scope { app: named(place.app), environment: named(place.environment) };
        Ok(Self { scope, window, reason: place.reason })
    }
}

fn instant(at: DateTime, time_zone: &str) -> Result<Timestamp, Problem> {
    let zoned = at.in_tz(time_zone).map_err(|_| Problem::new(ErrorCode::InvalidField))?;
    Ok(zoned.timestamp())
}

#[derive(Deserialize)]
struct LiftForm {
    id: FreezeId,
}

async fn lift(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    form: Posted<LiftForm>,
) -> Redirect {
    let done = async { Ok(console.lift_freeze(&caller, read(form)?.id).await?) };
    back_to("/freezes", done.await)
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
    ];
    let typed = all_typed(&typed, &inputs);
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
    let typed = [("reason", form.reason.clone()), ("override_freeze", form.override_freeze.clone())];
    let typed = all_typed(&typed, &inputs_of(&form.others));
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

async fn abandon(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    form: Posted<AbandonRequest>,
) -> Redirect {
    let Ok(id) = id.parse::<DeployId>() else { return Redirect::to("/deploys") };
    let done = async {
        console.abandon(&caller, id, read(form)?.reason).await?;
        Ok(())
    };
    back_to(&format!("/deploys/{id}"), done.await)
}

async fn approve(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    form: Posted<ApprovalRequest>,
) -> Redirect {
    let Ok(id) = id.parse::<DeployId>() else { return Redirect::to("/approvals") };
    let done = async {
        console.approve(&caller, id, read(form)?.comment).await?;
        Ok(())
    };
    back_to(&format!("/deploys/{id}"), done.await)
}

async fn reject(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    form: Posted<ApprovalRequest>,
) -> Redirect {
    let Ok(id) = id.parse::<DeployId>() else { return Redirect::to("/approvals") };
    let done = async {
        console.reject(&caller, id, read(form)?.comment).await?;
        Ok(())
    };
    back_to(&format!("/deploys/{id}"), done.await)
}

fn inputs_of(fields: &BTreeMap<String, String>) -> InputValues {
    let input =
        |(name, value): (&String, &String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone()));
    fields.iter().filter_map(input).collect()
}

/// What the form shows again after a refusal. An input may be empty on purpose: its default would come back.
fn all_typed(fields: &[(&str, String)], inputs: &InputValues) -> Vec<(String, String)> {
    let fields = fields.iter().filter(|(_, text)| !text.is_empty());
    let fields = fields.map(|(name, text)| ((*name).to_owned(), text.clone()));
    fields.chain(inputs.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.to_owned()))).collect()
}

fn read<T>(form: Posted<T>) -> Result<T, Problem> {
    let Form(form) = form.map_err(|_| Problem::new(ErrorCode::MalformedBody))?;
    Ok(form)
}

fn back_to(page: &str, done: Result<(), Problem>) -> Redirect {
    match done {
        Ok(()) => Redirect::to(page),
        Err(problem) => back_with(page, &problem, &[]),
    }
}

/// Redirects to the deploy that was made; or back to the page.
fn on_to_deploy(page: &str, made: Result<DeployId, Problem>, typed: &[(String, String)]) -> Redirect {
    match made {
        Ok(deploy) => Redirect::to(&format!("/deploys/{deploy}")),
        Err(problem) => back_with(page, &problem, typed),
    }
}

/// Redirects back to the page, with what went wrong and what was typed.
fn back_with(page: &str, problem: &Problem, typed: &[(String, String)]) -> Redirect {
    let code = serde_json::to_value(problem.code).ok();
    let code = code.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{page}?"), page.len() + 1);
    query.append_pair("problem", code);
    if let (Some(_), Some(deploy)) = (&problem.run, problem.active_deploy_id) {
        query.append_pair("deploy", &deploy.to_string());
    }
    for (name, text) in typed {
        query.append_pair(name, text);
    }
    Redirect::to(&query.finish())
}
