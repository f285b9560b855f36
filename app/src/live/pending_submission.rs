//! Presses of Deploy that nobody has answered, kept in this tab so that they outlive a reload and a closed
//! dialog: the same key is there again, and a repetition cannot deploy twice.
//!
//! Where storage is missing, full, or holds something else, nothing is kept, and that is all that happens.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::source::Dispatch;
use crate::{
    api::{DispatchRequest, Scenario},
    domain::Timestamp,
};

/// The name in `sessionStorage`.
pub const NAME: &str = "deploy-console.unanswered";
/// Of the form below. What another build wrote is not read.
const VERSION: u32 = 1;

/// One press, whole.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unanswered {
    key: String,
    request: DispatchRequest,
    scenario: Option<Scenario>,
    /// When Deploy was pressed, by this browser's clock.
    pub pressed_at: Timestamp,
}

impl Unanswered {
    /// What was sent.
    #[must_use]
    pub fn dispatch(&self) -> Dispatch {
        Dispatch { key: self.key.clone(), request: self.request.clone(), scenario: self.scenario }
    }

    fn is_at(&self, app: &str, environment: &str) -> bool {
        self.request.app == app && self.request.environment == environment
    }
}

#[derive(Deserialize, Serialize)]
struct Kept {
    version: u32,
    /// One for each app and environment at most.
    presses: Vec<Unanswered>,
}

/// Keeps what is about to be sent, in place of what was kept for the same app and environment.
pub fn keep(dispatch: &Dispatch, pressed_at: Timestamp) {
    let Dispatch { key, request, scenario } = dispatch.clone();
    let mut presses = read();
    presses.retain(|press| !press.is_at(&request.app, &request.environment));
    presses.push(Unanswered { key, request, scenario, pressed_at });
    write(presses);
}

/// Forgets the press with this key: it was answered, or given up.
pub fn forget(key: &str) {
    let mut presses = read();
    if let Some(at) = presses.iter().position(|press| press.key == key) {
        presses.remove(at);
        write(presses);
    }
}

/// What was sent to this app and environment, and not answered.
#[must_use]
pub fn unanswered(app: &str, environment: &str) -> Option<Unanswered> {
    read().into_iter().find(|press| press.is_at(app, environment))
}

/// The newest press that was not answered, where `find` still finds its app and environment. What was sent to
/// places that are not there any more is forgotten.
pub fn newest<P>(find: impl Fn(&str, &str) -> Option<P>) -> Option<P> {
    let found = read().into_iter().filter_map(|Unanswered { key, request, .. }| {
        let place = find(&request.app, &request.environment);
        if place.is_none() {
            forget(&key);
        }
        place
    });
    found.last()
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

fn read() -> Vec<Unanswered> {
    let text = storage().and_then(|storage| storage.get_item(NAME).ok().flatten());
    let kept = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
    kept.filter(|kept| kept.version == VERSION).map_or_else(Vec::new, |kept| kept.presses)
}

fn write(presses: Vec<Unanswered>) {
    let Some(storage) = storage() else { return };
    // It fails where storage is full. Then a reload forgets, and the page goes on.
    let _ = if presses.is_empty() {
        storage.remove_item(NAME)
    } else if let Ok(text) = serde_json::to_string(&Kept { version: VERSION, presses }) {
        storage.set_item(NAME, &text)
    } else {
        Ok(())
    };
}
