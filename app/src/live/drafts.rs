//! What was typed into the deploy form and not sent: for as long as the page lives, one for each app and environment. The
//! name of the environment is not among it: it is typed for each deploy.

use leptos::prelude::*;

use super::source::Submission;

/// Forms as they were left.
#[derive(Clone, Copy)]
pub struct Drafts(StoredValue<Vec<Submission>>);

impl Default for Drafts {
    fn default() -> Self {
        Self(StoredValue::new(Vec::new()))
    }
}

impl Drafts {
    /// What was left for this app and environment.
    #[must_use]
    pub fn find(self, app: &str, environment: &str) -> Option<Submission> {
        self.0.with_value(|drafts| drafts.iter().find(|draft| is_for(draft, app, environment)).cloned())
    }

    /// Keeps it, in place of what was left for the same app and environment.
    pub fn keep(self, draft: Submission) {
        self.forget(&draft.request.app, &draft.request.environment);
        self.0.update_value(|drafts| drafts.push(draft));
    }

    /// Forgets what was left there. (The page may be gone.)
    pub fn forget(self, app: &str, environment: &str) {
        let _ = self.0.try_update_value(|drafts| drafts.retain(|draft| !is_for(draft, app, environment)));
    }
}

fn is_for(draft: &Submission, app: &str, environment: &str) -> bool {
    draft.request.app == app && draft.request.environment == environment
}
