//! Runs whose title claims a deploy, and which of them are believed. Anybody can give a run a title: that of a fork's pull
//! request, or of a branch with another workflow file, says nothing about what is live.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use app::domain::{Claim, ClaimOrigin};
use github::{Conclusion, ListedRun, Progress};

use super::import::ImportCandidate;
use crate::config::AppConfig;

/// Events for which the workflow of the app itself runs.
const OURS: [&str; 3] = ["push", "workflow_dispatch", "schedule"];

/// The newest run since the last deploy that claims one and is not believed, by app and environment. In memory alone: each
/// pass over the runs of an app reads them again, and nothing follows from them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Claims(Arc<Mutex<HashMap<String, HashMap<String, Claim>>>>);

impl Claims {
    /// The newest claim about an environment.
    #[must_use]
    pub fn about(&self, app: &str, environment: &str) -> Option<Claim> {
        let claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.get(app)?.get(environment).cloned()
    }

    /// These are the claims of an app now, newest first.
    pub(super) fn replace(&self, app: &AppConfig, found: Vec<(String, Claim)>) {
        let mut claims = HashMap::new();
        for (environment, claim) in found {
            claims.entry(environment).or_insert(claim);
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(app.name.clone(), claims);
    }
}

/// Why a run is not believed; none, if it is: it runs the workflow of the repository itself, on the ref of the app or one
/// that its `import_refs` match, for an event that deploys.
pub(super) fn not_ours(app: &AppConfig, run: &ListedRun) -> Option<ClaimOrigin> {
    match &run.head_repository {
        None => return Some(ClaimOrigin::UnknownRepository),
        Some(head) if !head.full_name.eq_ignore_ascii_case(&app.repo) => {
            return Some(ClaimOrigin::Fork(head.full_name.clone()));
        }
        Some(_) => {}
    }
    if !OURS.contains(&run.event.as_str()) {
        return Some(ClaimOrigin::Event(run.event.clone()));
    }
    match &run.head_branch {
        None => Some(ClaimOrigin::UnknownRef),
        Some(branch) if app.imports_from(branch) => None,
        Some(branch) => Some(ClaimOrigin::Ref(branch.clone())),
    }
}

/// What these runs claim, newest first; nothing for one that did not succeed. Those that are a deploy here claim nothing.
pub(super) fn claims(
    found: Vec<(ImportCandidate, ClaimOrigin)>,
    unclaimed: &HashSet<i64>,
    url: impl Fn(i64) -> String,
) -> Vec<(String, Claim)> {
    let is_claim = |(found, _): &(ImportCandidate, ClaimOrigin)| {
        let run = &found.listed.run;
        let has_failed = run.status == Progress::Completed && run.conclusion != Some(Conclusion::Success);
        unclaimed.contains(&run.id) && !has_failed
    };
    let claim = |(found, origin): (ImportCandidate, ClaimOrigin)| {
        let has_ended = found.has_ended();
        let ImportCandidate { listed, title } = found;
        let claim = Claim {
            git_ref: title.git_ref.to_string(),
            by: listed.started_by().unwrap_or("somebody").to_owned(),
            run_url: url(listed.run.id),
            at: listed.started_at(),
            has_ended,
            origin,
        };
        (title.environment, claim)
    };
    found.into_iter().filter(is_claim).map(claim).collect()
}
