//! The shape of a deploy on the wire, written down by hand from the contract a second time.

use serde_json::Value;

const TEXT: fn(&Value) -> bool = Value::is_string;
const NUMBER: fn(&Value) -> bool = Value::is_i64;

fn text_or_null(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

fn number_or_null(value: &Value) -> bool {
    value.is_i64() || value.is_null()
}

/// RFC 3339, in UTC.
fn time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        text.ends_with('Z') && text.len() >= 20 && text.parse::<app::domain::Timestamp>().is_ok()
    })
}

fn time_or_null(value: &Value) -> bool {
    value.is_null() || time(value)
}

type Field = (&'static str, fn(&Value) -> bool);

const DEPLOY: &[Field] = &[
    ("id", TEXT),
    ("app", TEXT),
    ("environment", TEXT),
    ("git_ref", TEXT),
    ("status", TEXT),
    ("version", NUMBER),
    ("github_run_id", number_or_null),
    ("github_run_url", text_or_null),
    ("requested_by", TEXT),
    ("legs", Value::is_array),
    ("attempt", NUMBER),
    ("reason", text_or_null),
    ("approval", |value| value.is_object() || value.is_null()),
    ("requested_at", time),
    ("updated_at", time),
    ("finished_at", time_or_null),
    ("failure_stage", text_or_null),
    ("history", Value::is_array),
    ("steps", Value::is_array),
];
const ENTRY: &[Field] = &[("status", TEXT), ("at", time), ("source", TEXT), ("log_line", text_or_null)];
const APPROVAL: &[Field] = &[("needed", NUMBER), ("given", Value::is_array), ("expires_at", time)];
const GIVEN: &[Field] = &[("by", TEXT), ("at", time), ("comment", text_or_null)];
const STEP: &[Field] =
    &[("key", TEXT), ("state", TEXT), ("began_at", time_or_null), ("ended_at", time_or_null)];

#[track_caller]
fn assert_fields(value: &Value, fields: &[Field], extra: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for (name, is_of_its_type) in fields {
        let field = object.get(*name).unwrap_or_else(|| panic!("no `{name}` in {value}"));
        assert!(is_of_its_type(field), "`{name}` is {field}");
    }
    for name in object.keys() {
        let known = fields.iter().any(|(field, _)| field == name) || extra.contains(&name.as_str());
        assert!(known, "`{name}` is not in the contract: {value}");
    }
}

/// Asserts that every key of the contract is there, has its type, and that nothing else is there but the
/// provenance and what GitHub says beside the status.
#[track_caller]
pub fn assert_deploy(deploy: &Value) {
    assert_fields(
        deploy,
        DEPLOY,
        &["run_state", "run_attempt", "run_read_at", "superseded_by", "cancellation", "abandoned", "freeze"],
    );
    for entry in deploy["history"].as_array().unwrap() {
        assert_fields(entry, ENTRY, &["evidence"]);
    }
    if let Some(approval) = deploy["approval"].is_object().then(|| &deploy["approval"]) {
        assert_fields(approval, APPROVAL, &[]);
        for given in approval["given"].as_array().unwrap() {
            assert_fields(given, GIVEN, &[]);
        }
    }
    let steps = deploy["steps"].as_array().unwrap();
    let keys: Vec<_> = steps.iter().map(|step| step["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["smoke_gate", "freeze_check", "deploy", "health_check"]);
    for step in steps {
        assert_fields(step, STEP, &["source", "evidence"]);
    }
}

/// The states of the steps, in their order.
#[track_caller]
pub fn states(deploy: &Value) -> Vec<&str> {
    deploy["steps"].as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap()).collect()
}

/// The statuses of the history, in their order.
#[track_caller]
pub fn path(deploy: &Value) -> Vec<&str> {
    deploy["history"].as_array().unwrap().iter().map(|entry| entry["status"].as_str().unwrap()).collect()
}
