//! A workflow file, as far as the console depends on it. Pure: text in, facts out.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de::IgnoredAny};

/// The action that reports to the console, by the end of its address: it may be in any repository, at any commit.
const REPORTS_WITH: &str = "notify-deploy-status";
/// GitHub cuts the names of jobs there.
const LONGEST_NAME: usize = 100;

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
        let WorkflowYaml { run_name, on, jobs } = serde_saphyr::from_str(text)?;
        let jobs = jobs.into_iter().map(|(key, job)| {
            let job = job.read(&key);
            (key, job)
        });
        Ok(Self { run_name: run_name.map(|name| name.0), inputs: on.inputs(), jobs: jobs.collect() })
    }
}

#[derive(Deserialize)]
struct WorkflowYaml {
    #[serde(rename = "run-name")]
    run_name: Option<Scalar>,
    on: On,
    jobs: BTreeMap<String, JobYaml>,
}

/// What starts a workflow: the name of one event, of several, or each with what is said of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum On {
    One(String),
    Several(Vec<String>),
    Described(Events),
}

#[derive(Deserialize)]
struct Events {
    #[serde(default, deserialize_with = "if_named")]
    workflow_dispatch: Option<DispatchYaml>,
}

#[derive(Default, Deserialize)]
struct DispatchYaml {
    inputs: Option<BTreeMap<String, Option<InputYaml>>>,
}

/// A key without a value is there, too.
fn if_named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DispatchYaml>, D::Error> {
    Ok(Some(Option::<DispatchYaml>::deserialize(deserializer)?.unwrap_or_default()))
}

impl On {
    fn inputs(self) -> Option<BTreeMap<String, Input>> {
        const DISPATCH: &str = "workflow_dispatch";
        let dispatch = match self {
            Self::One(event) => (event == DISPATCH).then(DispatchYaml::default),
            Self::Several(events) => events.iter().any(|event| event == DISPATCH).then(DispatchYaml::default),
            Self::Described(events) => events.workflow_dispatch,
        };
        let inputs = dispatch?.inputs.unwrap_or_default().into_iter();
        Some(inputs.map(|(name, input)| (name, input.map(InputYaml::read).unwrap_or_default())).collect())
    }
}

#[derive(Deserialize)]
struct InputYaml {
    #[serde(default)]
    required: bool,
    default: Option<Scalar>,
    #[serde(rename = "type")]
    kind: Option<String>,
    options: Option<Vec<Scalar>>,
}

impl InputYaml {
    fn read(self) -> Input {
        let kind = match self.kind.as_deref() {
            Some("choice") => {
                let options = self.options.unwrap_or_default();
                InputKind::Choice(options.into_iter().map(|option| option.0).collect())
            }
            Some("environment") => InputKind::Environment,
            Some(_) | None => InputKind::Other,
        };
        Input { required: self.required, has_default: self.default.is_some(), kind }
    }
}

#[derive(Deserialize)]
struct JobYaml {
    name: Option<Scalar>,
    strategy: Option<StrategyYaml>,
    uses: Option<String>,
    #[serde(default)]
    steps: Vec<StepYaml>,
}

#[derive(Deserialize)]
struct StrategyYaml {
    matrix: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct StepYaml {
    uses: Option<String>,
    #[serde(default)]
    with: BTreeMap<String, Option<Scalar>>,
}

impl JobYaml {
    fn read(self, key: &str) -> WorkflowJob {
        let reports = self.steps.into_iter().filter(StepYaml::reports);
        let secret = |mut step: StepYaml| step.with.remove("hmac_secret").flatten().map(|text| text.0);
        let is_matrix = self.strategy.is_some_and(|strategy| strategy.matrix.is_some());
        let name = self.name.map(|name| name.0);
        let shown = || name.as_deref().unwrap_or(key).chars().take(LONGEST_NAME).collect();
        let is_call = self.uses.is_some();
        let recorded_as = match &name {
            Some(name) if name.contains("${{") => RecordedName::Computed,
            Some(_) | None if is_call => RecordedName::Called(shown()),
            None if is_matrix => RecordedName::Legs(shown()),
            Some(_) | None => RecordedName::Exactly(shown()),
        };
        WorkflowJob { recorded_as, is_call, reports: reports.map(secret).collect() }
    }
}

impl StepYaml {
    fn reports(&self) -> bool {
        let action = self.uses.as_deref().unwrap_or_default();
        action.split('@').next().is_some_and(|path| path.trim_end_matches('/').ends_with(REPORTS_WITH))
    }
}

/// A value that GitHub takes as text, however it is written.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsText;
        impl serde::de::Visitor<'_> for AsText {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number or a switch")
            }

            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }

            fn visit_bool<E>(self, is_on: bool) -> Result<Scalar, E> {
                Ok(Scalar(is_on.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
        }
        deserializer.deserialize_any(AsText)
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
