//! How a workflow file is written: several ways for the same.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::{Input, InputKind, RecordedName, WorkflowJob};

/// The action that reports to the console, by the end of its address: it may be in any repository, at any commit.
const REPORTS_WITH: &str = "notify-deploy-status";
/// GitHub cuts the names of jobs there.
const LONGEST_NAME: usize = 100;

#[derive(Deserialize)]
pub(super) struct WorkflowYaml {
    #[serde(rename = "run-name")]
    pub(super) run_name: Option<Scalar>,
    pub(super) on: On,
    pub(super) permissions: Option<PermissionsYaml>,
    pub(super) jobs: BTreeMap<String, JobYaml>,
}

/// What the token of a job may do: everything of a kind, or each by its name.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum PermissionsYaml {
    All(String),
    Each(BTreeMap<String, String>),
}

impl PermissionsYaml {
    fn grant_identity(&self) -> bool {
        match self {
            Self::All(all) => all == "write-all",
            Self::Each(each) => each.get("id-token").is_some_and(|level| level == "write"),
        }
    }
}

/// What starts a workflow: the name of one event, of several, or each with what is said of it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum On {
    One(String),
    Several(Vec<String>),
    Described(Events),
}

#[derive(Deserialize)]
pub(super) struct Events {
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
    pub(super) fn inputs(self) -> Option<BTreeMap<String, Input>> {
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
pub(super) struct JobYaml {
    name: Option<Scalar>,
    strategy: Option<StrategyYaml>,
    uses: Option<String>,
    /// In place of those of the workflow.
    permissions: Option<PermissionsYaml>,
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
    /// A job, with the permissions of its workflow where it has none of its own.
    pub(super) fn read(self, key: &str, of_workflow: Option<&PermissionsYaml>) -> WorkflowJob {
        let permissions = self.permissions.as_ref().or(of_workflow);
        let may_ask_identity = permissions.is_some_and(PermissionsYaml::grant_identity);
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
        WorkflowJob { recorded_as, is_call, reports: reports.map(secret).collect(), may_ask_identity }
    }
}

impl StepYaml {
    fn reports(&self) -> bool {
        let action = self.uses.as_deref().unwrap_or_default();
        action.split('@').next().is_some_and(|path| path.trim_end_matches('/').ends_with(REPORTS_WITH))
    }
}

/// A value that GitHub takes as text, however it is written.
pub(super) struct Scalar(pub(super) String);

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
