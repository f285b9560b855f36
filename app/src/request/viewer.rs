//! Who looks at the page. The server knows; the browser reads the name from the page that it was served.

use leptos::prelude::*;

use crate::domain::{Caller, CallerKind};

/// The attribute of `<html>` that carries the name over.
pub const ATTRIBUTE: &str = "data-viewer";

/// Whoever asked for the page that is rendered. In the browser it is not known.
#[must_use]
pub fn use_caller() -> Option<Caller> {
    use_context::<Caller>().or_else(from_request)
}

/// The name under which the viewer asks for deploys; none where nobody signs in, because others have the same.
#[must_use]
pub fn use_viewer() -> Option<String> {
    match use_caller() {
        Some(caller) => (caller.kind != CallerKind::Local).then_some(caller.name),
        None => from_page(),
    }
}

#[cfg(feature = "ssr")]
fn from_request() -> Option<Caller> {
    use_context::<axum::http::request::Parts>()?.extensions.get::<Caller>().cloned()
}

#[cfg(not(feature = "ssr"))]
const fn from_request() -> Option<Caller> {
    None
}

#[cfg(feature = "ssr")]
const fn from_page() -> Option<String> {
    None
}

#[cfg(not(feature = "ssr"))]
fn from_page() -> Option<String> {
    document().document_element()?.get_attribute(ATTRIBUTE)
}
