use app::domain::Origin;
use serde_json::{Value, json};

use super::*;
use crate::audit::golden;

fn parsed(payload: &str) -> Value {
    payload.parse().unwrap()
}

/// What is written is read again as what it was, and as the same bytes.
#[test]
fn every_golden_payload_round_trips() {
    for (entry, payload) in golden::entries() {
        let read = Event::read(entry.event.action(), &parsed(payload)).unwrap();
        assert_eq!(read, entry.event);
        assert_eq!(read.to_payload().to_string(), payload);
    }
}

/// Members that came later are left out, as they are where they say nothing.
#[test]
fn payloads_of_older_builds_round_trip() {
    for (action, payload) in [
        (
            Action::Requested,
            r#"{"app":"shop","environment":"production","git_ref":"main","reason":null,"source":"console","status":"requested"}"#,
        ),
        (
            Action::Requested,
            r#"{"app":"shop","environment":"production","freeze_override":{"frozen":{"holds":[],"opens_at":null},"reason":"so"},"git_ref":"main","reason":null,"source":"console","status":"requested"}"#,
        ),
        (Action::Dispatched, r#"{"source":"console","status":"dispatched"}"#),
        (
            Action::Callback,
            r#"{"evidence":"msg_1","outcome":"applied","previous":"dispatched","source":"callback","status":"building"}"#,
        ),
        (
            Action::Callback,
            r#"{"claimed":"building","evidence":"msg_1","log_line":null,"outcome":"repeated"}"#,
        ),
        (
            Action::FlagPromoted,
            r#"{"environment":"staging","flag":"OF_AN_OLDER_BUILD","is_on":false,"previous":null}"#,
        ),
    ] {
        let read = Event::read(action.as_str(), &parsed(payload)).unwrap();
        assert_eq!((read.action(), read.to_payload().to_string().as_str()), (action.as_str(), payload));
    }
}

/// A newer build may add members to every payload.
#[test]
fn added_members_are_passed_over() {
    for (entry, payload) in golden::entries() {
        let mut payload = parsed(payload);
        payload["of_a_newer_build"] = json!({ "wave": 3 });
        assert_eq!(Event::read(entry.event.action(), &payload).unwrap(), entry.event);
    }
}

/// A newer build may write any action, with a payload of any type.
#[test]
fn unknown_actions_round_trip() {
    for payload in [json!({ "status": "waiting", "wave": 3 }), json!([1, null]), json!("text"), Value::Null] {
        let read = Event::read("console.deploy.paused", &payload).unwrap();
        assert!(matches!(read, Event::Unknown(_)), "{read:?}");
        assert_eq!((read.action(), read.to_payload()), ("console.deploy.paused", payload));
    }
}

#[test]
fn wrong_shape_is_a_named_error() {
    for (action, payload, says) in [
        (Action::RunFound, json!({ "evidence": "x" }), "missing field `run_id`"),
        (Action::RunFound, json!("text"), "invalid type: string"),
        (Action::Dispatched, json!({ "status": "dispatched" }), "missing field `source`"),
        (Action::Callback, json!({ "status": "building" }), "missing field `source`"),
        (Action::Callback, json!({ "claimed": "building" }), "missing field `outcome`"),
        (Action::CancelAnswered, json!({ "cancellation": 3 }), "invalid type"),
    ] {
        let error = Event::read(action.as_str(), &payload).unwrap_err();
        assert_eq!(error.action, action);
        let said = error.to_string();
        assert!(said.contains(action.as_str()) && said.contains(says), "{said}");
        let lenient = Event::read_or_unknown(action.as_str(), &payload);
        assert!(matches!(&lenient, Event::Unknown(unknown) if unknown.payload == payload), "{lenient:?}");
    }
}

/// Each payload has its own shape: no golden payload passes for an empty one.
#[test]
fn every_shape_has_required_members() {
    for action in Action::ALL {
        let is_empty = Event::read(action.as_str(), &json!({})).is_ok();
        assert_eq!(is_empty, action == Action::CancelRequested, "{action:?}");
        assert!(Event::read(action.as_str(), &json!(7)).is_err(), "{action:?}");
    }
}

/// Where a first entry says something that this build cannot read, the deploy is shown all the same.
#[test]
fn newer_provenance_does_not_hide_a_request() {
    let payload = |origin: Value, freeze_override: Value| {
        json!({
            "status": "requested", "source": "console", "app": "shop", "environment": "production",
            "git_ref": "main", "origin": origin, "freeze_override": freeze_override,
        })
    };
    for (origin, freeze_override, read) in [
        (json!(null), json!(null), Origin::Request),
        (json!({ "kind": "schedule" }), json!({ "frozen": 3 }), Origin::Unknown),
        (json!({ "kind": "rollback" }), json!("so"), Origin::Unknown),
        (json!("schedule"), json!(3), Origin::Unknown),
    ] {
        let event = Event::read("console.deploy.requested", &payload(origin, freeze_override)).unwrap();
        let Event::Requested(requested) = event else { panic!("{event:?}") };
        assert_eq!(requested.provenance, Provenance { origin: read, freeze_override: None });
    }
    let event = Event::read(
        "console.deploy.requested",
        &payload(json!(null), json!({ "reason": "so", "frozen": 3 })),
    );
    let Event::Requested(requested) = event.unwrap() else { panic!("it is a request") };
    assert_eq!(requested.provenance.freeze_override_reason().as_deref(), Some("so"));
}

#[test]
fn newer_inputs_do_not_hide_a_request() {
    for inputs in [json!(null), json!(7), json!({ "region": 7 })] {
        let payload = json!({
            "status": "requested", "source": "console", "app": "shop", "environment": "production",
            "git_ref": "main", "inputs": inputs,
        });
        let event = Event::read("console.deploy.requested", &payload).unwrap();
        let Event::Requested(requested) = event else { panic!("{event:?}") };
        assert!(requested.inputs.is_empty(), "{requested:?}");
    }
}
