//! Pages, fetched as the server renders them now, and what is on them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, Headers, RequestInit, RequestRedirect, Response, ResponseType,
    SupportedType,
};

use crate::api::{UiError, client::NOT_SIGNED_IN};

/// The attribute that names a part of a page.
pub const PART: &str = "data-part";

/// The attribute of what shows rows: by which tag they are known to the server.
pub const ROWS: &str = "data-rows";
/// The attribute of rows that are sent without those that are known: of which they are known.
pub const BASE: &str = "data-base";
/// The header of a request that says which rows are shown.
pub const ROWS_HEADER: &str = "deploy-console-rows";

/// The page at this address, as text.
///
/// # Errors
/// If the console does not answer, or not with a page. Its pages never redirect: a redirect leads to a sign-in.
pub async fn read(address: String) -> Result<String, UiError> {
    let answer = answer(&address).await.ok_or(UiError::Unreachable)?;
    if answer.status() == NOT_SIGNED_IN || answer.type_() == ResponseType::Opaqueredirect {
        return Err(UiError::SignedOut);
    }
    text(&answer).await.ok_or(UiError::Unreachable)
}

async fn answer(address: &str) -> Option<Response> {
    let options = RequestInit::new();
    options.set_redirect(RequestRedirect::Manual);
    if let Some((headers, tag)) = Headers::new().ok().zip(shown_rows()) {
        headers.set(ROWS_HEADER, &tag).ok()?;
        options.set_headers(&headers);
    }
    JsFuture::from(window().fetch_with_str_and_init(address, &options)).await.ok()?.dyn_into().ok()
}

async fn text(answer: &Response) -> Option<String> {
    let text = answer.ok().then(|| answer.text().ok()).flatten()?;
    JsFuture::from(text).await.ok()?.as_string()
}

/// The tag of the rows that this page shows.
#[must_use]
pub fn shown_rows() -> Option<String> {
    find(&document(), &format!("[{ROWS}]"))?.get_attribute(ROWS)
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
