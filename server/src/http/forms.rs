//! The plain forms of pages, which work without scripts. Each is one call of the service; then the browser is
//! redirected to the page, with an error code in the address if something failed.

mod access;
mod deploys;

use std::sync::Arc;

use app::{
    api::{
        AbandonRequest, ApprovalRequest, DeploysApi, ErrorCode, FlagsApi, FreezeRequest, FreezesApi, Problem,
        Promote,
    },
    domain::{Caller, Day, DeployId, Flag, FreezeId, Scope, Timestamp, WeekTime, Window},
    ui::deploy_form::form_field::{FormField, MEMBER},
};
use axum::{
    Extension, Form, Router,
    extract::{Path, State, rejection::FormRejection},
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
        .route("/deploys/{id}/abandon", post(abandon))
        .route("/deploys/{id}/approve", post(approve))
        .route("/deploys/{id}/reject", post(reject))
        .merge(access::forms())
        .merge(deploys::forms())
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

/// Redirects back to the page, with what went wrong and what was typed.
fn back_with(page: &str, problem: &Problem, typed: &[(String, String)]) -> Redirect {
    let code = serde_json::to_value(problem.code).ok();
    let code = code.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{page}?"), page.len() + 1);
    query.append_pair("problem", code);
    if let Some((field, _)) = FormField::refused(problem) {
        query.append_pair(MEMBER, field.as_str());
    }
    if let (Some(_), Some(deploy)) = (&problem.run, problem.active_deploy_id) {
        query.append_pair("deploy", &deploy.to_string());
    }
    for (name, text) in typed {
        query.append_pair(name, text);
    }
    Redirect::to(&query.finish())
}
