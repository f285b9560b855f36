//! The jobs of a workflow file, and what they become in a run.

use serde_json::Value;

use super::yaml::{Job, Permissions, Step};
use crate::expression::fill;

/// Characters of a name that are kept. GitHub ends a longer one with dots.
const LONGEST: usize = 100;

/// A job of the file: one of a run for each of its legs.
#[derive(Clone, Debug)]
pub(crate) struct JobTemplate {
    /// Its key in the file.
    pub(crate) id: String,
    name: Option<String>,
    /// The values of its matrix, by their keys; one leg without any, if it has none.
    legs: Vec<Vec<(String, String)>>,
    /// The name of its environment, with its expressions.
    pub(crate) environment: Option<String>,
    pub(crate) steps: Vec<StepTemplate>,
    /// Whether it may ask for identity tokens.
    pub(crate) may_ask_identity: bool,
}

/// A step of the file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct StepTemplate {
    pub(crate) name: String,
    /// Whether it does what the job is there for: it always runs, and the job fails with it.
    pub(crate) is_main: bool,
    /// When it is skipped.
    pub(crate) condition: Condition,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Condition {
    /// Skipped only after a failure.
    #[default]
    WhileWell,
    /// Runs only after a failure.
    AfterFailure,
    /// Depends on what other steps put out: skipped.
    OnOutputs,
}

impl JobTemplate {
    /// A job, with the permissions of its workflow where it has none of its own.
    pub(super) fn of(id: String, job: Job, of_workflow: Option<&Permissions>) -> Self {
        let may_ask_identity =
            job.permissions.as_ref().or(of_workflow).is_some_and(Permissions::grant_identity);
        let legs = job.strategy.matrix.as_ref().map(legs).filter(|legs| !legs.is_empty());
        let steps = job.steps.into_iter().map(StepTemplate::of).collect();
        let environment = job.environment.as_ref().and_then(environment);
        let legs = legs.unwrap_or_else(|| vec![Vec::new()]);
        Self { id, name: job.name, environment, legs, steps, may_ask_identity }
    }

    /// The names that its jobs have in a run, and the legs that they are for.
    pub(crate) fn names(&self) -> Vec<(String, Option<String>)> {
        let named = |leg: &Vec<(String, String)>| {
            let values: Vec<_> = leg.iter().map(|(_, value)| value.as_str()).collect();
            let leg_name = (self.legs.len() > 1).then(|| values.join(", "));
            let name = match &self.name {
                Some(name) => fill(name, &|context| {
                    let key = context.strip_prefix("matrix.")?;
                    leg.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
                }),
                None if leg.is_empty() => self.id.clone(),
                None => format!("{} ({})", self.id, values.join(", ")),
            };
            (cut(&name), leg_name)
        };
        self.legs.iter().map(named).collect()
    }
}

/// A name as GitHub keeps it.
pub(crate) fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 3).chain("...".chars()).collect()
}

impl StepTemplate {
    fn of(step: Step) -> Self {
        let condition = step.condition.map(|condition| condition.to_string()).unwrap_or_default();
        let uses = step.uses.unwrap_or_default();
        let does = if uses.is_empty() { step.run.unwrap_or_default() } else { uses.clone() };
        let is_optional = step.continues == Some(Value::Bool(true));
        Self {
            name: step.name.unwrap_or_else(|| format!("Run {}", does.lines().next().unwrap_or_default())),
            is_main: condition.is_empty() && !is_optional && !uses.starts_with("actions/checkout@"),
            condition: match condition.as_str() {
                after if after.contains("failure()") || after.contains("'failure'") => {
                    Condition::AfterFailure
                }
                on if on.contains("steps.") => Condition::OnOutputs,
                _ => Condition::WhileWell,
            },
        }
    }
}

/// An environment is a name, or an object with one.
fn environment(written: &Value) -> Option<String> {
    written.as_str().or_else(|| written["name"].as_str()).map(str::to_owned)
}

/// The combinations of a matrix that is written out, the first key changing slowest.
fn legs(matrix: &Value) -> Vec<Vec<(String, String)>> {
    let Some(axes) = matrix.as_object() else { return Vec::new() };
    let mut legs = vec![Vec::new()];
    for (key, values) in axes.iter().filter(|(key, _)| !["include", "exclude"].contains(&key.as_str())) {
        let values: Vec<_> = values.as_array().into_iter().flatten().map(text).collect();
        let longer = |leg: &Vec<(String, String)>| {
            let leg = leg.clone();
            let with = move |value: &String| [leg.clone(), vec![(key.clone(), value.clone())]].concat();
            values.iter().map(with).collect::<Vec<_>>()
        };
        legs = legs.iter().flat_map(longer).collect();
    }
    legs
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::WorkflowFile;

    fn names(job: &str) -> Vec<String> {
        let text = format!("on:\n  workflow_dispatch:\njobs:\n  deploy:\n{job}");
        let file = WorkflowFile::parse(&text).unwrap();
        file.jobs[0].names().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn names_of_legs_are_those_of_github() {
        let matrix = "    strategy:\n      matrix:\n        region: [eu, us]\n";
        assert_eq!(names(matrix), ["deploy (eu)", "deploy (us)"]);
        assert_eq!(names(&format!("    name: Roll out\n{matrix}")), ["Roll out", "Roll out"]);
        let named = format!("    name: To ${{{{ matrix.region }}}}\n{matrix}");
        assert_eq!(names(&named), ["To eu", "To us"]);
        assert_eq!(names(&format!("{matrix}        shard: [1, 2]\n")).len(), 4);
        assert_eq!(names("    name: Deploy it\n"), ["Deploy it"]);
        let long = names(&format!("    name: {}\n", "a".repeat(120)));
        assert_eq!((long[0].len(), long[0].ends_with("a...")), (100, true));
    }
}
