//! A workflow file, as far as the console depends on it. Pure: text in, facts out.

mod yaml;

use std::collections::BTreeMap;

use self::yaml::WorkflowYaml;

/// What a workflow file says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct WorkflowFile {
    pub(super) run_name: Option<String>,
    /// The inputs of a dispatch, by their names; none if it cannot be dispatched.
    pub(super) inputs: Option<BTreeMap<String, Input>>,
    /// The jobs, by their keys.
    pub(super) jobs: BTreeMap<String, WorkflowJob>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Input {
    pub(super) required: bool,
    pub(super) has_default: bool,
    pub(super) kind: InputKind,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum InputKind {
    /// Only one of these is accepted.
    Choice(Vec<String>),
    /// Only the name of an environment on GitHub is accepted.
    Environment,
    /// Any text, as far as this is about.
    #[default]
    Other,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct WorkflowJob {
    pub(super) recorded_as: RecordedName,
    /// Whether another workflow does its work.
    pub(super) is_call: bool,
    /// What its steps give the action that reports, as its secret.
    pub(super) reports: Vec<Option<String>>,
    /// Whether GitHub gives it identity tokens.
    pub(super) may_ask_identity: bool,
}

/// Under which name GitHub records a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum RecordedName {
    Exactly(String),
    /// Several times, as `name (…)`: the legs of a matrix.
    Legs(String),
    /// `name / …`: the jobs are those of another workflow.
    Called(String),
    /// GitHub makes the name when the job runs.
    Computed,
}

impl WorkflowFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// If it is not YAML, or not of a workflow.
    pub(super) fn read(text: &str) -> Result<Self, serde_saphyr::Error> {
        let WorkflowYaml { run_name, on, permissions, jobs } = serde_saphyr::from_str(text)?;
        let jobs = jobs.into_iter().map(|(key, job)| {
            let job = job.read(&key, permissions.as_ref());
            (key, job)
        });
        Ok(Self { run_name: run_name.map(|name| name.0), inputs: on.inputs(), jobs: jobs.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> WorkflowFile {
        WorkflowFile::read(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn with_on(on: &str) -> Option<BTreeMap<String, Input>> {
        read(&format!("{on}\njobs: {{}}\n")).inputs
    }

    #[test]
    fn each_way_to_name_events_is_read() {
        for on in [
            "on: workflow_dispatch",
            "on: [push, workflow_dispatch]",
            "on:\n  workflow_dispatch:",
            "on:\n  push: {branches: [main]}\n  schedule: [{cron: '0 5 * * *'}]\n  workflow_dispatch: {}",
            "on:\n  workflow_dispatch:\n    inputs:",
            "\"on\": workflow_dispatch",
        ] {
            assert_eq!(with_on(on), Some(BTreeMap::new()), "{on}");
        }
        for on in ["on: push", "on: [push]", "on:\n  push:\n    branches: [main]"] {
            assert_eq!(with_on(on), None, "{on}");
        }
    }

    #[test]
    fn inputs_say_what_they_accept() {
        let inputs = with_on(
            "on:\n  workflow_dispatch:\n    inputs:\n      bare:\n      needed: {required: true}\n      \
             where: {type: choice, options: [staging, 2, true], required: true, default: staging}\n      \
             place: {type: environment}\n      loud: {type: boolean, default: false}",
        )
        .unwrap();
        let input = |required, has_default, kind| Input { required, has_default, kind };
        let choice = InputKind::Choice(["staging", "2", "true"].map(str::to_owned).to_vec());
        assert_eq!(inputs["bare"], Input::default());
        assert_eq!(inputs["needed"], input(true, false, InputKind::Other));
        assert_eq!(inputs["where"], input(true, true, choice));
        assert_eq!(inputs["place"], input(false, false, InputKind::Environment));
        assert_eq!(inputs["loud"], input(false, true, InputKind::Other));
    }

    #[test]
    fn jobs_are_recorded_under_these_names() {
        let named = |job: &str| {
            let file = read(&format!("on: push\njobs:\n  key:\n{job}"));
            file.jobs["key"].recorded_as.clone()
        };
        let long = "x".repeat(120);
        for (job, expected) in [
            ("    runs-on: x", RecordedName::Exactly("key".to_owned())),
            ("    name: Roll out", RecordedName::Exactly("Roll out".to_owned())),
            ("    strategy: {matrix: {region: [eu, us]}}", RecordedName::Legs("key".to_owned())),
            ("    name: Out\n    strategy: {matrix: {a: [1]}}", RecordedName::Exactly("Out".to_owned())),
            ("    name: Out ${{ matrix.a }}\n    strategy: {matrix: {a: [1]}}", RecordedName::Computed),
            ("    strategy: {fail-fast: false}", RecordedName::Exactly("key".to_owned())),
            ("    uses: ./.github/workflows/other.yml", RecordedName::Called("key".to_owned())),
            (&format!("    name: {long}"), RecordedName::Exactly(long[..100].to_owned())),
        ] {
            assert_eq!(named(job), expected, "{job}");
        }
    }

    #[test]
    fn steps_that_report_are_found_with_their_secret() {
        let file = read(
            "on: push\njobs:\n  deploy:\n    steps:\n      - run: true\n      \
             - uses: acme/tools/.github/actions/notify-deploy-status@0123abc\n        \
             with: {status: building, hmac_secret: '${{ secrets.OURS }}'}\n      \
             - uses: $/.github/actions/notify-deploy-status\n      - uses: actions/checkout@v4\n        \
             with: {fetch-depth: 0}\n",
        );
        assert_eq!(file.jobs["deploy"].reports, [Some("${{ secrets.OURS }}".to_owned()), None]);
    }

    #[test]
    fn what_is_no_workflow_is_an_error() {
        for text in ["", "on: push", "jobs: {}", "on: push\njobs: [", "on: push\njobs: 1", "- 1"] {
            assert!(WorkflowFile::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shipped_files_are_read_whole() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows");
        for name in ["deploy-console.yml", "deploy-heroku.yml", "deploy-customer-docs.yml"] {
            let file = read(&std::fs::read_to_string(folder.join(name)).unwrap());
            assert!(file.run_name.is_some() && file.inputs.unwrap().len() == 4, "{name}");
            assert!(file.jobs["deploy"].reports.len() > 2, "{name}");
        }
    }
}
