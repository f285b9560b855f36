//! What GitHub reads in a workflow file before it starts a run: which inputs it declares.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};

/// The files that the project ships, as they were when this was built.
pub(super) const SHIPPED: [(&str, &str); 4] = [
    ("deploy-console.yml", include_str!("../../../.github/workflows/deploy-console.yml")),
    ("deploy-heroku.yml", include_str!("../../../.github/workflows/deploy-heroku.yml")),
    ("deploy-customer-docs.yml", include_str!("../../../.github/workflows/deploy-customer-docs.yml")),
    ("deploy-push-to-staging.yml", include_str!("../../../.github/workflows/deploy-push-to-staging.yml")),
];

/// A file of a rehearsal alone: it does not fit the console.
const LEGACY: (&str, &str) = ("deploy-legacy.yml", include_str!("workflow_file/deploy-legacy.yml"));

/// A workflow.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkflowFile {
    /// The declared inputs, by name.
    inputs: BTreeMap<String, Option<Input>>,
    pub(super) text: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Input {
    required: bool,
    /// With `type: choice`: what may be given.
    options: Option<Vec<String>>,
}

impl WorkflowFile {
    /// Reads a workflow file that can be dispatched.
    pub(super) fn parse(text: &str) -> Result<Self, serde_saphyr::Error> {
        #[derive(Deserialize)]
        struct WorkflowYaml {
            on: On,
        }
        #[derive(Deserialize)]
        struct On {
            workflow_dispatch: DispatchTrigger,
        }
        #[derive(Deserialize)]
        struct DispatchTrigger {
            inputs: BTreeMap<String, Option<Input>>,
        }
        let file: WorkflowYaml = serde_saphyr::from_str(text)?;
        Ok(Self { inputs: file.on.workflow_dispatch.inputs, text: text.to_owned() })
    }

    /// Refuses inputs as GitHub does, with its words and a 422.
    pub(super) fn check(&self, sent: &Map<String, Value>) -> Result<(), String> {
        let unexpected: Vec<_> = sent.keys().filter(|name| !self.inputs.contains_key(*name)).collect();
        if !unexpected.is_empty() {
            let names: Vec<_> = unexpected.into_iter().map(|name| format!("{name:?}")).collect();
            return Err(format!("Unexpected inputs provided: [{}]", names.join(", ")));
        }
        for (name, declared) in &self.inputs {
            let Input { required, options } = declared.clone().unwrap_or_default();
            match (sent.get(name).and_then(Value::as_str), options) {
                (None | Some(""), _) if required => {
                    return Err(format!("Required input '{name}' not provided"));
                }
                (Some(value), Some(options)) if !options.iter().any(|option| option == value) => {
                    return Err(format!(
                        "Provided value '{value}' for input '{name}' not in the list of allowed values"
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The workflow files of every repository: those that were written there, else the shipped one of this name, else
/// the first of them.
#[derive(Debug, Default)]
pub(super) struct WorkflowFiles(HashMap<(String, String), WorkflowFile>);

impl WorkflowFiles {
    pub(super) fn write(&mut self, repo: &str, name: &str, file: WorkflowFile) {
        self.0.insert((repo.to_owned(), name.to_owned()), file);
    }

    pub(super) fn read(&self, repo: &str, name: &str) -> WorkflowFile {
        let written = self.0.get(&(repo.to_owned(), name.to_owned())).cloned();
        written.unwrap_or_else(|| {
            let known = SHIPPED.iter().chain([&LEGACY]);
            let shipped = known.into_iter().find(|(shipped, _)| *shipped == name).unwrap_or(&SHIPPED[0]);
            WorkflowFile::parse(shipped.1).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
    }

    #[test]
    fn written_file_replaces_the_shipped_one() {
        let mut files = WorkflowFiles::default();
        let file = WorkflowFile::parse("on:\n  workflow_dispatch:\n    inputs:\n      only:\n").unwrap();
        files.write("acme/shop", "deploy.yml", file);
        assert_eq!(check(&files.read("acme/shop", "deploy.yml"), json!({ "only": "this" })), Ok(()));
        assert!(check(&files.read("acme/docs", "deploy.yml"), json!({ "only": "this" })).is_err());
    }
}
