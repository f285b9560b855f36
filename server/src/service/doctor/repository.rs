//! Whether the repository and its workflow are there, and can run.

use app::api::{Check, CheckSubject};
use github::{LookError, RepositoryRecord, WorkflowRecord};

use super::found::{Looked, in_general, ok, problem, refusal};
use crate::config::AppConfig;

pub(super) fn repository(app: &AppConfig, looked: Looked<&RepositoryRecord>) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Repository;
    let (repo, known_by) = (&app.repo, format!("GitHub's answer to GET /repos/{}", app.repo));
    let record = match looked {
        Ok(record) => record,
        Err(error) => {
            return in_general(SUBJECT, &error, &known_by).unwrap_or_else(|| {
                let found = match error {
                    LookError::NotFound => format!(
                        "GitHub knows no repository {repo}, or does not show it to the console (404)."
                    ),
                    other => refusal(&other),
                };
                let advice = "Check repo in console.toml, and give the console access to that repository.";
                problem(SUBJECT, found, &known_by, advice)
            });
        }
    };
    let RepositoryRecord { full_name, archived, disabled, .. } = record;
    if !full_name.eq_ignore_ascii_case(repo) {
        let found = format!("The repository {repo} is called {full_name} now.");
        problem(SUBJECT, found, known_by, "Change repo in console.toml, and restart.")
    } else if *archived {
        let advice = "Unarchive it in its settings on GitHub, or take the app out of console.toml.";
        problem(SUBJECT, format!("{repo} is archived: nothing runs there."), known_by, advice)
    } else if *disabled {
        let advice = "Ask GitHub's support why: the repository's page says what there is to know.";
        problem(SUBJECT, format!("GitHub has disabled {repo}."), known_by, advice)
    } else {
        ok(SUBJECT, format!("The console sees {repo}."), known_by)
    }
}

pub(super) fn workflow(app: &AppConfig, looked: &Looked<WorkflowRecord>) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Workflow;
    let AppConfig { repo, workflow, .. } = app;
    let known_by = format!("GitHub's answer to GET /repos/{repo}/actions/workflows/{workflow}");
    match looked {
        Ok(WorkflowRecord { state }) if state == "active" => {
            ok(SUBJECT, format!("GitHub lists {workflow}, and it is enabled."), known_by)
        }
        Ok(WorkflowRecord { state }) => {
            let found = format!("GitHub lists {workflow}, but does not run it: it is {state}.");
            problem(SUBJECT, found, known_by, "Enable it on GitHub, under Actions, in the workflow's menu.")
        }
        Err(error) => in_general(SUBJECT, error, &known_by).unwrap_or_else(|| {
            let (found, advice) = match error {
                LookError::NotFound => (
                    format!("GitHub lists no workflow {workflow} in {repo} (404)."),
                    "Check workflow in console.toml; add the file to .github/workflows of the default branch, too.",
                ),
                other => (refusal(other), "Give the console the permission Actions: read and write."),
            };
            problem(SUBJECT, found, &known_by, advice)
        }),
    }
}

pub(super) fn file(app: &AppConfig, looked: &Looked<String>) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::File;
    let AppConfig { workflow, git_ref, .. } = app;
    let known_by = format!("GitHub's answer for .github/workflows/{workflow} at {git_ref}");
    match looked {
        Ok(_) => ok(SUBJECT, format!("{workflow} is on {git_ref}."), known_by),
        Err(error) => in_general(SUBJECT, error, &known_by).unwrap_or_else(|| match error {
            LookError::NotFound => problem(
                SUBJECT,
                format!("There is no {workflow} on {git_ref}, or no {git_ref} (404)."),
                &known_by,
                "Add the file to that branch or tag, or change ref in console.toml.",
            ),
            other => super::found::unknown(
                SUBJECT,
                format!("The file cannot be read. {}", refusal(other)),
                &known_by,
                "Give the console the permission Contents: read, to have the file checked.",
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult::{self, Ok as Good, Problem, Unknown};
    use github::ReadError;

    use super::{super::tests::app, *};

    fn forbidden() -> LookError {
        LookError::Forbidden { words: Some("No.".to_owned()), needs: Some("actions=read".to_owned()) }
    }

    fn unread() -> LookError {
        LookError::Unread(ReadError::Unusable("it took too long".to_owned()))
    }

    #[track_caller]
    fn assert_check(check: &Check, result: CheckResult, words: &str) {
        assert_eq!(check.result, result, "{check:?}");
        assert!(check.found.contains(words), "{check:?} lacks {words:?}");
        assert_eq!(check.advice.is_none(), result == Good, "{check:?}");
    }

    #[test]
    fn repository_is_seen_moved_or_shut() {
        let record = |full_name: &str| RepositoryRecord {
            full_name: full_name.to_owned(),
            ..RepositoryRecord::default()
        };
        let archived = RepositoryRecord { archived: true, ..record("acme/shop") };
        let disabled = RepositoryRecord { disabled: true, ..record("acme/shop") };
        for (looked, result, words) in [
            (Ok(&record("acme/shop")), Good, "sees acme/shop"),
            (Ok(&record("Acme/Shop")), Good, "sees"),
            (Ok(&record("acme/store")), Problem, "is called acme/store now"),
            (Ok(&archived), Problem, "archived"),
            (Ok(&disabled), Problem, "disabled"),
            (Err(LookError::NotFound), Problem, "knows no repository acme/shop"),
            (Err(LookError::TokenRefused), Problem, "does not let the console in"),
            (Err(LookError::Moved("the repository a is called b now".to_owned())), Problem, "The repository"),
            (Err(forbidden()), Problem, "actions=read"),
            (
                Err(LookError::Unread(ReadError::NotLetIn("the App is not there".to_owned()))),
                Problem,
                "The App is",
            ),
            (Err(unread()), Unknown, "it took too long"),
        ] {
            assert_check(&repository(&app(), looked), result, words);
        }
    }

    #[test]
    fn workflow_has_to_be_listed_and_enabled() {
        let state = |state: &str| Ok(WorkflowRecord { state: state.to_owned() });
        for (looked, result, words) in [
            (state("active"), Good, "enabled"),
            (state("disabled_manually"), Problem, "disabled_manually"),
            (state("disabled_inactivity"), Problem, "disabled_inactivity"),
            (state("deleted"), Problem, "deleted"),
            (Err(LookError::NotFound), Problem, "lists no workflow deploy.yml"),
            (Err(forbidden()), Problem, "“No.”"),
            (Err(unread()), Unknown, "took too long"),
        ] {
            assert_check(&workflow(&app(), &looked), result, words);
        }
    }

    #[test]
    fn file_has_to_be_on_the_ref() {
        for (looked, result, words) in [
            (Ok(String::new()), Good, "deploy.yml is on main"),
            (Err(LookError::NotFound), Problem, "no deploy.yml on main"),
            (Err(forbidden()), Unknown, "cannot be read"),
            (Err(unread()), Unknown, "took too long"),
        ] {
            assert_check(&file(&app(), &looked), result, words);
        }
    }
}
