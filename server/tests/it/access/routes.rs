//! Every route has a line that says what it asks for.

use std::collections::BTreeSet;

use app::domain::Role;
use axum::body::Body;
use regex::Regex;
use serde_json::json;
use server::access::routes::{Asks, ROUTES};

use super::people::{console, nobody, person};
use crate::support::TestConsole;

/// The paths of the router itself: it prints them.
fn paths(console: &TestConsole) -> BTreeSet<String> {
    let printed = format!("{:?}", console.router);
    let path = Regex::new(r#"RouteId\(\d+\): "(/[^"]*)""#).unwrap();
    let paths = path.captures_iter(&printed).map(|found| found[1].to_owned());
    // What no route answers; nobody gets there without being known, as the test below shows.
    paths.filter(|path| !path.contains("__private__axum_fallback")).collect()
}

#[tokio::test]
async fn f91_every_route_has_a_line() {
    let console = TestConsole::new().await;
    let (there, listed) = (paths(&console), ROUTES.iter().map(|(_, path, _)| (*path).to_owned()).collect());
    assert!(there.len() > 40, "{there:?}");
    let unlisted: Vec<_> = there.difference(&listed).collect();
    assert!(unlisted.is_empty(), "say in access/routes.rs what these ask for: {unlisted:?}");
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(gone.is_empty(), "no route has these paths: {gone:?}");
}

/// Each line holds: for nobody, and for the role below the one that it asks for.
#[tokio::test]
async fn f57_f91_each_route_refuses_who_does_not_meet_its_line() {
    let grants: String = Role::ALL
        .iter()
        .map(|role| format!("[[grant]]\nrole = \"{role}\"\nto = [\"group:{role}\"]\n"))
        .collect();
    let console = console(&grants).await;
    for (method, path, asks) in ROUTES {
        let method = if *method == "ANY" { "GET" } else { method };
        let path = path.replace("{*path}", "none").replace("{*rest}", "none");
        let path = path.replace("{id}", "01a22914-b786-737d-8b94-3f07d291fa32").replace("{app}", "shop");
        let path = path.replace("{environment}", "staging");
        let is_page = !path.starts_with("/api/") && path != "/metrics";
        let send = async |who: super::people::Person<'_>| {
            let request = who.request(method, &path).header("sec-fetch-site", "same-origin");
            console.send(request.body(Body::empty()).unwrap()).await
        };
        let answer = send(nobody(&console)).await;
        match asks {
            Asks::Nothing => assert!(answer.json["code"] != "not_signed_in", "{method} {path}"),
            Asks::Known | Asks::Role(_) | Asks::Metrics if is_page => {
                let location = answer.header("location").unwrap_or_default();
                assert_eq!((answer.status, location.starts_with("/sign-in")), (303, true), "{method} {path}");
            }
            Asks::Known | Asks::Role(_) | Asks::Metrics => {
                assert_eq!(
                    (answer.status, &answer.json["code"]),
                    (401, &json!("not_signed_in")),
                    "{method} {path}"
                );
            }
        }
        let Asks::Role(role) = asks else { continue };
        let below = Role::ALL.iter().rev().find(|below| *below < role).map(|role| role.as_str());
        let answer = send(person(&console, "eve", below.unwrap_or_default())).await;
        let location = answer.header("location").unwrap_or_default();
        if !is_page {
            assert_eq!(
                (answer.status, &answer.json["code"]),
                (403, &json!("not_allowed")),
                "{method} {path}"
            );
        } else if *role == Role::Viewer {
            assert_eq!((answer.status, location), (303, "/me"), "{method} {path}");
        } else if method == "GET" {
            assert_eq!(answer.status, 403, "{method} {path}");
            assert!(answer.text.contains("You may not do that."), "{method} {path}: {}", answer.text);
        } else {
            // Its form was empty: whatever is found first, it goes back with a problem.
            assert!(answer.status == 303 && location.contains("problem="), "{method} {path}: {answer:?}");
        }
        // It is answered, and goes on.
        if path.ends_with("/events") {
            continue;
        }
        let allowed = send(person(&console, "ada", role.as_str())).await;
        assert!(![401, 403].contains(&allowed.status), "{method} {path}: {allowed:?}");
    }
}
