//! The plain forms of pages, which work without scripts. Each is one call of the service; then the browser is
//! redirected to the page, with an error code in the address if something failed.

mod access;
mod deploys;

use std::sync::Arc;

use app::{
    api::{
        AbandonRequest, ApprovalRequest, DeploysApi, ErrorCode, FlagsApi, FreezeDraft, FreezesApi, Problem,
        Promote, ProtectionApi,
    },
    domain::{Caller, DeployId, Flag, FreezeId, ProtectionRequestId},
    ui::deploy_form::form_field::{FormField, MEMBER},
};
use axum::{
    Extension, Form, Router,
    extract::{Path, State, rejection::FormRejection},
    response::Redirect,
    routing::post,
};
use serde::Deserialize;

use crate::{router::state::AppState, service::Console};

/// Where pages post their forms: to their own address, or below it.
pub fn forms() -> Router<AppState> {
    Router::new()
        .route("/flags", post(promote))
        .route("/freezes", post(declare))
        .route("/freezes/lift", post(lift))
        .route("/deploys/{id}/cancel", post(cancel))
        .route("/deploys/{id}/abandon", post(abandon))
        .route("/deploys/{id}/approve", post(approve))
        .route("/deploys/{id}/reject", post(reject))
        .route("/protection/{id}/approve", post(approve_run))
        .route("/protection/{id}/reject", post(reject_run))
        .merge(access::forms())
        .merge(deploys::forms())
}

/// The page of GitHub's gate.
const PROTECTION: &str = "/protection";

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

/// A refusal leads back to the page, which keeps all that was typed, and says what is wrong with it.
async fn declare(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    form: Posted<FreezeDraft>,
) -> Redirect {
    const PAGE: &str = "/freezes";
    let draft = match read(form) {
        Ok(draft) => draft,
        Err(problem) => return back_to(PAGE, Err(problem)),
    };
    let fields = draft.fields().map(|(name, value)| (name.to_owned(), value.to_owned()));
    match console.declare_freeze(&caller, draft).await {
        Ok(()) => back_to(PAGE, Ok(())),
        Err(error) => {
            let typed: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            back_with(PAGE, &error.into(), &typed)
        }
    }
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

async fn cancel(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Redirect {
    let Ok(id) = id.parse::<DeployId>() else { return Redirect::to("/deploys") };
    let done = console.cancel(&caller, id).await.map(drop);
    back_to(&format!("/deploys/{id}"), done.map_err(Into::into))
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

async fn approve_run(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    form: Posted<ApprovalRequest>,
) -> Redirect {
    let Ok(id) = id.parse::<ProtectionRequestId>() else { return Redirect::to(PROTECTION) };
    let done = async { Ok(console.approve_run(&caller, id, read(form)?.comment).await.map(drop)?) };
    back_to(PROTECTION, done.await)
}

async fn reject_run(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    form: Posted<ApprovalRequest>,
) -> Redirect {
    let Ok(id) = id.parse::<ProtectionRequestId>() else { return Redirect::to(PROTECTION) };
    let done = async { Ok(console.reject_run(&caller, id, read(form)?.comment).await.map(drop)?) };
    back_to(PROTECTION, done.await)
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
