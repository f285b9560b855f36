//! What GitHub reads in a workflow file before it starts a run: the inputs that it declares, the title, the group in which
//! runs wait for each other, and the jobs.

mod files;
mod jobs;
mod yaml;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(super) use self::{
    files::WorkflowFiles,
    jobs::{Condition, JobTemplate, StepTemplate, cut},
    yaml::{Concurrency, Input},
};

/// Inputs that a dispatch may have.
const MOST_INPUTS: usize = 25;

#[derive(Clone, Debug, Default)]
pub(super) struct WorkflowFile {
    /// As it was committed.
    pub(super) text: String,
    pub(super) name: Option<String>,
    /// What the titles of its runs are made of.
    pub(super) run_name: Option<String>,
    /// Absent: it cannot be dispatched.
    inputs: Option<BTreeMap<String, Option<Input>>>,
    pub(super) concurrency: Option<Concurrency>,
    pub(super) jobs: Vec<JobTemplate>,
}

impl WorkflowFile {
    /// Reads a workflow file.
    pub(super) fn parse(text: &str) -> Result<Self, serde_saphyr::Error> {
        let file: yaml::Workflow = serde_saphyr::from_str(text)?;
        let permissions = file.permissions.as_ref();
        Ok(Self {
            text: text.to_owned(),
            name: file.name,
            run_name: file.run_name,
            inputs: file.on.workflow_dispatch.map(|trigger| trigger.unwrap_or_default().inputs),
            concurrency: file.concurrency,
            jobs: file.jobs.0.into_iter().map(|(id, job)| JobTemplate::of(id, job, permissions)).collect(),
        })
    }

    /// Refuses a dispatch with these inputs as GitHub does, with its words and a 422.
    pub(super) fn check(&self, sent: &Map<String, Value>) -> Result<(), String> {
        let Some(inputs) = &self.inputs else {
            return Err("Workflow does not have 'workflow_dispatch' trigger".to_owned());
        };
        if sent.len() > MOST_INPUTS {
            let count = sent.len();
            return Err(format!(
                "Invalid request.\n\nNo more than 25 properties are allowed; {count} were supplied."
            ));
        }
        if let Some((name, value)) = sent.iter().find(|(_, value)| !value.is_string()) {
            return Err(format!("Invalid request.\n\nFor 'properties/{name}', {value} is not a string."));
        }
        let unexpected: Vec<_> = sent.keys().filter(|name| !inputs.contains_key(*name)).collect();
        if !unexpected.is_empty() {
            let names: Vec<_> = unexpected.into_iter().map(|name| format!("{name:?}")).collect();
            return Err(format!("Unexpected inputs provided: [{}]", names.join(", ")));
        }
        inputs.iter().try_for_each(|(name, declared)| {
            let declared = declared.clone().unwrap_or_default();
            declared.check(name, sent.get(name).and_then(Value::as_str))
        })
    }
}

impl Input {
    fn check(&self, name: &str, sent: Option<&str>) -> Result<(), String> {
        match (sent, &self.options) {
            (None | Some(""), _) if self.required && self.default.is_none() => {
                Err(format!("Required input '{name}' not provided"))
            }
            (Some(value), Some(options)) if !options.iter().any(|option| option == value) => {
                Err(format!("Provided value '{value}' for input '{name}' not in the list of allowed values"))
            }
            (_, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{files::SHIPPED, *};

    fn check(file: &WorkflowFile, sent: Value) -> Result<(), String> {
        file.check(sent.as_object().unwrap())
    }

    #[test]
    fn shipped_files_declare_every_sent_input() {
        for (name, text) in SHIPPED {
            let file = WorkflowFile::parse(text).unwrap();
            let mut sent =
                json!({ "console_deploy_id": "x", "environment": "production", "git_ref": "main" });
            check(&file, sent.clone()).unwrap_or_else(|why| panic!("{name}: {why}"));
            sent["phase_callbacks"] = "true".into();
            check(&file, sent).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
    }

    #[test]
    fn inputs_are_refused_in_githubs_words() {
        let file = WorkflowFiles::default().read("any/repo", "unknown.yml");
        let refused = |sent: Value| check(&file, sent).unwrap_err();
        assert_eq!(
            refused(json!({ "environment": "production", "git_ref": "main", "b": "", "a": "" })),
            r#"Unexpected inputs provided: ["a", "b"]"#
        );
        assert_eq!(refused(json!({ "environment": "staging" })), "Required input 'git_ref' not provided");
        assert_eq!(
            refused(json!({ "environment": "moon", "git_ref": "main" })),
            "Provided value 'moon' for input 'environment' not in the list of allowed values"
        );
        assert_eq!(
            refused(json!({ "environment": true })),
            "Invalid request.\n\nFor 'properties/environment', true is not a string."
        );
        let many: Map<_, _> = (0..26).map(|number| (format!("i{number}"), json!(""))).collect();
        assert!(file.check(&many).unwrap_err().contains("No more than 25 properties"));
        let pushed = WorkflowFile::parse("on:\n  push:\njobs: {}\n").unwrap();
        assert_eq!(
            check(&pushed, json!({})).unwrap_err(),
            "Workflow does not have 'workflow_dispatch' trigger"
        );
    }
}
