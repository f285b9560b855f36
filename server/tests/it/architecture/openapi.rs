//! The OpenAPI document: it is whole, it is valid, and it says of each route what the route answers.

use std::collections::{BTreeMap, BTreeSet};

use app::api::ErrorCode::{self, *};
use serde_json::{Value, json};

use crate::support::{TestConsole, nobody, request};

async fn document() -> Value {
    let answer = TestConsole::new().await.get("/api/internal/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    answer.json
}

/// Each operation by its method and path.
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.insert(format!("{} {path}", method.to_uppercase()), operation);
        }
    }
    operations
}

const REVIEW_OF_A_RUN: &[ErrorCode] = &[
    NotAllowed,
    UnknownDeploy,
    BodyTooLarge,
    BodyTooSlow,
    UnsupportedMediaType,
    MalformedBody,
    InvalidField,
    NotAwaitingApproval,
    OwnRequest,
    Internal,
    DatabaseUnavailable,
];

/// Written by hand: the routes of the contract that exist so far, what they answer when all is well, and
/// every code of a problem that they answer with.
fn routes() -> BTreeMap<&'static str, (&'static [u16], &'static [ErrorCode])> {
    BTreeMap::from([
        (
            "POST /api/internal/deploys",
            (
                &[200, 201, 202][..],
                &[
                    InvalidIdempotencyKey,
                    MalformedBody,
                    UnknownEnvironment,
                    BodyTooSlow,
                    IdempotencyKeyInFlight,
                    DeployUnderWay,
                    RunUnderWay,
                    BodyTooLarge,
                    UnsupportedMediaType,
                    IdempotencyKeyReused,
                    InvalidField,
                    InvalidInput,
                    Internal,
                    DatabaseUnavailable,
                ][..],
            ),
        ),
        ("GET /api/internal/deploys", (&[200], &[InvalidQuery, Internal, DatabaseUnavailable])),
        ("GET /api/internal/deploys.csv", (&[200], &[InvalidQuery, Internal, DatabaseUnavailable])),
        ("GET /api/internal/deploys/{id}", (&[200, 304], &[UnknownDeploy, Internal, DatabaseUnavailable])),
        (
            "POST /api/internal/deploys/{id}/callback",
            (
                &[200],
                &[
                    UnknownDeploy,
                    BodyTooLarge,
                    BodyTooSlow,
                    InvalidSignature,
                    InvalidIdentity,
                    UnsupportedMediaType,
                    MalformedBody,
                    NotACallbackStatus,
                    TransitionRefused,
                    DeliveryIdReused,
                    IdentityUnavailable,
                    Internal,
                    DatabaseUnavailable,
                ],
            ),
        ),
        (
            "POST /api/internal/deploys/{id}/cancel",
            (
                &[202],
                &[
                    UnknownDeploy,
                    UnknownEnvironment,
                    DeployEnded,
                    RunUnknown,
                    CancelTooLate,
                    Internal,
                    DatabaseUnavailable,
                    GitHubUnavailable,
                ],
            ),
        ),
        (
            "POST /api/internal/deploys/{id}/abandon",
            (
                &[200],
                &[
                    UnknownDeploy,
                    BodyTooLarge,
                    BodyTooSlow,
                    UnsupportedMediaType,
                    MalformedBody,
                    InvalidField,
                    AlreadyEnded,
                    TransitionRefused,
                    Internal,
                    DatabaseUnavailable,
                ],
            ),
        ),
        ("GET /api/internal/protection-requests", (&[200], &[Internal, DatabaseUnavailable])),
        ("POST /api/internal/protection-requests/{id}/approve", (&[200], REVIEW_OF_A_RUN)),
        ("POST /api/internal/protection-requests/{id}/reject", (&[200], REVIEW_OF_A_RUN)),
        (
            "POST /api/internal/deploys/{id}/approve",
            (
                &[200],
                &[
                    NotAllowed,
                    UnknownDeploy,
                    UnknownEnvironment,
                    BodyTooLarge,
                    BodyTooSlow,
                    UnsupportedMediaType,
                    MalformedBody,
                    InvalidField,
                    NotAwaitingApproval,
                    OwnRequest,
                    Internal,
                    DatabaseUnavailable,
                ],
            ),
        ),
        (
            "POST /api/internal/deploys/{id}/reject",
            (
                &[200],
                &[
                    NotAllowed,
                    UnknownDeploy,
                    UnknownEnvironment,
                    BodyTooLarge,
                    BodyTooSlow,
                    UnsupportedMediaType,
                    MalformedBody,
                    InvalidField,
                    NotAwaitingApproval,
                    OwnRequest,
                    Internal,
                    DatabaseUnavailable,
                ],
            ),
        ),
        (
            "POST /api/github/webhooks",
            (
                &[200, 202],
                &[
                    NotFound,
                    BodyTooLarge,
                    BodyTooSlow,
                    InvalidSignature,
                    MalformedBody,
                    Internal,
                    DatabaseUnavailable,
                ],
            ),
        ),
        ("GET /api/internal/events", (&[200], &[TooManyStreams])),
        ("GET /api/internal/insight", (&[200], &[InvalidQuery, Internal, DatabaseUnavailable])),
        ("GET /api/internal/audit", (&[200], &[InvalidQuery, Internal, DatabaseUnavailable])),
        ("GET /api/internal/audit/export", (&[200], &[InvalidQuery, Internal, DatabaseUnavailable])),
        ("GET /api/internal/me", (&[200], &[])),
        ("GET /api/internal/doctor", (&[200], &[InvalidQuery, UnknownEnvironment])),
        ("GET /healthz", (&[200], &[])),
        ("GET /metrics", (&[200], &[Internal])),
        ("GET /readyz", (&[200], &[Internal, DatabaseUnavailable, JournalBroken, Stopping])),
    ])
}

/// What is answered before a handler is asked, by hand likewise.
fn refusals(name: &str) -> &'static [ErrorCode] {
    match name {
        "GET /healthz" | "GET /readyz" => &[],
        "POST /api/internal/deploys/{id}/callback" | "POST /api/github/webhooks" => &[CrossSite],
        "GET /api/internal/me" => &[NotSignedIn, WrongHost, TooManyAttempts],
        _ => &[NotSignedIn, NotAllowed, WrongHost, TooManyAttempts],
    }
}

#[tokio::test]
async fn document_names_every_route_and_no_other() {
    let document = document().await;
    let named: Vec<_> = operations(&document).into_keys().collect();
    assert_eq!(named, routes().into_keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn every_named_route_exists() {
    let (document, console) = (document().await, TestConsole::new().await);
    // A stream ends with the server.
    console.console.feed().close();
    for name in operations(&document).into_keys() {
        let (method, path) = name.split_once(' ').unwrap();
        let path = path.replace("{id}", &nobody().to_string());
        let answer = console.send(request(method, &path).body(axum::body::Body::empty()).unwrap()).await;
        assert!(
            !["not_found", "method_not_allowed"].contains(&answer.json["code"].as_str().unwrap_or_default())
        );
        assert_ne!(answer.status, 405, "{name}");
    }
}

#[tokio::test]
async fn each_operation_lists_its_answers() {
    let document = document().await;
    let routes = routes();
    for (name, operation) in operations(&document) {
        let responses =
            operation["responses"].as_object().unwrap_or_else(|| panic!("{name} has no responses"));
        let listed: BTreeSet<u16> = responses.keys().map(|status| status.parse().unwrap()).collect();
        let (good, bad) = routes[name.as_str()];
        let bad = [bad, refusals(&name)].concat();
        let mut expected: BTreeSet<u16> = good.iter().copied().collect();
        expected.extend(bad.iter().map(|code| code.http_status()));
        assert_eq!(listed, expected, "{name}");
        let is_open = !bad.contains(&NotSignedIn);
        assert_eq!(operation["security"].is_null(), is_open, "{name} says how one is known");
        for (status, response) in responses {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{name} {status}");
            if bad.iter().any(|code| code.http_status().to_string() == *status) {
                let schema = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{name} {status}");
            }
        }
    }
}

#[tokio::test]
async fn document_is_valid_openapi_3_1() {
    let document = document().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    for key in ["title", "version"] {
        assert!(document["info"][key].as_str().is_some_and(|text| !text.is_empty()), "info.{key}");
    }
    let license = &document["info"]["license"];
    assert!(license["name"].is_string() && license["url"].is_null() != license["identifier"].is_null());
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
            "{name}: id is there twice"
        );
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no summary");
        for tag in operation["tags"].as_array().unwrap() {
            assert!(tags.contains(&tag), "{name}: {tag} is not declared");
        }
        check_parameters(&name, operation);
        if name.starts_with("GET") {
            assert!(operation["requestBody"].is_null(), "{name}");
        }
    }
    check_references(&document, &document);
}

/// Every part of a path in braces is a required path parameter, and there is no other.
fn check_parameters(name: &str, operation: &Value) {
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    let mut seen = BTreeSet::new();
    for parameter in parameters {
        let place = parameter["in"].as_str().unwrap();
        assert!(["path", "query", "header"].contains(&place), "{name}: {parameter}");
        assert!(parameter["schema"].is_object(), "{name}: {parameter}");
        assert!(seen.insert((place, parameter["name"].as_str().unwrap())), "{name}: {parameter} twice");
        if place == "path" {
            assert_eq!(parameter["required"], true, "{name}: {parameter}");
        }
    }
    let in_path: BTreeSet<_> = name.split('{').skip(1).map(|part| part.split_once('}').unwrap().0).collect();
    let declared: BTreeSet<_> =
        seen.iter().filter(|(place, _)| *place == "path").map(|(_, name)| *name).collect();
    assert_eq!(declared, in_path, "{name}");
}

/// Every `$ref` leads to something, and every `required` names a property.
fn check_references(document: &Value, part: &Value) {
    match part {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').expect("within the document");
                assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            if let (Some(required), Some(properties)) = (object.get("required"), object.get("properties")) {
                for name in required.as_array().into_iter().flatten() {
                    assert!(
                        properties.get(name.as_str().unwrap()).is_some(),
                        "{name} is required, not there"
                    );
                }
            }
            object.values().for_each(|part| check_references(document, part));
        }
        Value::Array(array) => array.iter().for_each(|part| check_references(document, part)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn schemas_have_the_fields_of_the_contract() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    let properties = |schema: &str| -> BTreeSet<String> {
        let properties = schemas[schema]["properties"].as_object();
        properties.unwrap_or_else(|| panic!("{schema}")).keys().cloned().collect()
    };
    let set = |names: &str| -> BTreeSet<String> { names.split(' ').map(str::to_owned).collect() };
    assert_eq!(
        properties("Deploy"),
        set(
            "id app environment git_ref commit commit_details origin status version github_run_id github_run_url requested_by reason requested_at updated_at finished_at failure_stage history steps run_state run_attempt attempt legs run_read_at superseded_by cancellation abandoned approval freeze freeze_override inputs"
        )
    );
    assert_eq!(properties("CommitDetails"), set("subject author committed_at"));
    assert_eq!(properties("AbandonRequest"), set("reason"));
    assert_eq!(properties("ApprovalRequest"), set("comment"));
    assert_eq!(properties("Approval"), set("needed given expires_at"));
    assert_eq!(properties("GivenApproval"), set("by at comment"));
    assert_eq!(properties("Abandonment"), set("by at reason"));
    assert_eq!(properties("RunProof"), set("run_id run_attempt sha"));
    assert_eq!(properties("HistoryEntry"), set("status at source log_line evidence proved_by"));
    assert_eq!(properties("Step"), set("key state began_at ended_at source evidence proved_by"));
    assert_eq!(
        properties("DispatchRequest"),
        set("app environment git_ref reason override_freeze pinned_to inputs")
    );
    assert_eq!(
        properties("CallbackBody"),
        set("console_deploy_id status log_line run_id run_attempt failure_stage commit committed_at leg")
    );
    assert_eq!(properties("CallbackAnswer"), set("deploy_id status outcome freeze"));
    assert_eq!(
        properties("Problem"),
        set("status code title detail active_deploy_id run frozen current allowed retry_after")
    );
    assert_eq!(schemas["DispatchRequest"]["required"], json!(["app", "environment", "git_ref"]));
    assert_eq!(schemas["CallbackBody"]["required"], json!(["console_deploy_id", "status"]));
    for (_, codes) in routes().into_values() {
        for code in codes {
            assert!(schemas["ErrorCode"]["enum"].as_array().unwrap().contains(&json!(code)), "{code:?}");
        }
    }
}
