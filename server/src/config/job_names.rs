//! Which jobs of a workflow are which step.

use serde::Deserialize;

/// Characters of the name of a job: GitHub cuts longer ones.
const LONGEST_NAME: usize = 100;

/// The names of the workflow's jobs; those of the shipped workflow, if not said.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JobNames {
    /// The job that is the smoke gate.
    pub smoke_gate: String,
    /// The job that checks for a freeze.
    pub freeze_check: String,
    /// The job that deploys and checks the health.
    pub deploy: String,
    /// The step of that job that checks the health; if not said, every step with "health" in its name.
    pub health_check: Option<String>,
}

impl JobNames {
    /// Whether a step of the job that deploys checks the health.
    #[must_use]
    pub fn is_health_check(&self, step: &str) -> bool {
        match &self.health_check {
            Some(name) => name == step,
            None => step.to_lowercase().contains("health"),
        }
    }
}

impl Default for JobNames {
    fn default() -> Self {
        Self {
            smoke_gate: "smoke".to_owned(),
            freeze_check: "freeze-check".to_owned(),
            deploy: "deploy".to_owned(),
            health_check: None,
        }
    }
}

/// Whether a job of this name is the one that is configured, or a leg of it: `X (eu)` is one of `X`, and `a (eu) / X` of
/// `a / X`, the job `X` of a workflow that is called.
pub(crate) fn is_leg(job: &str, configured: &str) -> bool {
    if job == configured || is_cut(job, configured) {
        return true;
    }
    let Some((caller, called)) = configured.split_once(" / ") else {
        let values = job.strip_prefix(configured).and_then(|rest| rest.strip_prefix(" ("));
        return values.is_some_and(|values| values.ends_with(')') || is_full(job));
    };
    let Some(rest) = job.strip_prefix(caller) else { return false };
    match rest.strip_prefix(" / ") {
        Some(job) => is_leg(job, called),
        None => {
            rest.starts_with(" (")
                && rest.match_indices(") / ").any(|(at, end)| is_leg(&rest[at + end.len()..], called))
        }
    }
}

/// Whether the name is as long as GitHub lets it be: the end may be missing.
fn is_full(job: &str) -> bool {
    job.chars().count() >= LONGEST_NAME
}

/// Whether the name is the beginning of the configured one, cut by GitHub.
fn is_cut(job: &str, configured: &str) -> bool {
    is_full(job) && configured.starts_with(job.trim_end_matches('…').trim_end_matches("..."))
}

#[cfg(test)]
mod tests {
    use super::is_leg;

    #[test]
    fn f76_legs_are_told_by_name() {
        let long = "x".repeat(120);
        for (job, configured, expected) in [
            ("deploy", "deploy", true),
            ("deploy (eu)", "deploy", true),
            ("deploy (eu, 3)", "deploy", true),
            ("deploy (a / b)", "deploy", true),
            ("deploy-docs", "deploy", false),
            ("deploy docs (eu)", "deploy", false),
            ("deploy / roll-out", "deploy", false),
            ("deploy / roll-out", "deploy / roll-out", true),
            ("deploy (eu) / roll-out", "deploy / roll-out", true),
            ("deploy (a / b) / roll-out (3)", "deploy / roll-out", true),
            ("deploy (eu) / smoke", "deploy / roll-out", false),
            ("redeploy (eu)", "deploy", false),
            ("Deploy (eu)", "deploy", false),
            (&format!("deploy ({}", &long[..92]), "deploy", true),
            ("deploy (eu", "deploy", false),
            (&long[..100], &long, true),
            (&long[..99], &long, false),
        ] {
            assert_eq!(is_leg(job, configured), expected, "{job} of {configured}");
        }
    }
}
