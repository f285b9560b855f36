//! Pages, read as the server renders them now, and what stands on them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, Response, SupportedType};

use crate::api::UiError;

/// The attribute that names a part of a page.
pub const PART: &str = "data-part";

/// The page at this address, as text.
///
/// # Errors
/// If the console does not answer, or not with a page.
pub async fn read(address: String) -> Result<String, UiError> {
    text(&address).await.ok_or(UiError::Unreachable)
}

async fn text(address: &str) -> Option<String> {
    let answer = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    let text = answer.ok().then(|| answer.text().ok()).flatten()?;
    JsFuture::from(text).await.ok()?.as_string()
}

/// What a text is as a page.
#[must_use]
pub fn parse(text: &str) -> Option<Document> {
    DomParser::new().and_then(|parser| parser.parse_from_string(text, SupportedType::TextHtml)).ok()
}

/// The first element of a page that this selects.
#[must_use]
pub fn find(page: &Document, selector: &str) -> Option<Element> {
    page.query_selector(selector).ok().flatten()
}

/// A part of a page, by its name.
#[must_use]
pub fn part(page: &Document, name: &str) -> Option<Element> {
    find(page, &format!("[{PART}=\"{name}\"]"))
}
