//! What a token proves.

/// How GitHub spells what starts a run that somebody asked for, by the API or by hand.
const DISPATCH: &str = "workflow_dispatch";

/// Which run holds a token: of which workflow file, on which ref, in which repository.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// `owner/name`.
    pub repository: String,
    /// `owner/name/.github/workflows/file.yml@refs/heads/main`: the file that was started, also where the job is of a
    /// workflow that it calls.
    pub workflow_ref: String,
    /// What started the run, where the issuer says so.
    pub event_name: Option<String>,
    /// Positive.
    pub run_id: i64,
    /// From 1.
    pub run_attempt: i64,
    /// The commit of the ref on which the workflow was started, which need not be what the run deploys.
    pub sha: String,
}

/// The workflow that a token has to be of.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedWorkflow<'a> {
    /// `owner/name`, in any case, as on GitHub.
    pub repository: &'a str,
    /// The name of its file in `.github/workflows`.
    pub file: &'a str,
    /// A branch or a tag, with or without `refs/heads/` or `refs/tags/`.
    pub git_ref: &'a str,
}

/// In what a token is not of the expected workflow.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Mismatch {
    #[error("the identity token is of another repository")]
    Repository,
    #[error("the identity token is of another workflow, or of another ref")]
    Workflow,
    #[error("the identity token is of a run that was not dispatched")]
    Event,
}

impl Identity {
    /// Whether it is of this workflow.
    ///
    /// Only a run that was dispatched is: the same file may run for events that strangers cause, such as an issue or a pull
    /// request, and then has the same `workflow_ref`.
    ///
    /// # Errors
    /// The first thing in which it is not.
    pub fn check(&self, expected: &ExpectedWorkflow<'_>) -> Result<(), Mismatch> {
        let ExpectedWorkflow { repository, file, git_ref } = expected;
        if !self.repository.eq_ignore_ascii_case(repository) {
            return Err(Mismatch::Repository);
        }
        let own = self.workflow_ref.split_at_checked(repository.len());
        let place = own.filter(|(owner, _)| owner.eq_ignore_ascii_case(repository)).map(|(_, place)| place);
        let is_of = |full: &str| place == Some(&format!("/.github/workflows/{file}@{full}"));
        let is_file_on_ref = if git_ref.starts_with("refs/") {
            is_of(git_ref)
        } else {
            is_of(&format!("refs/heads/{git_ref}")) || is_of(&format!("refs/tags/{git_ref}"))
        };
        match is_file_on_ref {
            false => Err(Mismatch::Workflow),
            true if self.event_name.as_deref().is_some_and(|event| event != DISPATCH) => Err(Mismatch::Event),
            true => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(repository: &str, workflow_ref: &str) -> Identity {
        Identity {
            repository: repository.to_owned(),
            workflow_ref: workflow_ref.to_owned(),
            event_name: Some(DISPATCH.to_owned()),
            run_id: 77,
            run_attempt: 1,
            sha: "1f4c7a2e9b0d3c5a7e8f1a2b3c4d5e6f70819203".to_owned(),
        }
    }

    fn expected(git_ref: &str) -> ExpectedWorkflow<'_> {
        ExpectedWorkflow { repository: "Acme/shop", file: "deploy.yml", git_ref }
    }

    #[test]
    fn f98_workflow_file_and_ref_are_exact() {
        const MAIN: &str = "acme/shop/.github/workflows/deploy.yml@refs/heads/main";
        const TAG: &str = "acme/Shop/.github/workflows/deploy.yml@refs/tags/v1";
        for (git_ref, workflow_ref, is_it) in [
            ("main", MAIN, true),
            ("refs/heads/main", MAIN, true),
            ("v1", TAG, true),
            ("refs/tags/v1", TAG, true),
            ("refs/heads/v1", TAG, false),
            ("refs/tags/main", MAIN, false),
            ("heads/main", MAIN, false),
            ("Main", MAIN, false),
            ("", MAIN, false),
            ("main", "acme/shop/.github/workflows/Deploy.yml@refs/heads/main", false),
            ("main", "acme/shop/.github/workflows/deploy.yml@refs/heads/main2", false),
            ("main", "acme/shop/.github/workflows/deploy.yml@refs/heads/x/main", false),
            ("main", "acme/shop/.github/workflows/deploy.yml@refs/pull/7/merge", false),
            ("main", "acme/shop/.github/workflows/x/deploy.yml@refs/heads/main", false),
            ("main", "acme/shop2/.github/workflows/deploy.yml@refs/heads/main", false),
            ("main", "mallory/shop/.github/workflows/deploy.yml@refs/heads/main", false),
            ("main", "acme/shop/.github/workflows/deploy.yml", false),
            ("main", "äcme/shöp/.github/workflows/deploy.yml@refs/heads/main", false),
            ("main", "", false),
        ] {
            let wanted = if is_it { Ok(()) } else { Err(Mismatch::Workflow) };
            let checked = identity("acme/shop", workflow_ref).check(&expected(git_ref));
            assert_eq!(checked, wanted, "{git_ref} {workflow_ref}");
        }
        for other in ["acme/shop2", "acme/sho", "mallory/shop", "acme/shop/", ""] {
            assert_eq!(identity(other, MAIN).check(&expected("main")), Err(Mismatch::Repository), "{other}");
        }
    }

    #[test]
    fn f98_only_dispatched_runs_speak() {
        for event in ["pull_request_target", "issue_comment", "workflow_run", "push", "schedule", ""] {
            let of_event = Identity {
                event_name: Some(event.to_owned()),
                ..identity("acme/shop", "acme/shop/.github/workflows/deploy.yml@refs/heads/main")
            };
            assert_eq!(of_event.check(&expected("main")), Err(Mismatch::Event), "{event}");
        }
    }
}
