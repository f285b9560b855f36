//! Whether the title of a run names its deploy, in the form that is read.

use app::{
    api::{Check, CheckSubject},
    domain::DeployId,
};
use runtime::ids::uuid_of;

use super::{
    found::{ok, problem, unknown, warning},
    workflow_file::WorkflowFile,
};
use crate::{config::AppConfig, tasks::reconcile::title::Title};

const ID: &str = "console_deploy_id";
/// What to write.
const ADVICE: &str = "Write: run-name: Deploy ${{ inputs.git_ref }} to ${{ inputs.environment }} (${{ inputs.console_deploy_id || 'by hand' }})";

pub(super) fn run_name(app: &AppConfig, file: &WorkflowFile) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::RunName;
    let known_by = format!("the file {} on {}", app.workflow, app.git_ref);
    let Some(template) = &file.run_name else {
        let found = "It has no run-name: a run whose id GitHub does not give could not be found.";
        return problem(SUBJECT, found, known_by, ADVICE);
    };
    let Some(title) = SampleTitle::of(template) else {
        let found = "Its run-name names the deploy in an expression that is not read here.";
        return unknown(SUBJECT, found, known_by, format!("Look at the title of a run. {ADVICE}"));
    };
    if !title.text.contains(&title.deploy.to_string()) {
        let found =
            "Its run-name has no console_deploy_id: a run whose id GitHub does not give could not be found.";
        return problem(SUBJECT, found, known_by, ADVICE);
    }
    let is_read = Title::read(&title.text).is_some_and(|read| {
        read.deploy == Some(title.deploy) && (read.git_ref.as_str(), &*read.environment) == (REF, PLACE)
    });
    if is_read {
        ok(SUBJECT, "Its run-name names the ref, the environment and the deploy.", known_by)
    } else {
        let found = "Its run-name names the deploy, but is not “Deploy <ref> to <environment> (…)”: runs that are \
                     started on GitHub are not shown.";
        warning(SUBJECT, found, known_by, ADVICE)
    }
}

/// What the inputs are in a sample.
const REF: &str = "main";
const PLACE: &str = "somewhere";
/// What any other expression is.
const OTHER: &str = "something";

/// The title that a run for this deploy would have.
struct SampleTitle {
    text: String,
    deploy: DeployId,
}

impl SampleTitle {
    /// Each expression is taken for its first operand, which is what it is where that is set. None, if the id is in one
    /// where it is not that.
    fn of(template: &str) -> Option<Self> {
        let deploy = DeployId::new(uuid_of("doctor"));
        let (mut text, mut rest) = (String::new(), template);
        while let Some((before, expression)) = rest.split_once("${{") {
            let (expression, after) = expression.split_once("}}")?;
            text.push_str(before);
            let first = expression.split("||").next().unwrap_or_default().trim();
            let input = first.strip_prefix("github.event.").unwrap_or(first).strip_prefix("inputs.");
            match input {
                Some(ID) => text.push_str(&deploy.to_string()),
                Some("git_ref") => text.push_str(REF),
                Some("environment") => text.push_str(PLACE),
                Some(_) | None if expression.contains(ID) => return None,
                Some(_) | None => text.push_str(OTHER),
            }
            rest = after;
        }
        text.push_str(rest);
        Some(Self { text, deploy })
    }
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult::{self, Ok as Good, Problem, Unknown, Warning};

    use super::{super::tests::app, *};

    fn result(run_name_given: Option<&str>) -> CheckResult {
        let line = run_name_given.map(|name| format!("run-name: \"{name}\"\n")).unwrap_or_default();
        let file = WorkflowFile::read(&format!("{line}on: workflow_dispatch\njobs: {{}}")).unwrap();
        run_name(&app(), &file).result
    }

    #[test]
    fn run_name_has_to_name_the_deploy() {
        for (name, expected) in [
            (
                "Deploy ${{ inputs.git_ref }} to ${{ inputs.environment }} (${{ inputs.console_deploy_id }})",
                Good,
            ),
            (
                "Deploy ${{inputs.git_ref}} to ${{inputs.environment}} (${{inputs.console_deploy_id||'by hand'}})",
                Good,
            ),
            (
                "Deploy ${{ github.event.inputs.git_ref || github.ref_name }} to ${{ inputs.environment || 'qa' }} (${{ github.event.inputs.console_deploy_id || (github.event_name == 'push' && 'push' || 'x') }})",
                Good,
            ),
            ("${{ inputs.console_deploy_id }}", Warning),
            ("Deploy ${{ inputs.git_ref }} to production (${{ inputs.console_deploy_id }})", Warning),
            (
                "Deploy ${{ inputs.environment }} to ${{ inputs.git_ref }} (${{ inputs.console_deploy_id }})",
                Warning,
            ),
            ("Deploy ${{ inputs.git_ref }} to ${{ inputs.environment }} (${{ github.actor }})", Problem),
            ("Deploy console_deploy_id", Problem),
            ("Deploy ${{ format('{0}', inputs.console_deploy_id) }}", Unknown),
            ("Deploy ${{ inputs.console_deploy_id", Unknown),
        ] {
            assert_eq!(result(Some(name)), expected, "{name}");
        }
        assert_eq!(result(None), Problem);
    }
}
