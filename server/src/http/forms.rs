//! The plain forms of pages, which work without scripts. Each is one call of the service; then the browser is
//! led back to the page, with the code of what went wrong in the address, if something did.

use std::sync::Arc;

use app::{
    api::{DeployService, ErrorCode, Problem},
    domain::Flag,
};
use axum::{
    Form, Router,
    extract::{State, rejection::FormRejection},
    response::Redirect,
    routing::post,
};
use serde::Deserialize;

use crate::{service::Console, state::AppState};

/// Where pages post their forms: to their own address.
pub fn forms() -> Router<AppState> {
    Router::new().route("/flags", post(promote))
}

/// What was posted, if it is of this form.
type Posted<T> = Result<Form<T>, FormRejection>;

#[derive(Deserialize)]
struct Promotion {
    flag: Flag,
    environment: String,
    is_on: bool,
}

async fn promote(State(console): State<Arc<Console>>, form: Posted<Promotion>) -> Redirect {
    let done = async {
        let Promotion { flag, environment, is_on } = read(form)?;
        console.promote(flag, &environment, is_on).await
    };
    back_to("/flags", done.await)
}

fn read<T>(form: Posted<T>) -> Result<T, Problem> {
    let Form(form) = form.map_err(|_| Problem::new(ErrorCode::MalformedBody))?;
    Ok(form)
}

fn back_to(page: &str, done: Result<(), Problem>) -> Redirect {
    let code = done.err().and_then(|problem| serde_json::to_value(problem.code).ok());
    match code.as_ref().and_then(serde_json::Value::as_str) {
        Some(code) => Redirect::to(&format!("{page}?problem={code}")),
        None => Redirect::to(page),
    }
}
