//! The dialog is a place. The address names what it shows: so Back closes it, and a page that is loaded again, or sent to
//! others, shows it again.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::{
    domain::DeployId,
    ui::{
        board::cell::actions::form_button_id,
        deploy_form::{dialog::DialogRequest, target::DeployTarget},
    },
};

/// The name of the deploy that is watched.
pub const DEPLOY: &str = "deploy";
/// The name of the place whose form is open: app and environment.
const FORM: &str = "to";

/// Keeps the address and the dialog together, until the owner goes.
pub fn use_dialog_address(request: RwSignal<Option<DialogRequest>>) {
    Effect::new(move |is_later: Option<()>| {
        let shown = request.get();
        let named = request_of_address();
        if is_later.is_none() && shown.is_none() {
            request.set(named);
        } else if shown != named {
            match shown {
                Some(shown) => enter(&shown),
                None => leave(),
            }
        }
    });
    Effect::new(move || {
        let listener = window_event_listener(ev::popstate, move |_| {
            let named = request_of_address();
            if request.get_untracked() != named {
                request.set(named);
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// The form gave way to the deploy that it asked for: that is what the address names now.
pub fn name_deploy(id: DeployId) {
    replace(&address_of(&DialogRequest::Watch(id)));
}

/// What the address of this page asks for.
fn request_of_address() -> Option<DialogRequest> {
    let query = query()?;
    if let Some(id) = query.get(DEPLOY) {
        return id.parse().ok().map(DialogRequest::Watch);
    }
    let place = query.get(FORM)?;
    let (app, environment) = place.split_once('/')?;
    let button = document().get_element_by_id(&form_button_id(app, environment))?;
    DeployTarget::of(&button).map(DialogRequest::Form)
}

/// Back closes it again.
fn enter(request: &DialogRequest) {
    if let Ok(history) = window().history() {
        // It fails only where a page asks for hundreds of addresses in seconds; then the address is behind.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address_of(request)));
    }
}

/// Closed by hand: the address says so. It is replaced and not gone back from, because going back takes a moment, and would
/// undo what is followed meanwhile.
fn leave() {
    replace(&address(|_| ()));
}

fn replace(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

fn address_of(request: &DialogRequest) -> String {
    address(|query| match request {
        DialogRequest::Watch(id) => query.set(DEPLOY, &id.to_string()),
        DialogRequest::Form(target) => query.set(FORM, &format!("{}/{}", target.app, target.environment)),
    })
}

/// This page, with another dialog or none.
fn address(name: impl FnOnce(&UrlSearchParams)) -> String {
    let path = window().location().pathname().unwrap_or_default();
    let Some(query) = query() else { return path };
    query.delete(DEPLOY);
    query.delete(FORM);
    name(&query);
    let query = String::from(query.to_string());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

fn query() -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(&window().location().search().ok()?).ok()
}
