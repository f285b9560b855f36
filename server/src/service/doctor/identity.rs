//! Whether identity tokens of GitHub Actions can be verified. Only a workflow can get one, so that they arrive is shown by the
//! next callback, and not by a test from here.

use actions_identity::{KeysError, Verifier};
use app::api::{Check, CheckSubject};

use super::{
    found::{ok, problem, unknown, warning},
    workflow_file::WorkflowFile,
};
use crate::config::AppConfig;

const SUBJECT: CheckSubject = CheckSubject::Identity;
const FIX: &str = "Set GITHUB_ACTIONS_ISSUER to the issuer of the GitHub that runs the workflows.";

/// What can be known before a callback comes.
pub(super) async fn check(verifier: &Verifier) -> Check {
    let issuer = verifier.issuer();
    let known_by = format!("the keys that {issuer} publishes, read now by this machine");
    match verifier.count_keys().await {
        Ok(count) => ok(
            SUBJECT,
            format!(
                "The keys of GitHub Actions can be read ({count}). That the workflows reach the console is shown by \
                 their next callback."
            ),
            known_by,
        ),
        Err(error) => away(error, issuer.as_str(), known_by),
    }
}

fn away(error: KeysError, issuer: &str, known_by: String) -> Check {
    match error {
        KeysError::TooSlow | KeysError::Unreachable | KeysError::Broken | KeysError::Status(500..) => {
            unknown(
                SUBJECT,
                format!("The keys of GitHub Actions cannot be read at {issuer}: {error}."),
                known_by,
                "Let this machine reach it over https; without the keys no identity token is accepted.",
            )
        }
        KeysError::Status(_)
        | KeysError::Unreadable
        | KeysError::OtherIssuer
        | KeysError::KeysElsewhere
        | KeysError::NoKeys => {
            problem(SUBJECT, format!("{issuer} is not an issuer of GitHub Actions: {error}."), known_by, FIX)
        }
    }
}

/// Whether GitHub gives identity tokens to the jobs that report. None, where the app takes signatures alone.
pub(super) fn permission(app: &AppConfig, file: &WorkflowFile) -> Option<Check> {
    if !app.callback_identity.takes_tokens() {
        return None;
    }
    let known_by = format!("permissions in the file {} on {}", app.workflow, app.git_ref);
    let reporting = || file.jobs.iter().filter(|(_, job)| !job.reports.is_empty());
    let lacking: Vec<_> =
        reporting().filter(|(_, job)| !job.may_ask_identity).map(|(key, _)| key.as_str()).collect();
    if lacking.is_empty() {
        return Some(match reporting().next() {
            Some(_) => ok(SUBJECT, "The jobs that report may ask GitHub for identity tokens.", known_by),
            None => unknown(
                SUBJECT,
                "No job of this file reports.",
                known_by,
                "Give the jobs that report permissions: id-token: write.",
            ),
        });
    }
    let found = format!("GitHub gives no identity token to {}, which reports.", lacking.join(", "));
    let advice = "Add id-token: write to the permissions of each job that reports.";
    Some(if app.callback_identity.takes_signatures() {
        warning(SUBJECT, found, known_by, advice)
    } else {
        problem(SUBJECT, found, known_by, advice)
    })
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult::{Ok as Good, Problem, Unknown, Warning};

    use super::{super::tests::app, *};
    use crate::config::CallbackIdentity::{self, Either, GitHub, Secret};

    const REPORT: &str = "steps: [{uses: x/notify-deploy-status@v1}]";

    fn result(identity: CallbackIdentity, permissions: &str, job: &str) -> Option<app::api::CheckResult> {
        let app = AppConfig { callback_identity: identity, ..app() };
        let text = format!(
            "on: workflow_dispatch\n{permissions}\njobs: {{deploy: {{{job} {REPORT}}}, other: {{}}}}"
        );
        permission(&app, &WorkflowFile::read(&text).unwrap()).map(|check| check.result)
    }

    #[test]
    fn jobs_that_report_need_the_permission() {
        for (permissions, job, is_granted) in [
            ("", "", false),
            ("permissions: {}", "", false),
            ("permissions: read-all", "", false),
            ("permissions: write-all", "", true),
            ("permissions: {id-token: write}", "", true),
            ("permissions: {id-token: read}", "", false),
            ("permissions: {id-token: write}", "permissions: {contents: read},", false),
            ("permissions: {}", "permissions: {contents: read, id-token: write},", true),
        ] {
            let expected = |lacking| Some(if is_granted { Good } else { lacking });
            assert_eq!(result(GitHub, permissions, job), expected(Problem), "{permissions} {job}");
            assert_eq!(result(Either, permissions, job), expected(Warning), "{permissions} {job}");
            assert_eq!(result(Secret, permissions, job), None);
        }
        let silent = WorkflowFile::read("on: workflow_dispatch\njobs: {deploy: {}}").unwrap();
        let app = AppConfig { callback_identity: GitHub, ..app() };
        assert_eq!(permission(&app, &silent).map(|check| check.result), Some(Unknown));
    }

    #[test]
    fn issuer_that_is_none_is_a_problem_and_one_that_is_away_is_not_known() {
        for (error, expected) in [
            (KeysError::TooSlow, Unknown),
            (KeysError::Unreachable, Unknown),
            (KeysError::Status(503), Unknown),
            (KeysError::Status(404), Problem),
            (KeysError::OtherIssuer, Problem),
            (KeysError::NoKeys, Problem),
        ] {
            let check = away(error, "https://issuer.example", String::new());
            assert_eq!((check.result, check.advice.is_some()), (expected, true), "{error}");
        }
    }
}
