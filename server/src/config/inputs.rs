//! Inputs of an app's workflow: those that are sent as they are in the file, and those that operators fill in.
//!
//! Everything that GitHub would refuse at every dispatch is refused at the start.

use std::collections::{BTreeMap, HashMap};

use app::domain::{InputKind, InputSpec, InputValues};
use serde::Deserialize;

use super::{AppConfig, Apps, ConfigError};

/// GitHub takes this many inputs of one workflow (an Enterprise server of before, 10).
const MOST: usize = 25;
/// What the console itself sends; the last, where an app asks for it.
const OURS: [&str; 5] = ["console_deploy_id", "environment", "git_ref", "phase_callbacks", "requested_by"];

const NAME_FIX: &str = "Begin with a letter or `_`, and use letters, digits, `-` and `_`, as GitHub does";

/// The inputs of one app, beside those of the console.
#[derive(Clone, Debug, Default)]
pub struct AppInputs {
    /// What is sent with every dispatch.
    pub fixed: InputValues,
    /// What operators fill in.
    pub typed: Vec<InputSpec>,
}

/// `[app.inputs]` and every `[[app.input]]`, as they are in the file.
pub(super) struct InputTables {
    pub(super) fixed: BTreeMap<String, Scalar>,
    pub(super) typed: Vec<InputTable>,
    /// Whether `requested_by` is sent, too.
    pub(super) send_requested_by: bool,
}

/// One `[[app.input]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputTable {
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
    options: Option<Vec<Scalar>>,
    default: Option<Scalar>,
    #[serde(default)]
    required: bool,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    String,
    Choice,
    Boolean,
}

/// A value that may be written without quotes: a dispatch has it as text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text, a number, or true or false is expected")]
pub(super) enum Scalar {
    Text(String),
    Flag(bool),
    Whole(i64),
    Number(f64),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// What is wrong, and what to do.
struct Wrong(String, String);

impl Wrong {
    fn new(problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self(problem.into(), fix.into())
    }
}

impl InputTables {
    /// Checks them; `key` is the app, for the errors.
    pub(super) fn check(self, key: &str) -> Result<AppInputs, ConfigError> {
        let at = |key: String| move |Wrong(problem, fix)| ConfigError::new(key, problem, fix);
        let mut names = Names::default();
        let mut inputs = AppInputs::default();
        for (name, value) in self.fixed {
            let at = at(format!("{key}: inputs.{name}"));
            names
                .add(&name)
                .and_then(|()| fixed(&value))
                .map(|value| inputs.fixed.set(&name, value))
                .map_err(at)?;
        }
        for table in self.typed {
            let at = at(format!("{key}: input `{}`", table.name));
            let spec = names.add(&table.name).and_then(|()| table.spec()).map_err(at)?;
            inputs.typed.push(spec);
        }
        let ours = OURS.len() - usize::from(!self.send_requested_by);
        let all = ours + inputs.fixed.len() + inputs.typed.len();
        if all > MOST {
            let problem = format!("with the {ours} of the console there are {all}");
            let fix = format!("GitHub takes {MOST}: leave some out, or put several into one");
            return Err(ConfigError::new(format!("{key}: inputs"), problem, fix));
        }
        Ok(inputs)
    }
}

/// The names so far. GitHub does not tell them apart by case.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn add(&mut self, name: &str) -> Result<(), Wrong> {
        let lower = name.to_ascii_lowercase();
        if OURS.contains(&lower.as_str()) {
            return Err(Wrong::new(
                "is an input that the console itself sends",
                "Take it out, or give it another name",
            ));
        }
        if !is_input_id(name) {
            return Err(Wrong::new("is not a name that GitHub takes for an input", NAME_FIX));
        }
        if self.0.contains(&lower) {
            return Err(Wrong::new("is there twice", "Keep one of the two: names do not differ by case"));
        }
        self.0.push(lower);
        Ok(())
    }
}

fn is_input_id(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

fn fixed(value: &Scalar) -> Result<String, Wrong> {
    let text = value.text();
    InputKind::String.check(&text).map_err(|problem| Wrong::new("cannot be sent", problem.to_string()))?;
    Ok(text)
}

impl InputTable {
    fn spec(&self) -> Result<InputSpec, Wrong> {
        let kind = self.kind()?;
        let default = self.default.as_ref().map(Scalar::text);
        if let Some(Err(problem)) = default.as_deref().map(|default| kind.check(default)) {
            return Err(Wrong::new(
                "its default is not one of its values",
                format!("For a default, {problem}"),
            ));
        }
        if self.required && default.as_deref().is_some_and(|default| default.trim().is_empty()) {
            return Err(Wrong::new("is required, and its default is empty", "Take the default out"));
        }
        Ok(InputSpec { name: self.name.clone(), kind, default, required: self.required })
    }

    fn kind(&self) -> Result<InputKind, Wrong> {
        let options: Option<Vec<_>> =
            self.options.as_ref().map(|options| options.iter().map(Scalar::text).collect());
        match (self.kind, options) {
            (Kind::Choice, Some(options)) if !options.is_empty() => choice(options),
            (Kind::Choice, _) => Err(Wrong::new("has no options", "Write options = [\"…\", \"…\"]")),
            (Kind::String | Kind::Boolean, Some(_)) => {
                Err(Wrong::new("has options", "Write type = \"choice\", or take the options out"))
            }
            (Kind::String, None) => Ok(InputKind::String),
            (Kind::Boolean, None) => Ok(InputKind::Boolean),
        }
    }
}

fn choice(options: Vec<String>) -> Result<InputKind, Wrong> {
    for (place, option) in options.iter().enumerate() {
        if option.is_empty() || InputKind::String.check(option).is_err() {
            return Err(Wrong::new(
                "has an option that cannot be chosen",
                "Write each option as a line of text",
            ));
        }
        if options[..place].contains(option) {
            return Err(Wrong::new(format!("its option `{option}` is there twice"), "Name each option once"));
        }
    }
    Ok(InputKind::Choice(options))
}

/// Two apps may share a workflow file only if something in each dispatch says which of them it is for.
pub(super) fn check_shared(file: &str, apps: &[AppConfig]) -> Result<(), ConfigError> {
    let mut of_workflow: HashMap<(String, &str), Vec<&AppConfig>> = HashMap::new();
    for app in apps {
        let others = of_workflow.entry((app.repo.to_ascii_lowercase(), &app.workflow)).or_default();
        if let Some(other) = others.iter().find(|other| !is_told_apart(app, other)) {
            let problem = format!(
                "is the workflow of `{}` in {}, too, and no input tells them apart",
                other.name, app.repo
            );
            let fix =
                "Give each an [app.inputs] of the same name with a value of its own, such as app = \"…\"";
            return Err(ConfigError::new(format!("{file}: app `{}`: workflow", app.name), problem, fix));
        }
        others.push(app);
    }
    Ok(())
}

fn is_told_apart(app: &AppConfig, other: &AppConfig) -> bool {
    let of_other = |name| other.inputs.fixed.get(name);
    app.inputs.fixed.iter().any(|(name, value)| of_other(name).is_some_and(|theirs| theirs != value))
}

impl Apps {
    /// Whether runs of this app's workflow may be another app's: then only their titles say whose they are.
    #[must_use]
    pub fn shares_workflow(&self, app: &AppConfig) -> bool {
        let shares =
            |other: &&AppConfig| other.repo.eq_ignore_ascii_case(&app.repo) && other.workflow == app.workflow;
        self.iter().filter(shares).count() > 1
    }
}

#[cfg(test)]
mod tests;
