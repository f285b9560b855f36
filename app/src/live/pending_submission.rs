//! Submissions of the deploy form without an answer yet, stored in this tab so that they outlive a reload and a closed
//! dialog: the same key is there again, and a retry cannot deploy twice.
//!
//! Where storage is missing, full, or holds something else, nothing is stored, and that is all that happens.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::source::Submission;
use crate::{
    api::DispatchRequest,
    domain::{Scenario, Timestamp},
};

/// The key in `sessionStorage`.
pub const STORAGE_KEY: &str = "deploy-console.unanswered";
/// Of the form below. What another build wrote is not read.
const VERSION: u32 = 1;

/// A submission that is not answered yet.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PendingSubmission {
    key: String,
    request: DispatchRequest,
    scenario: Option<Scenario>,
    /// When Deploy was clicked, by this browser's clock.
    pub pressed_at: Timestamp,
}

impl PendingSubmission {
    /// What was sent.
    #[must_use]
    pub fn submission(&self) -> Submission {
        Submission { key: self.key.clone(), request: self.request.clone(), scenario: self.scenario }
    }

    fn is_for(&self, app: &str, environment: &str) -> bool {
        self.request.app == app && self.request.environment == environment
    }
}

#[derive(Deserialize, Serialize)]
struct StoredSubmissions {
    version: u32,
    /// One for each app and environment at most.
    #[serde(rename = "presses")]
    submissions: Vec<PendingSubmission>,
}

/// Stores what is about to be sent, in place of what was stored for the same app and environment.
pub fn save(submission: &Submission, pressed_at: Timestamp) {
    let Submission { key, request, scenario } = submission.clone();
    let mut submissions = read();
    submissions.retain(|stored| !stored.is_for(&request.app, &request.environment));
    submissions.push(PendingSubmission { key, request, scenario, pressed_at });
    write(submissions);
}

/// Forgets the submission with this key: it was answered, or given up.
pub fn forget(key: &str) {
    let mut submissions = read();
    if let Some(index) = submissions.iter().position(|stored| stored.key == key) {
        submissions.remove(index);
        write(submissions);
    }
}

/// What was sent to this app and environment, and not answered.
#[must_use]
pub fn pending(app: &str, environment: &str) -> Option<PendingSubmission> {
    read().into_iter().find(|stored| stored.is_for(app, environment))
}

/// The newest submission without an answer for which `find` still finds its app and environment. Those to apps and
/// environments that are not there any more are forgotten.
pub fn newest<T>(find: impl Fn(&str, &str) -> Option<T>) -> Option<T> {
    let found = read().into_iter().filter_map(|PendingSubmission { key, request, .. }| {
        let target = find(&request.app, &request.environment);
        if target.is_none() {
            forget(&key);
        }
        target
    });
    found.last()
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

fn read() -> Vec<PendingSubmission> {
    let text = storage().and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten());
    let stored = text.and_then(|text| serde_json::from_str::<StoredSubmissions>(&text).ok());
    stored.filter(|stored| stored.version == VERSION).map_or_else(Vec::new, |stored| stored.submissions)
}

fn write(submissions: Vec<PendingSubmission>) {
    let Some(storage) = storage() else { return };
    // It fails where storage is full. Then a reload forgets, and the page goes on.
    let _ = if submissions.is_empty() {
        storage.remove_item(STORAGE_KEY)
    } else if let Ok(text) = serde_json::to_string(&StoredSubmissions { version: VERSION, submissions }) {
        storage.set_item(STORAGE_KEY, &text)
    } else {
        Ok(())
    };
}
