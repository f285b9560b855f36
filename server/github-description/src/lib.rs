//! GitHub's own description of its API and its example payloads, for tests: whether a request and the answer to it are as
//! GitHub documents them.
//!
//! The data are npm packages of GitHub's, installed in `end2end`. Nothing of them is copied.

#![allow(clippy::panic, reason = "it is of tests alone, and that is how they fail")]

mod dialect;
mod operation;
mod schemas;

use std::{collections::HashMap, fs, path::Path, sync::LazyLock};

use serde_json::Value;

use self::{operation::Operation, schemas::Schemas};

const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../end2end/node_modules/@octokit");

/// Where GitHub redirects to, which it does not describe.
const UNDESCRIBED: &str = "/repositories/";

/// A request, and the answer to it.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    /// What was sent; empty: nothing.
    pub sent: &'a [u8],
    pub status: u16,
    pub body: &'a [u8],
    /// Whether the answer is one that GitHub never means to give: only the request is checked.
    pub is_fault: bool,
}

/// What GitHub says of its API.
pub struct Description {
    operations: Vec<Operation>,
    schemas: Schemas,
}

/// Read once.
static DESCRIPTION: LazyLock<Description> = LazyLock::new(Description::read);

fn data(package: &str) -> Value {
    let path = Path::new(PACKAGES).join(package);
    let text = fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}. Run `npm ci` in end2end, as `make test-sqlite` does.", path.display())
    });
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Description {
    /// # Panics
    /// If the packages are not installed.
    #[must_use]
    pub fn get() -> &'static Self {
        &DESCRIPTION
    }

    fn read() -> Self {
        let mut document = data("openapi/generated/api.github.com.json");
        let paths = document["paths"].take();
        let schemas = Schemas::of(document["components"].take());
        let mut operations = Vec::new();
        for (path, item) in paths.as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                operations.push(Operation::of(method, path, operation.clone()));
            }
        }
        Self { operations, schemas }
    }

    /// What is not as GitHub documents it: one line each, with the place in the description and the value.
    #[must_use]
    pub fn violations(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let Exchange { method, path, .. } = exchange;
        match self.operation(method, path) {
            Some((operation, parameters)) => operation.violations(&self.schemas, exchange, &parameters),
            None if path.starts_with(UNDESCRIBED) => Vec::new(),
            None => vec![format!("{method} {path}: GitHub describes no such operation")],
        }
    }

    /// The operation of a request, and the values in its path.
    fn operation(&self, method: &str, path: &str) -> Option<(&Operation, HashMap<String, String>)> {
        let matching = self.operations.iter().filter(|operation| operation.has_method(method));
        let matching = matching.filter_map(|operation| Some((operation, operation.matching(path)?)));
        matching.min_by_key(|(_, parameters)| parameters.len())
    }

    /// The example answers of an operation with this status, by its path in the description.
    #[must_use]
    pub fn examples(&self, method: &str, path: &str, status: u16) -> Vec<Value> {
        let mut operations = self.operations.iter().filter(|known| known.has_method(method));
        let operation = operations.find(|known| known.path == path);
        operation.map(|operation| operation.examples(&self.schemas, status)).unwrap_or_default()
    }
}

/// GitHub's example payloads of webhooks, each with the name of its event.
///
/// # Panics
/// If the packages are not installed.
#[must_use]
pub fn example_events() -> Vec<(String, Value)> {
    let events = data("webhooks-examples/api.github.com/index.json");
    let mut examples = Vec::new();
    for event in events.as_array().into_iter().flatten() {
        let name = event["name"].as_str().unwrap_or_default();
        examples.extend(
            event["examples"].as_array().into_iter().flatten().map(|it| (name.to_owned(), it.clone())),
        );
    }
    examples
}

/// The objects of this member in GitHub's example events: `workflow_run`, `workflow_job`.
///
/// # Panics
/// If the packages are not installed.
#[must_use]
pub fn objects_of_events(member: &str) -> Vec<Value> {
    let examples = example_events().into_iter().map(|(_, mut example)| example[member].take());
    examples.filter(Value::is_object).collect()
}

/// What GitHub says of its webhooks, and the schemas that this names.
static WEBHOOKS: LazyLock<(Value, Schemas)> = LazyLock::new(|| {
    let mut document = data("openapi-webhooks/generated/api.github.com.json");
    (document["webhooks"].take(), Schemas::of(document["components"].take()))
});

/// What is not as GitHub documents it in the payload of a webhook: one line each.
///
/// # Panics
/// If the packages are not installed.
#[must_use]
pub fn webhook_violations(event: &str, payload: &Value) -> Vec<String> {
    let (webhooks, schemas) = &*WEBHOOKS;
    let action = payload["action"].as_str().unwrap_or_default();
    let name = format!("{event}-{action}").replace('_', "-");
    match webhooks[&name].pointer("/post/requestBody/content/application~1json/schema") {
        Some(schema) => schemas.errors(&name, schema, payload),
        None => vec![format!("{name}: GitHub describes no such webhook")],
    }
}
