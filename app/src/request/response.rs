//! The HTTP status of a page that the server renders. In the browser there is none to set.

use crate::api::{ErrorCode, UiError};

/// The page is not there.
pub fn set_not_found() {
    set_status(ErrorCode::NotFound.http_status());
}

/// The page could not be made, for this reason.
pub fn set_status_of(error: &UiError) {
    match error {
        UiError::Problem(problem) => set_status(problem.status),
        UiError::Unreachable | UiError::SignedOut => {}
    }
}

#[cfg(feature = "ssr")]
fn set_status(status: u16) {
    let response = leptos::prelude::use_context::<leptos_axum::ResponseOptions>();
    let status = axum::http::StatusCode::from_u16(status);
    if let (Some(response), Ok(status)) = (response, status) {
        response.set_status(status);
    }
}

#[cfg(not(feature = "ssr"))]
const fn set_status(_status: u16) {}
