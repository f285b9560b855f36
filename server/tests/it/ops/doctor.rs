//! `deploy-console doctor` as a process: its lines, its ends, and what it says of a rehearsal.

use std::time::Duration;

use github_fake::{Settings, SimulatedGitHub};
use serde_json::Value;

use crate::support::{
    CONSOLE_TOML, SECRET, TOKEN,
    process::{Ended, Workplace},
    raw::exchange,
};

/// A GitHub that runs nothing.
async fn github() -> SimulatedGitHub {
    let settings = Settings {
        console_url: "http://127.0.0.1:9".to_owned(),
        secrets: SECRET.parse().unwrap(),
        pace: Duration::ZERO,
        jobs: false,
    };
    SimulatedGitHub::start(settings).await.unwrap()
}

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("console.toml", CONSOLE_TOML);
    workplace
}

fn variables(github: &SimulatedGitHub, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let url = github.url();
    let all = [("GITHUB_API_URL", &*url), ("GITHUB_TOKEN", TOKEN), ("DEPLOY_CALLBACK_HMAC_SECRET", SECRET)];
    let kept = all.into_iter().filter(|(key, _)| more.iter().all(|(changed, _)| changed != key));
    kept.chain(more.iter().copied()).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

async fn doctor(workplace: &Workplace, arguments: &[&str], variables: &[(String, String)]) -> Ended {
    let variables: Vec<_> = variables.iter().map(|(key, value)| (&**key, &**value)).collect();
    let ended = workplace.run(&[&["doctor"], arguments].concat(), &variables).await;
    assert!(!ended.stdout.contains(TOKEN) && !ended.stdout.contains(SECRET), "{}", ended.stdout);
    ended
}

#[tokio::test]
async fn doctor_says_whether_the_server_runs() {
    let (workplace, github) = (workplace(), github().await);
    let stopped = variables(&github, &[("CONSOLE_LISTEN", "127.0.0.1:9")]);
    let ended = doctor(&workplace, &[], &stopped).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stdout.contains("problem  Callback        Nothing listens at http://127.0.0.1:9."),
        "{ended:?}"
    );
    assert!(ended.stdout.contains("to do: Start the console: deploy-console serve."), "{ended:?}");
    assert!(ended.stdout.contains("ok       Repository"), "{ended:?}");
    assert_eq!(ended.stderr, "deploy-console: 1 problem is in the way of deploys.\n");

    let serving = variables(&github, &[("DATABASE_URL", "sqlite://test.db")]);
    let serving: Vec<_> = serving.iter().map(|(key, value)| (&**key, &**value)).collect();
    let serving = workplace.serve(&["serve"], &serving).await;
    let url = format!("http://{}", serving.address);
    let there = [("CONSOLE_PUBLIC_URL", &*url)];
    let ended = doctor(&workplace, &[], &variables(&github, &there)).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{ended:?}");
    assert!(ended.stdout.contains("warning  Callback        Signed callbacks arrive, but"), "{ended:?}");
    assert!(ended.stdout.ends_with("1 of 1 apps ready, 1 warning\n"), "{ended:?}");

    let other = [there[0], ("DEPLOY_CALLBACK_HMAC_SECRET", "another secret")];
    let ended = doctor(&workplace, &[], &variables(&github, &other)).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("does not accept this console's signature (401)"), "{ended:?}");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

#[tokio::test]
async fn doctor_answers_about_one_app_and_as_json() {
    let (workplace, github) = (workplace(), github().await);
    let stopped = variables(&github, &[("CONSOLE_LISTEN", "127.0.0.1:9")]);
    let ended = doctor(&workplace, &["shop", "--json"], &stopped).await;
    let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 12, "{ended:?}");
    assert_eq!((&lines[0]["app"], &lines[0]["subject"]), (&Value::Null, &"callback".into()));
    assert!(lines[2..].iter().all(|line| line["app"] == "shop" && line["result"] == "ok"), "{ended:?}");

    let ended = doctor(&workplace, &["nowhere"], &stopped).await;
    assert_eq!((ended.code, &*ended.stdout), (Some(1), ""));
    assert!(ended.stderr.contains("`nowhere` is no app of console.toml"), "{ended:?}");
    let help = workplace.run(&["doctor", "--help"], &[]).await;
    assert!(help.code == Some(0) && help.stdout.contains("--json"), "{help:?}");
}

/// In a rehearsal, one app is misconfigured so that it can be seen.
#[tokio::test]
async fn rehearsal_shows_one_misconfigured_app() {
    let workplace = Workplace::new();
    let serving = workplace.serve(&["rehearse"], &[]).await;
    let report = exchange(serving.address, "GET", "/api/internal/doctor", &[], "").await.json();
    assert!(report["console"].as_array().unwrap().iter().all(|check| check["result"] == "ok"), "{report}");
    let with = |app: &Value, result: &str| {
        let checks = app["checks"].as_array().unwrap().iter().filter(|check| check["result"] == result);
        checks.map(|check| check["subject"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let apps = report["apps"].as_array().unwrap();
    let (legacy, others) = apps.split_last().unwrap();
    assert_eq!((&legacy["app"], others.len()), (&"legacy-billing".into(), 4));
    assert_eq!(with(legacy, "problem"), ["environments", "jobs"], "{legacy}");
    assert_eq!(with(legacy, "warning"), ["inputs", "run_name"], "{legacy}");
    for app in others {
        let all = app["checks"].as_array().unwrap();
        assert_eq!(with(app, "ok").len(), all.len(), "{app}");
    }
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

/// Where no app takes signatures there is nothing to post: what is known is whether the keys can be read.
#[tokio::test]
async fn f98_doctor_reads_the_keys_where_github_vouches() {
    let (workplace, github) = (Workplace::new(), github().await);
    let identity = "ref = \"main\"\n    callback_identity = \"github\"";
    workplace.write("console.toml", &CONSOLE_TOML.replace("ref = \"main\"", identity));
    let given = [
        ("GITHUB_API_URL", github.url()),
        ("GITHUB_TOKEN", TOKEN.to_owned()),
        ("GITHUB_ACTIONS_ISSUER", github.identity_issuer()),
    ];
    let given = given.map(|(key, value)| (key.to_owned(), value));
    let ended = doctor(&workplace, &[], &given).await;
    assert!(!ended.stdout.contains("Callback  ") && !ended.stdout.contains("Secret  "), "{ended:?}");
    for part in [
        "ok       GitHub identity The keys of GitHub Actions can be read (1).",
        "shown by their next callback",
        "problem  GitHub identity GitHub gives no identity token to ",
    ] {
        assert!(ended.stdout.contains(part), "no {part}: {ended:?}");
    }
    assert_eq!(ended.code, Some(1));

    github.take_identity_away(true);
    let ended = doctor(&workplace, &[], &given).await;
    assert!(
        ended.stdout.contains("unknown  GitHub identity The keys of GitHub Actions cannot be read"),
        "{ended:?}"
    );
}
