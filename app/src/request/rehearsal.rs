//! Whether GitHub is simulated. The server knows; the browser reads it from the page that it was served,
//! so that no request is needed and no page can forget to say it.

use leptos::prelude::*;

/// The attribute of `<html>` that carries it over.
pub const ATTRIBUTE: &str = "data-rehearsal";

/// Provided by tests, in place of what the server or the page says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rehearsal(pub bool);

/// Whether this is a rehearsal.
#[must_use]
pub fn use_rehearsal() -> bool {
    use_context::<Rehearsal>().map_or_else(detect, |rehearsal| rehearsal.0)
}

/// Asks the service that renders the page.
#[cfg(feature = "ssr")]
fn detect() -> bool {
    use_context::<std::sync::Arc<dyn crate::api::RehearsalApi>>().is_some_and(|github| github.is_rehearsal())
}

/// Reads it from the page.
#[cfg(not(feature = "ssr"))]
fn detect() -> bool {
    document().document_element().is_some_and(|html| html.has_attribute(ATTRIBUTE))
}
