//! Whether the workflow accepts what the console sends.

use app::{
    api::{Check, CheckSubject},
    domain::{DeployId, OptionalInput},
};
use github::{Inputs, ListedNames, LookError};
use runtime::ids::uuid_of;

use super::{
    found::{Looked, in_general, list, ok, problem, refusal, unknown, warning},
    workflow_file::{InputKind, WorkflowFile},
};
use crate::config::AppConfig;

/// The input that says where to deploy.
const ENVIRONMENT: &str = "environment";

/// The names of the inputs that a dispatch of this app sends, those among them without which it can be sent. The one place
/// that knows: it reads them from the request itself.
fn sent_inputs(app: &AppConfig) -> Vec<String> {
    let typed = app.inputs.typed.iter().map(|spec| (spec.name.clone(), String::new()));
    let inputs = Inputs {
        console_deploy_id: DeployId::new(uuid_of("doctor")),
        environment: String::new(),
        git_ref: String::new(),
        phase_callbacks: true,
        requested_by: app.send_requested_by.then(String::new),
        configured: app.inputs.fixed.clone().and(typed.collect()),
    };
    let sent = serde_json::to_value(inputs).unwrap_or_default();
    sent.as_object().into_iter().flat_map(|sent| sent.keys().cloned()).collect()
}

/// The lines about the inputs: one, and another for each optional one that is not declared.
pub(super) fn inputs(app: &AppConfig, file: &WorkflowFile) -> Vec<Check> {
    const SUBJECT: CheckSubject = CheckSubject::Inputs;
    let known_by = known_by(app);
    let Some(declared) = &file.inputs else {
        let found =
            format!("{} has no workflow_dispatch: nothing but its own events start it.", app.workflow);
        let advice = "Add workflow_dispatch with its inputs under on, as docs/operating/workflows.md says.";
        return vec![problem(SUBJECT, found, known_by, advice)];
    };
    let sent = sent_inputs(app);
    let (optional, missing): (Vec<_>, Vec<_>) = sent
        .iter()
        .filter(|name| !declared.contains_key(*name))
        .partition(|name| name.parse::<OptionalInput>().is_ok());
    let demanded: Vec<_> = declared
        .iter()
        .filter(|(name, input)| input.required && !input.has_default && !sent.contains(*name))
        .map(|(name, _)| name)
        .collect();
    let main = if !missing.is_empty() {
        let found =
            format!("{} does not declare {}: GitHub refuses the dispatch.", app.workflow, list(&missing));
        problem(SUBJECT, found, &known_by, "Declare them under workflow_dispatch, inputs.")
    } else if !demanded.is_empty() {
        let found =
            format!("{} requires {}, which the console does not send.", app.workflow, list(&demanded));
        problem(SUBJECT, found, &known_by, "Give each a default, or set required: false.")
    } else {
        let all: Vec<_> = sent.iter().filter(|name| declared.contains_key(*name)).collect();
        ok(SUBJECT, format!("It declares {}, and requires nothing else.", list(&all)), &known_by)
    };
    let without = optional.into_iter().filter_map(|name| name.parse::<OptionalInput>().ok()).map(|input| {
        let advice = format!("Declare {input}, if it should. Until then, deploys go out without it.");
        warning(SUBJECT, input.without(), &known_by, advice)
    });
    std::iter::once(main).chain(without).collect()
}

/// Whether GitHub has to be asked for its environments.
pub(super) fn needs_environments(file: &WorkflowFile) -> bool {
    environment_input(file) == Some(&InputKind::Environment)
}

fn environment_input(file: &WorkflowFile) -> Option<&InputKind> {
    file.inputs.as_ref()?.get(ENVIRONMENT).map(|input| &input.kind)
}

/// Whether the workflow accepts the app's environments. `on_github` are those that GitHub lists, if it was asked.
pub(super) fn environments(
    app: &AppConfig,
    file: &WorkflowFile,
    on_github: Option<&Looked<ListedNames>>,
) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Environments;
    let names: Vec<_> = app.environments.iter().map(|environment| environment.name.as_str()).collect();
    let absent_from = |known: &[String]| {
        let is_absent = |name: &&str| !known.iter().any(|known| known == name);
        names.iter().copied().filter(is_absent).collect::<Vec<_>>()
    };
    match environment_input(file) {
        None => super::found::depends_on(SUBJECT, CheckSubject::Inputs),
        Some(InputKind::Other) => {
            ok(SUBJECT, "Its input environment accepts any text.".to_owned(), known_by(app))
        }
        Some(InputKind::Choice(options)) => match absent_from(options).as_slice() {
            [] => ok(SUBJECT, format!("{} can be chosen.", list(&names)), known_by(app)),
            absent => problem(
                SUBJECT,
                format!("{} cannot be chosen: its input environment offers {}.", list(absent), list(options)),
                known_by(app),
                "Add them to the options of the input, or take them out of console.toml.",
            ),
        },
        Some(InputKind::Environment) => on_github.map_or_else(
            || super::found::depends_on(SUBJECT, CheckSubject::File),
            |looked| listed_environments(app, looked, absent_from),
        ),
    }
}

fn listed_environments<'a>(
    app: &AppConfig,
    looked: &Looked<ListedNames>,
    absent_from: impl FnOnce(&[String]) -> Vec<&'a str>,
) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Environments;
    let known_by = format!("GitHub's answer to GET /repos/{}/environments", app.repo);
    let ListedNames { names, is_complete } = match looked {
        Ok(listed) => listed,
        Err(error) => {
            return in_general(SUBJECT, error, &known_by).unwrap_or_else(|| match error {
                LookError::NotFound => unknown(
                    SUBJECT,
                    "GitHub lists no environments to the console (404).",
                    &known_by,
                    "Look at the repository's settings, under Environments: each of the app's has to be there.",
                ),
                other => unknown(
                    SUBJECT,
                    refusal(other),
                    &known_by,
                    "Give the console the permission Actions: read, or look at the repository's settings.",
                ),
            });
        }
    };
    match absent_from(names).as_slice() {
        [] => ok(SUBJECT, "GitHub has each of the app's environments.".to_owned(), known_by),
        absent if *is_complete => problem(
            SUBJECT,
            format!("GitHub has no environment {}: its input environment accepts no other.", list(absent)),
            known_by,
            "Create them in the repository's settings, under Environments.",
        ),
        absent => unknown(
            SUBJECT,
            format!("{} is not among the first hundred environments on GitHub.", list(absent)),
            known_by,
            "Look at the repository's settings, under Environments.",
        ),
    }
}

fn known_by(app: &AppConfig) -> String {
    format!("the file {} on {}", app.workflow, app.git_ref)
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult::{self, Ok as Good, Problem, Unknown, Warning};

    use super::{super::tests::app, *};

    const ALL: &str = "console_deploy_id: {}, environment: {}, git_ref: {}, phase_callbacks: {}";

    fn file(inputs: &str) -> WorkflowFile {
        let text = format!("on: {{workflow_dispatch: {{inputs: {{{inputs}}}}}}}\njobs: {{}}");
        WorkflowFile::read(&text).unwrap()
    }

    #[test]
    fn sent_inputs_are_those_of_a_dispatch() {
        let ours = ["console_deploy_id", "environment", "git_ref", "phase_callbacks"];
        assert_eq!(sent_inputs(&app()), ours);
        let telling = AppConfig { send_requested_by: true, ..app() };
        assert_eq!(sent_inputs(&telling), [&ours[..], &["requested_by"]].concat());
        let checks = inputs(&telling, &file(ALL));
        assert!(checks[1].result == Warning && checks[1].found.contains("is not told who"), "{checks:?}");
    }

    #[test]
    fn inputs_have_to_be_those_that_are_sent() {
        for (inputs_given, expected) in [
            (ALL.to_owned(), &[(Good, "requires nothing else")][..]),
            (ALL.replace("git_ref: {}, ", ""), &[(Problem, "does not declare git_ref")]),
            (format!("{ALL}, who: {{required: true}}"), &[(Problem, "requires who")]),
            (format!("{ALL}, who: {{required: true, default: me}}"), &[(Good, "requires nothing else")]),
            (format!("{ALL}, who: {{}}"), &[(Good, "requires nothing else")]),
            (
                ALL.replace(", phase_callbacks: {}", ""),
                &[(Good, "console_deploy_id, environment and git_ref"), (Warning, "cannot report its gates")],
            ),
        ] {
            let checks = inputs(&app(), &file(&inputs_given));
            let results: Vec<_> = checks.iter().map(|check| check.result).collect();
            assert_eq!(results, expected.iter().map(|it| it.0).collect::<Vec<_>>(), "{inputs_given}");
            for (check, (_, words)) in checks.iter().zip(expected) {
                assert!(check.found.contains(words), "{check:?} lacks {words:?}");
            }
        }
        let pushed = WorkflowFile::read("on: push\njobs: {}").unwrap();
        assert_eq!(inputs(&app(), &pushed)[0].result, Problem);
    }

    #[track_caller]
    fn assert_environments(
        input: &str,
        listed: Option<Looked<ListedNames>>,
        result: CheckResult,
        words: &str,
    ) {
        let check = environments(&app(), &file(input), listed.as_ref());
        assert_eq!(check.result, result, "{input}: {check:?}");
        assert!(check.found.contains(words), "{check:?} lacks {words:?}");
    }

    #[test]
    fn environments_have_to_be_accepted() {
        assert_environments("environment: {}", None, Good, "any text");
        assert_environments("environment: {type: string}", None, Good, "any text");
        let choice = |options: &str| format!("environment: {{type: choice, options: [{options}]}}");
        assert_environments(&choice("staging, production"), None, Good, "production and staging");
        assert_environments(&choice("production, qa"), None, Problem, "staging cannot be chosen");
        assert_environments(&choice("Staging, production"), None, Problem, "staging cannot be chosen");
        assert_environments("other: {}", None, Unknown, "Not known");
    }

    #[test]
    fn environments_of_github_have_to_exist() {
        let input = "environment: {type: environment}";
        let listed = |names: &[&str], is_complete| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Some(Ok(ListedNames { names, is_complete }))
        };
        assert_environments(input, listed(&["production", "staging"], true), Good, "each");
        assert_environments(input, listed(&["production"], true), Problem, "no environment staging");
        assert_environments(input, listed(&["production"], false), Unknown, "first hundred");
        assert_environments(input, Some(Err(LookError::NotFound)), Unknown, "404");
        let refused = LookError::Forbidden { words: None, needs: None };
        assert_environments(input, Some(Err(refused)), Unknown, "403");
        assert_environments(input, None, Unknown, "Not known");
    }
}
