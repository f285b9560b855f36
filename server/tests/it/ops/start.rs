//! The binary as a process: what it says when it cannot start, how it starts, and how it ends.

use runtime::fail_point::FailPoint;
use store::{self, DatabaseSystem, DatabaseUrl};
use tokio::net::TcpListener;

use crate::support::{
    CONSOLE_TOML,
    database::{Raw, on_both},
    postgres,
    process::{Ended, Workplace},
    raw::exchange,
    sample::open_request,
};

/// Everything that `serve` needs.
const GOOD: [(&str, &str); 4] = [
    ("CONSOLE_LISTEN", "127.0.0.1:0"),
    ("DATABASE_URL", "sqlite://test.db"),
    ("GITHUB_TOKEN", "token-canary"),
    ("DEPLOY_CALLBACK_HMAC_SECRET", "secret-canary"),
];

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("console.toml", CONSOLE_TOML);
    workplace
}

/// All that `serve` needs, but with these.
fn but<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = GOOD.into_iter().filter(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
    kept.chain(changes.iter().copied()).collect()
}

fn without(key: &str) -> Vec<(&'static str, &'static str)> {
    GOOD.into_iter().filter(|(name, _)| *name != key).collect()
}

/// Asserts that it failed with one line, which holds these words and no secret.
#[track_caller]
fn assert_one_line(ended: &Ended, words: &[&str]) {
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{}", ended.stderr);
    for word in words {
        assert!(lines[0].contains(word), "{:?} lacks {word:?}", lines[0]);
    }
    assert!(!lines[0].contains("canary") && !lines[0].contains('\u{1b}'), "{}", lines[0]);
}

#[tokio::test]
async fn f03_unusable_secret_prevents_the_start() {
    const KEY: &str = "DEPLOY_CALLBACK_HMAC_SECRET";
    let workplace = workplace();
    let fix = [KEY, "workflows sign with"];
    assert_one_line(&workplace.run(&[], &without(KEY)).await, &fix);
    assert_one_line(&workplace.run(&["serve"], &without(KEY)).await, &fix);
    for value in ["", " ", "\t", "whsec_", "whsec_%%%", "secret-canary whsec_%"] {
        assert_one_line(&workplace.run(&["serve"], &but(&[(KEY, value)])).await, &[KEY, "whsec_ and base64"]);
    }
    assert_one_line(&workplace.run(&["rehearse"], &but(&[(KEY, "")])).await, &[KEY, "whsec_ and base64"]);
    assert!(!workplace.path().join("test.db").exists(), "nothing was made");
}

/// A missing or wrong variable is one line that names it and the fix.
#[tokio::test]
async fn invalid_variable_error_is_one_line() {
    let workplace = workplace();
    assert_one_line(
        &workplace.run(&[], &without("GITHUB_TOKEN")).await,
        &["GITHUB_TOKEN", "Set it to a token"],
    );
    for (key, value, fix) in [
        ("CONSOLE_LISTEN", "3000", "such as 127.0.0.1:3000"),
        ("CONSOLE_LISTEN", "localhost:3000", "such as 127.0.0.1:3000"),
        ("CONSOLE_LISTEN", "0.0.0.0:0", "or listen on 127.0.0.1"),
        ("CONSOLE_LISTEN", "[::]:0", "or listen on 127.0.0.1"),
        ("CONSOLE_LISTEN", "192.0.2.1:0", "or listen on 127.0.0.1"),
        ("CONSOLE_PUBLIC_URL", "console.example.com", "such as https://"),
        ("CONSOLE_PUBLIC_URL", "javascript:alert(1)", "such as https://"),
        ("GITHUB_API_URL", "ftp://github.example.com", "such as https://"),
        ("GITHUB_TOKEN", "", "Set it to a token"),
        ("DATABASE_URL", "mysql://u:pw-canary@localhost/x", "sqlite://"),
        ("DATABASE_URL", "postgres://u:pw-canary@localhost", "Name the database"),
        ("DATABASE_URL", "postgres://u:pw/canary@localhost/x", "%XX"),
        ("DATABASE_URL", "postgres://u:0?canary@localhost/x", "Name the database"),
        ("DATABASE_URL", "postgres://u@localhost/x?passwd=canary", "sslmode"),
        ("DATABASE_URL", "test.db", "sqlite://"),
        ("DATABASE_URL", "sqlite://", "sqlite://"),
        ("DATABASE_URL", "sqlite::memory:", "sqlite://"),
        ("SLACK_WEBHOOK_URL", "hooks-canary", "as its owner gave it"),
        ("SLACK_WEBHOOK_URL", "slack://canary", "as its owner gave it"),
        ("CONSOLE_WEBHOOK_URL", "canary", "as its owner gave it"),
        ("CONSOLE_WEBHOOK_SECRET", "canary", "unset CONSOLE_WEBHOOK_SECRET"),
        ("CONSOLE_WEBHOOK_SECRET", "", "whsec_ and base64"),
        ("FLAG_CONSOLE_DEPLOY_ASYNC", "perhaps", "true or false"),
        ("FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS", "2", "true or false"),
        ("CONSOLE_LOG_FORMAT", "xml", "text or json"),
        ("RUST_LOG", "server=loud", "info"),
    ] {
        let ended = workplace.run(&["serve"], &but(&[(key, value)])).await;
        assert_one_line(&ended, &[key, fix]);
    }
    assert!(!workplace.path().join("test.db").exists(), "nothing was made");
}

/// A wrong apps file is one line that names the place and the fix.
#[tokio::test]
async fn invalid_apps_file_error_is_one_line() {
    let workplace = Workplace::new();
    let missing = workplace.run(&[], &GOOD).await;
    assert_one_line(&missing, &["CONSOLE_CONFIG", "console.toml", "Create the file"]);
    let elsewhere = workplace.run(&[], &but(&[("CONSOLE_CONFIG", "no/such.toml")])).await;
    assert_one_line(&elsewhere, &["CONSOLE_CONFIG", "no/such.toml"]);
    std::fs::create_dir(workplace.path().join("folder.toml")).unwrap();
    let folder = workplace.run(&[], &but(&[("CONSOLE_CONFIG", "folder.toml")])).await;
    assert_one_line(&folder, &["CONSOLE_CONFIG", "folder.toml"]);

    for (text, words) in [
        (String::new(), ["has no app", "[[app]]"]),
        (CONSOLE_TOML.replace("[[app]]", "[[app]"), ["line 2", "README"]),
        (CONSOLE_TOML.replace("acme/shop", "shop"), ["repo", "owner/name"]),
        (CONSOLE_TOML.replace("workflow =", "workflw ="), ["workflw", "README"]),
        (CONSOLE_TOML.replace("\"main\"", "\"ma in\""), ["line 6", "not a Git ref"]),
        (CONSOLE_TOML.replace("\"staging\"", "\"production\""), ["`production`", "is there twice"]),
        (CONSOLE_TOML.replace("freeze_check = true", "freeze_check = \"yes\""), ["line 7", "bool"]),
        (CONSOLE_TOML.replace("true }", "true, deadline = \"soon\" }"), ["line 7", "README"]),
        ("\u{1b}[31m = 1".to_owned(), ["line 1", "README"]),
    ] {
        workplace.write("console.toml", &text);
        let ended = workplace.run(&[], &GOOD).await;
        assert_one_line(&ended, &["console.toml"]);
        assert_one_line(&ended, &words);
    }
    std::fs::write(workplace.path().join("console.toml"), [0xff, 0xfe]).unwrap();
    assert_one_line(&workplace.run(&[], &GOOD).await, &["console.toml"]);
}

/// A database that cannot be used is one line with the fix.
#[tokio::test]
async fn unusable_database_error_is_one_line() {
    let workplace = workplace();
    std::fs::create_dir(workplace.path().join("folder.db")).unwrap();
    workplace.write("text.db", &"this is no database\n".repeat(100));
    for (url, fix) in [
        ("sqlite://no/such/folder/test.db", "folder"),
        ("sqlite://folder.db", "folder"),
        ("sqlite://text.db", "text.db"),
        ("sqlite://test.db?mode=nonsense", "mode"),
    ] {
        for command in ["serve", "migrate"] {
            let ended = workplace.run(&[command], &but(&[("DATABASE_URL", url)])).await;
            assert_one_line(&ended, &["DATABASE_URL", url, fix]);
        }
    }
    let text = std::fs::read_to_string(workplace.path().join("text.db")).unwrap();
    assert!(text.starts_with("this is no database"), "the file of somebody else was changed");
}

/// A server that cannot be used is one line, without the password.
#[tokio::test]
async fn unusable_server_error_hides_the_password() {
    let workplace = workplace();
    // Bound, so that no other process gets it, and not listening.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let deaf = socket.local_addr().unwrap();
    let there = postgres::empty().await;
    let (server, _) = there.rsplit_once('/').unwrap();
    for (url, shown, why) in [
        (format!("postgres://me:pw-canary@{deaf}/x"), format!("postgres://me@{deaf}/x "), "refused"),
        (format!("{}/none", server.replace('@', ":pw-canary@")), format!("{server}/none "), "does not exist"),
        (
            there.replace("console@", "me:pw-canary@"),
            there.replace("console@", "me@"),
            "\"me\" does not exist",
        ),
        (format!("{there}?password=canary&sslmode=perhaps"), format!("{there} "), "perhaps"),
    ] {
        for command in ["serve", "migrate", "rehearse"] {
            let ended = workplace.run(&[command], &but(&[("DATABASE_URL", &url)])).await;
            assert_one_line(&ended, &["DATABASE_URL", &shown, why]);
        }
    }
}

/// A port that is taken is one line with the fix.
#[tokio::test]
async fn taken_port_error_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let workplace = workplace();
    for command in ["serve", "rehearse"] {
        let ended = workplace.run(&[command], &but(&[("CONSOLE_LISTEN", &address)])).await;
        assert_one_line(&ended, &["CONSOLE_LISTEN", &address, "set another address"]);
    }
    assert!(!workplace.path().join("test.db").exists(), "nothing was made");
}

#[tokio::test]
async fn help_names_every_variable_everywhere() {
    let workplace = Workplace::new();
    for command in
        [&["--help"][..], &["serve", "--help"], &["rehearse", "--help"], &["migrate", "--help"], &["help"]]
    {
        let ended = workplace.run(command, &[]).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{command:?}");
        assert!(ended.stdout.contains("Usage: deploy-console"), "{}", ended.stdout);
    }
    let help = workplace.run(&["--help"], &[]).await.stdout;
    for word in [
        "serve",
        "rehearse",
        "migrate",
        "CONSOLE_LISTEN",
        "CONSOLE_PUBLIC_URL",
        "CONSOLE_CONFIG",
        "DATABASE_URL",
        "GITHUB_API_URL",
        "GITHUB_TOKEN",
        "DEPLOY_CALLBACK_HMAC_SECRET",
        "FLAG_CONSOLE_DEPLOY_ASYNC",
        "FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS",
        "RUST_LOG",
        "CONSOLE_LOG_FORMAT",
    ] {
        assert!(help.contains(word), "{word}");
    }
    assert_eq!(workplace.run(&["deploy"], &[]).await.code, Some(2), "no such command");
    assert_eq!(std::fs::read_dir(workplace.path()).unwrap().count(), 0, "help makes no file");
}

/// A database of its own, for a process in this folder.
async fn database_in(workplace: &Workplace, system: DatabaseSystem) -> String {
    match system {
        DatabaseSystem::Sqlite => DatabaseUrl::sqlite(&workplace.path().join("test.db")).as_str().to_owned(),
        DatabaseSystem::Postgres => postgres::empty().await,
    }
}

async fn migrate_goes_up_down_and_up(system: DatabaseSystem) {
    let workplace = Workplace::new();
    let url = database_in(&workplace, system).await;
    let database = [("DATABASE_URL", &*url)];
    for arguments in [
        &["migrate"][..],
        &["migrate"],
        &["migrate", "--down-to", "1"],
        &["migrate", "--down-to", "0"],
        &["migrate"],
    ] {
        let ended = workplace.run(arguments, &database).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{arguments:?}: {ended:?}");
    }
    let next = (store::newest() + 1).to_string();
    for wrong in ["99", "-1", &next] {
        let ended = workplace.run(&["migrate", &format!("--down-to={wrong}")], &database).await;
        assert_one_line(&ended, &["--down-to", wrong]);
    }
    assert_eq!(workplace.run(&["migrate", "--down-to", "x"], &database).await.code, Some(2));
}

/// Going back has no use for a file that is not there.
#[tokio::test]
async fn migrate_without_variable_makes_documented_file() {
    let workplace = Workplace::new();
    assert_eq!(workplace.run(&["migrate"], &[]).await.code, Some(0));
    assert!(workplace.path().join("deploy-console.db").exists());
}

/// A schema of another build is refused in one line.
async fn f44_foreign_schema_is_refused(system: DatabaseSystem) {
    for (sql, words) in [
        (
            "INSERT INTO _sqlx_migrations SELECT 99, 'of tomorrow', installed_on, true, checksum, 0 FROM _sqlx_migrations WHERE version = 2",
            ["newer build", "start that build"],
        ),
        ("UPDATE _sqlx_migrations SET success = false WHERE version = 2", ["half done", "restore a backup"]),
    ] {
        let workplace = workplace();
        let url = database_in(&workplace, system).await;
        let variables = but(&[("DATABASE_URL", &url)]);
        assert_eq!(workplace.run(&["migrate"], &variables).await.code, Some(0));
        Raw::open(&url.parse().unwrap()).await.run(sql).await.unwrap();
        for command in ["serve", "migrate"] {
            let ended = workplace.run(&[command], &variables).await;
            assert_one_line(&ended, &["DATABASE_URL", words[0], words[1]]);
        }
    }
}

/// A schema that does not fit is named without the password.
/// Which database it is, it says; how to get in, it does not.
#[tokio::test]
async fn f58_schema_error_hides_the_password() {
    let url = postgres::empty().await.replace("console@", "console:pw-canary@");
    let workplace = workplace();
    let connected = [("DATABASE_URL", &*url)];
    assert_eq!(workplace.run(&["migrate"], &connected).await.code, Some(0));
    assert_eq!(workplace.run(&["migrate", "--down-to", "1"], &connected).await.code, Some(0));
    for command in ["verify", "export", "head"] {
        assert_one_line(&workplace.run(&["audit", command], &connected).await, &["DATABASE_URL", "console@"]);
    }
}

async fn serve_keeps_rows_and_ends_on_sigterm(system: DatabaseSystem) {
    let workplace = workplace();
    let url = database_in(&workplace, system).await;
    for round in 0..2 {
        let serving = workplace.serve(&[], &but(&[("DATABASE_URL", &url)])).await;
        let ready = exchange(serving.address, "GET", "/readyz", &[], "").await;
        assert_eq!(ready.status(), Some(200), "{ready:?}");
        let list = exchange(serving.address, "GET", "/api/internal/deploys", &[], "").await.json();
        assert_eq!(list["deploys"].as_array().map(Vec::len), Some(round));
        let headers = [("content-type", "application/json"), ("idempotency-key", "key")];
        let order = r#"{"app":"shop","environment":"nowhere","git_ref":"main"}"#;
        let answer = exchange(serving.address, "POST", "/api/internal/deploys", &headers, order).await;
        assert_eq!(answer.status(), Some(404), "{answer:?}");
        if round == 0 {
            insert_row(&url).await;
        }
        let ended = serving.stop("TERM").await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
    }
}

/// A row with its entry: without that, the next start would find the journal broken.
async fn insert_row(url: &str) {
    let store = store::open(&url.parse().unwrap(), FailPoint::default()).await.unwrap();
    store.open(&open_request("row", "production")).await.unwrap();
    store.close().await;
}

/// A client that is connected and sends nothing does not keep it from ending.
#[tokio::test]
async fn f40_idle_connection_does_not_delay_stop() {
    let workplace = workplace();
    for signal in ["TERM", "INT"] {
        let serving = workplace.serve(&["serve"], &without("CONSOLE_LISTEN")).await;
        let _idle = tokio::net::TcpStream::connect(serving.address).await.unwrap();
        assert_eq!(exchange(serving.address, "GET", "/healthz", &[], "").await.status(), Some(200));
        let ended = serving.stop(signal).await;
        assert_eq!(ended.code, Some(0), "{signal}: {}", ended.stderr);
    }
}

on_both!(migrate_goes_up_down_and_up, f44_foreign_schema_is_refused, serve_keeps_rows_and_ends_on_sigterm);
