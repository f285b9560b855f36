//! Every answer that is read can be read from each of GitHub's own examples of it.

use app::domain::CommitDetails;
use github_description::{Description, objects_of_events};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    app_tokens::{AccessToken, Installation},
    commits::{CommitAnswer, DistanceAnswer},
    dispatch::RunDetails,
    refusal::{ErrorBody, Repository},
    runs::{ReviewRecord, Titled},
};
use crate::{Comparison, Job, JobRecord, ListedRun, Run};

type Parse = fn(&Value) -> Result<(), serde_json::Error>;

fn parse<T: DeserializeOwned>(value: &Value) -> Result<(), serde_json::Error> {
    T::deserialize(value).map(drop)
}

const RUN: &str = "/repos/{owner}/{repo}/actions/runs/{run_id}";
const WORKFLOW: &str = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}";
const COMMIT: &str = "/repos/{owner}/{repo}/commits/{ref}";
const ACCESS_TOKENS: &str = "/app/installations/{installation_id}/access_tokens";
const COMPARE: &str = "/repos/{owner}/{repo}/compare/{basehead}";

/// The operations, where in the answer the record is (each of a list), and what reads it.
fn answers() -> Vec<(&'static str, String, u16, &'static str, Vec<Parse>)> {
    let run = || -> Vec<Parse> { vec![parse::<Run>, parse::<ListedRun>, parse::<Titled>] };
    let job = || -> Vec<Parse> { vec![parse::<Job>, parse::<JobRecord>] };
    let attempt = format!("{RUN}/attempts/{{attempt_number}}");
    vec![
        ("GET", format!("{WORKFLOW}/runs"), 200, "/workflow_runs", run()),
        ("POST", format!("{WORKFLOW}/dispatches"), 200, "", vec![parse::<RunDetails>]),
        ("GET", RUN.to_owned(), 200, "", run()),
        ("GET", attempt.clone(), 200, "", run()),
        ("GET", format!("{RUN}/jobs"), 200, "/jobs", job()),
        ("GET", format!("{attempt}/jobs"), 200, "/jobs", job()),
        ("GET", format!("{RUN}/approvals"), 200, "", vec![parse::<ReviewRecord>]),
        ("GET", COMPARE.to_owned(), 200, "", vec![parse::<Comparison>, parse::<DistanceAnswer>]),
        ("GET", COMMIT.to_owned(), 200, "", vec![parse::<CommitAnswer>]),
        ("GET", "/repos/{owner}/{repo}".to_owned(), 200, "", vec![parse::<Repository>]),
        ("GET", "/repos/{owner}/{repo}/installation".to_owned(), 200, "", vec![parse::<Installation>]),
        ("POST", ACCESS_TOKENS.to_owned(), 201, "", vec![parse::<AccessToken>]),
    ]
}

fn assert_read(place: &str, record: &Value, parsers: &[Parse]) {
    for parse in parsers {
        parse(record).unwrap_or_else(|error| panic!("{place}: {error}: {record:#}"));
    }
}

#[test]
fn examples_of_the_description_can_be_read() {
    for (method, path, status, list, parsers) in answers() {
        let examples = Description::get().examples(method, &path, status);
        assert!(!examples.is_empty(), "{method} {path} has no example");
        for example in &examples {
            let records = example.pointer(list).unwrap_or(&Value::Null);
            let records = records.as_array().map_or_else(|| vec![records.clone()], Clone::clone);
            records.iter().for_each(|record| assert_read(&path, record, &parsers));
        }
    }
}

#[test]
fn records_of_example_events_can_be_read() {
    for (member, parsers) in [
        ("workflow_run", vec![parse::<Run> as Parse, parse::<ListedRun>, parse::<Titled>]),
        ("workflow_job", vec![parse::<Job>, parse::<JobRecord>]),
    ] {
        let records = objects_of_events(member);
        assert!(records.len() > 2, "{member}: {}", records.len());
        records.iter().for_each(|record| assert_read(member, record, &parsers));
    }
}

/// What GitHub may leave out or null spoils no more than the entry that it is of.
#[test]
fn absent_and_null_members_are_read() {
    let comparison = serde_json::json!({
        "html_url": "x", "ahead_by": 3, "behind_by": 0,
        "commits": [
            { "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e", "commit": { "message": "a", "author": {} } },
            { "sha": null },
            { "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e", "commit": { "message": "b" } },
        ],
    });
    let read: Comparison = serde_json::from_value(comparison).unwrap();
    let read: Vec<_> =
        read.commits.iter().map(|commit| (&*commit.commit.message, &commit.commit.author)).collect();
    assert_eq!(read, [("a", &None), ("b", &None)]);
    for (commit, author, time) in [
        (r#"{"commit":{"message":"a\n\nb"}}"#, None, None),
        (r#"{"author":null,"commit":{"message":"a","author":null,"committer":null}}"#, None, None),
        (
            r#"{"author":{},"commit":{"message":"a","author":{"name":"Ada"},"committer":{}}}"#,
            Some("Ada"),
            None,
        ),
        (
            r#"{"author":{"login":"ada"},"commit":{"message":"a\r\nb","author":{"name":"Ada","date":"2026-11-22T12:00:00Z"}}}"#,
            Some("ada"),
            Some("2026-11-22T12:00:00Z"),
        ),
        (
            r#"{"commit":{"message":"a","author":{"date":"2026-11-22T12:00:00Z"},"committer":{"date":"2026-11-23T12:00:00+01:00"}}}"#,
            None,
            Some("2026-11-23T11:00:00Z"),
        ),
        (r#"{"commit":{"message":"a","committer":{"date":"yesterday"}}}"#, None, None),
    ] {
        let read: CommitDetails = serde_json::from_str::<CommitAnswer>(commit).unwrap().into();
        let known = (&*read.subject, read.author.as_deref(), read.committed_at);
        assert_eq!(known, ("a", author, time.map(|time| time.parse().unwrap())), "{commit}");
    }
    for body in ["{}", r#"{"message":null,"url":null}"#, r#"{"message":"x","errors":["y"]}"#] {
        assert!(serde_json::from_str::<ErrorBody>(body).is_ok(), "{body}");
    }
}
