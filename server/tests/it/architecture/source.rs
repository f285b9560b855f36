//! The walls of ARCHITECTURE.md, kept by reading the source. A wall is a pattern that must not be found in
//! some files; each brings samples that it must find, and samples that it must not, so that none can fall
//! asleep.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

/// What must not be found.
struct Wall {
    /// Files by the beginning or end of their path from the root.
    files: fn(&str) -> bool,
    pattern: &'static str,
    /// What it has to find.
    bad: &'static [&'static str],
    /// What it has to let pass.
    good: &'static [&'static str],
    /// Whether it looks into strings.
    strings: bool,
}

impl Wall {
    #[track_caller]
    fn holds(&self) {
        let pattern = Regex::new(self.pattern).unwrap();
        for bad in self.bad {
            assert!(pattern.is_match(&code(bad, self.strings)), "the wall does not see {bad:?}");
        }
        for good in self.good {
            assert!(!pattern.is_match(&code(good, self.strings)), "the wall takes {good:?} for a breach");
        }
        let files: Vec<_> = sources().into_iter().filter(|(path, _)| (self.files)(path)).collect();
        assert!(!files.is_empty(), "the wall looks at no file");
        let breaches: Vec<_> = files
            .iter()
            .flat_map(|(path, text)| {
                let code = code(without_tests(text), self.strings);
                let found = pattern.find_iter(&code).map(|found| found.as_str().to_owned());
                found.map(|found| format!("{path}: {found:?}")).collect::<Vec<_>>()
            })
            .collect();
        assert!(breaches.is_empty(), "{breaches:#?}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The Rust sources, by their path from the root.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["app", "server", "frontend"] {
        collect(&root().join(folder), &["rs"], &mut found);
    }
    assert!(found.len() > 50, "the sources are not where they were");
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["node_modules", "target"].contains(&&*name) {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(&format!(".{ending}"))) {
            let from_root = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.insert(from_root, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Of a source file, all but the tests at its end.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests").map_or(text, |at| &text[..at])
}

/// The text without comments and, unless they are wanted, without the contents of strings.
fn code(text: &str, strings: bool) -> String {
    // A comment; a raw string; a string; a character. Whichever begins first ends the others' chances.
    let token = Regex::new(
        r##"(?s)//[^\n]*|/\*.*?\*/|(?P<string>r#"(?:.*?)"#|r"[^"]*"|"(?:[^"\\]|\\.)*")|'(?:[^'\\\n]|\\[^\n])'"##,
    )
    .unwrap();
    let keep = |found: &regex::Captures<'_>| match found.name("string") {
        Some(string) if strings => string.as_str().to_owned(),
        Some(_) => "\"\"".to_owned(),
        None => String::new(),
    };
    token.replace_all(text, keep).into_owned()
}

fn is_product(path: &str) -> bool {
    let is_source = path.split('/').nth(1) == Some("src") || path.split('/').nth(2) == Some("src");
    is_source && !path.ends_with("/tests.rs")
}

#[test]
fn comments_and_strings_are_separated_from_code() {
    let text = "a // b\n/* c\nc */ \"d \\\" // e\" r#\"f \" f\"# '\"' g // \"h";
    assert_eq!(code(text, false), "a \n \"\" \"\"  g ");
    assert_eq!(code(text, true), "a \n \"d \\\" // e\" r#\"f \" f\"#  g ");
}

/// The state machine can be read, and tested, without anything around it.
#[test]
fn domain_has_no_framework_database_or_clock() {
    Wall {
        files: |path| path.starts_with("app/src/domain"),
        pattern: r"\b(leptos\w*|axum|sqlx|tokio|reqwest|web_sys|js_sys|wasm_bindgen|gloo\w*)\b|\bstd::(time|fs|net|env|process)\b|\bnow\s*\(|\bClock\b|\bcrate::(api|clock|islands|live|pages|request|root|shell|text|ui)\b",
        bad: &[
            "use leptos::prelude::*;",
            "use leptos_router::hooks;",
            "fn x(row: sqlx::Row)",
            "let now = Timestamp::now();",
            "use crate::clock;",
            "std::time::Instant",
        ],
        good: &["use jiff::Timestamp;", "// leptos knows", "let known = 1;", "\"axum\""],
        strings: false,
    }
    .holds();
}

/// Two places that turn a status into steps would one day disagree on the screen.
#[test]
fn only_domain_step_makes_step_states() {
    Wall {
        files: |path| is_product(path) && !path.starts_with("app/src/domain/step"),
        pattern: r"(=>|\breturn|[^=!<>]=|\w:)\s*(Some\(|Ok\()?\s*StepState::[A-Z]|\{\s*(Some\()?StepState::\w+\)?\s*\}|\bStep\s*\{\s*(key|state)\b|\bfn \w+\([^)]*\b(Status|StoredStatus)\b[^)]*\)\s*->[^{;]*\bStep(State)?\b",
        bad: &[
            "match status { Status::Building => StepState::Active }",
            "Status::Failed => Some(StepState::Failed),",
            "if status == Status::Failed { StepState::Failed } else { other }",
            "let state = StepState::Done;",
            "return StepState::Done;",
            "Item { state: StepState::Done }",
            "Step { key, state, began_at }",
            "fn guess(status: Status) -> StepState {",
            "const fn guess(at: u8, status: &StoredStatus) -> Option<Step> {",
        ],
        good: &[
            "match state { StepState::Active => Icon::Turning, StepState::Done => Icon::Tick }",
            "state.get() == StepState::Active",
            "map_or(StepState::Unknown, |step| step.state)",
            "fn state_of(step: Memo<Option<Step>>) -> Memo<StepState> {",
        ],
        strings: false,
    }
    .holds();
}

/// An edge that is written in two files is wrong in one of them.
#[test]
fn only_domain_transition_knows_edges() {
    Wall {
        files: |path| is_product(path) && path != "app/src/domain/transition.rs",
        pattern: r"\(\s*Status::\w+\s*,\s*Status::\w+\s*\)|Status::\w+\)?\s*=>\s*(Some\(|Ok\(|&?\[|vec!\[|\{)?\s*Status::\w+|[=!]=\s*(Some\()?Status::\w+\)?\s*\{\s*(Some\()?Status::\w+|[=!]=\s*(Some\()?Status::\w+\)?\s*&&[^;{]*[=!]=\s*(Some\()?Status::",
        bad: &[
            "(Status::Building, Status::Deploying)",
            "Status::Building => Status::Deploying,",
            "Some(Status::Building) => Some(Status::Deploying),",
            "Status::Building => &[Status::Deploying, Status::Failed],",
            "Status::Building => vec![Status::Deploying],",
            "let start = if from == Status::Requested { Status::Dispatched } else { from };",
            "from == Status::Building && to == Status::Deploying",
        ],
        good: &[
            "Status::Building => \"Building\",",
            "Status::Failed | Status::TimedOut => true,",
            "Self::Deploy => Status::Building,",
            "(Source::Console, Status::Failed) => Self::Refused,",
        ],
        strings: false,
    }
    .holds();
}

/// Who may know what: Cargo keeps it, as long as the manifests are these. `sqlx` makes the store the only crate with SQL,
/// and `reqwest` is in the crates that open connections.
#[test]
fn crates_depend_on_these_alone() {
    const WATCHED: [&str; 15] = [
        "actions-identity",
        "app",
        "axum",
        "github",
        "github-fake",
        "hyper",
        "leptos",
        "reqwest",
        "runtime",
        "server",
        "sign-in",
        "sqlx",
        "store",
        "webhook",
        "web-sys",
    ];
    for (manifest, expected) in [
        ("app/Cargo.toml", &["axum", "leptos", "web-sys"][..]),
        ("server/runtime/Cargo.toml", &["reqwest"]),
        ("server/webhook/Cargo.toml", &[]),
        ("server/actions-identity/Cargo.toml", &["reqwest", "runtime"]),
        ("server/sign-in/Cargo.toml", &["reqwest", "runtime"]),
        ("server/store/Cargo.toml", &["app", "runtime", "sqlx"]),
        ("server/github/Cargo.toml", &["app", "reqwest", "runtime"]),
        ("server/github-fake/Cargo.toml", &["app", "axum", "reqwest", "runtime", "webhook"]),
        (
            "server/Cargo.toml",
            &[
                "actions-identity",
                "app",
                "axum",
                "github",
                "github-fake",
                "hyper",
                "leptos",
                "reqwest",
                "runtime",
                "sign-in",
                "store",
                "webhook",
            ],
        ),
    ] {
        let text = fs::read_to_string(root().join(manifest)).unwrap();
        let (_, dependencies) = text.split_once("\n[dependencies]\n").unwrap();
        let dependencies = dependencies.split("\n[").next().unwrap();
        let names = dependencies.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
        let mut found: Vec<_> = names.filter(|name| WATCHED.contains(name)).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{manifest}");
    }
}

/// A newer build may add a column while this one runs; see ADR 8.
#[test]
fn every_statement_names_its_columns() {
    Wall {
        files: |path| path.starts_with("server/store/src/"),
        pattern: r"\bSELECT\s+([a-z_]+\.)?\*|\bINTO\s+\w+\s+(VALUES|SELECT)\b",
        bad: &["\"SELECT * FROM x\"", "\"SELECT d.* FROM x d\"", "\"INSERT INTO x VALUES (1)\""],
        good: &["// SELECT * FROM x", "\"SELECT count(*) FROM x\"", "\"INSERT INTO x (id) VALUES (1)\""],
        strings: true,
    }
    .holds();
}

/// The token, the limits on size and time, and the rule of one POST hold only where they are written.
#[test]
fn connections_are_opened_in_these_files_alone() {
    Wall {
        files: |path| {
            const OTHERS: [&str; 7] = [
                "server/src/tasks/version_watch.rs",
                "server/actions-identity/src/http_client.rs",
                "server/src/service/doctor/callback.rs",
                "server/runtime/src/read_limited.rs",
                "server/sign-in/src/http_client.rs",
                // These two hand the client's secret to that one.
                "server/sign-in/src/oidc.rs",
                "server/sign-in/src/github.rs",
            ];
            is_product(path)
                && !path.starts_with("server/github/src/")
                && !path.starts_with("server/github-fake/src/")
                && !path.starts_with("server/src/tasks/notify")
                && !OTHERS.contains(&path)
        },
        pattern: r"reqwest::([A-TV-Z]|U[^r]|[a-z])|\bClient::builder\b|\bTcpStream\b|\bexpose_secret\b",
        bad: &[
            "reqwest::Client::new()",
            "reqwest::get(url)",
            "use reqwest::Response;",
            "Client::builder()",
            "token.expose_secret()",
            "std::net::TcpStream::connect(a)",
        ],
        good: &["reqwest::Url::parse(&text)", "github::Client::new(config)", "TcpListener::bind(a)"],
        strings: false,
    }
    .holds();
}

/// What posts to Slack has no business with GitHub's token. (The other way round, Cargo keeps it.)
#[test]
fn notify_does_not_reach_github() {
    Wall {
        files: |path| path.starts_with("server/src/tasks/notify"),
        pattern: r"\bgithub::|\bGitHub\w*|\bbearer_auth\b|\bapi_url\b",
        bad: &["use github::Client;", "GitHubConfig", "request.bearer_auth(token)", "config.api_url"],
        good: &["deploy.github_run_url", "// GitHub says", "link(url, name)"],
        strings: false,
    }
    .holds();
}

/// What asks an app for its version goes wherever a file says: it must have no secret with it.
#[test]
fn version_checks_hold_no_secret() {
    Wall {
        files: |path| path == "server/src/tasks/version_watch.rs",
        pattern: r"\bexpose_secret\b|\bSecret\w*|\bbearer_auth\b|\bgithub::|\bnotify::",
        bad: &["token.expose_secret()", "SecretString", "request.bearer_auth(token)", "github::Client"],
        good: &["self.http.get(url)", "// the secret of GitHub"],
        strings: false,
    }
    .holds();
}

/// A background task that is not supervised ends unseen. A connection, and a page that is rendered for several, end by
/// themselves.
#[test]
fn f99_only_supervisor_spawns_background_tasks() {
    Wall {
        files: |path| {
            const OTHERS: [&str; 3] = [
                "server/runtime/src/supervisor.rs",
                "server/src/listen.rs",
                "server/src/router/shared_page.rs",
            ];
            path.starts_with("server/")
                && is_product(path)
                && !path.starts_with("server/github-fake/")
                && !OTHERS.contains(&path)
        },
        pattern: r"\b(tokio|thread|task)::(spawn|spawn_blocking)\b|\bJoinSet\b|\bAbortOnDropHandle\b",
        bad: &[
            "tokio::spawn(work)",
            "std::thread::spawn(work)",
            "JoinSet::new()",
            "tokio::task::spawn(work)",
        ],
        good: &["tasks.spawn(Task::Feed, work)", "self.background.spawn(work)", "// tokio::spawn"],
        strings: false,
    }
    .holds();
}

/// A clock that a test cannot set makes a test that has to sleep.
#[test]
fn only_clock_reads_the_time() {
    Wall {
        files: |path| is_product(path) && !path.ends_with("/src/clock.rs"),
        pattern: r"\b(SystemTime|Instant|Timestamp|Zoned|Date|Utc|Local|OffsetDateTime)::now\b|\bDate::new_0\b|\bperformance\s*\(\s*\)|\.elapsed\s*\(|\b(datetime|CURRENT_TIMESTAMP|strftime)\s*\('now|\bCURRENT_TIMESTAMP\b",
        bad: &[
            "std::time::SystemTime::now()",
            "tokio::time::Instant::now()",
            "Timestamp::now()",
            "js_sys::Date::now()",
            "js_sys::Date::new_0()",
            "window.performance()",
            "began.elapsed()",
            "let text = \"DEFAULT CURRENT_TIMESTAMP\";",
        ],
        good: &["self.clock.now()", "clock::now()", "SystemClock.now()"],
        strings: true,
    }
    .holds();
}

/// A wildcard over a status would decide about the next one without being asked.
#[test]
fn domain_matches_have_no_wildcard() {
    Wall {
        files: |path| path.starts_with("app/src/domain"),
        pattern: r"(^|[\s{,(|])_\s*(if\b[^=]*)?=>",
        bad: &[
            "match status { _ => false }",
            "    _ => false,",
            "_ if late => 1,",
            "Status::Failed | _ => 1",
        ],
        good: &["StoredStatus::Unknown(_) => x,", "(Source::Console, known) => x,", "|_| 1"],
        strings: false,
    }
    .holds();
}

/// One way to the rows: a write around the service would not be in the audit log.
#[test]
fn handlers_and_pages_go_through_the_service() {
    Wall {
        files: |path| {
            path.starts_with("app/src/") || path.starts_with("server/src/http") || path.starts_with("server/src/router")
        },
        pattern: r"\b(Store|SqliteStore|PostgresStore|StoredDeploy|StoreError|NewDeploy|Advance|Delivery)\b|\bstore::(sqlite|postgres|open|migrate|\{)|\bconsole\.store\b",
        bad: &["use store::Store;", "store: Arc<dyn Store>", "use store::{Delivery};", "SqliteStore::open(url)", "PostgresStore::open(url)", "store::open(&url)"],
        good: &["store::audit::Chain", "StoredValue::new(place)", "console.deploy(id)"],
        strings: false,
    }
    .holds();
}

/// The framework writes a title into the page as it is; only this file makes text of it first. (`root.rs` says what
/// stands behind all of them.)
#[test]
fn only_page_title_makes_a_title() {
    Wall {
        files: |path| {
            is_product(path) && !["app/src/ui/layout/page_title.rs", "app/src/root.rs"].contains(&path)
        },
        pattern: r"<Title\b|\bleptos_meta\b[^;]*\bTitle\b",
        bad: &["view! { <Title text=name /> }", "use leptos_meta::Title;", "use leptos_meta::{Link, Title};"],
        good: &["view! { <PageTitle text=name /> }", "use leptos_meta::MetaTags;"],
        strings: false,
    }
    .holds();
}

/// A test that sleeps is slow on a good day and wrong on a bad one.
#[test]
fn no_test_sleeps() {
    Wall {
        files: |path| path.contains("/tests/") || path.ends_with("/tests.rs"),
        pattern: r"\bthread::sleep\b|\btime::sleep\b|\bsleep\s*\(",
        bad: &[
            "std::thread::sleep(second)",
            "tokio::time::sleep(second).await",
            "use tokio::time::sleep;",
            "sleep(1)",
        ],
        good: &["\"sleep(1)\"", "tokio::time::interval(second)", "asleep"],
        strings: false,
    }
    .holds();

    let pattern = Regex::new(r"\bwaitForTimeout\b").unwrap();
    assert!(pattern.is_match("await page.waitForTimeout(500)"));
    let mut scripts = BTreeMap::new();
    collect(&root().join("end2end"), &["ts"], &mut scripts);
    assert!(!scripts.is_empty());
    let asleep: Vec<_> =
        scripts.iter().filter(|(_, text)| pattern.is_match(text)).map(|(path, _)| path).collect();
    assert!(asleep.is_empty(), "{asleep:?}");
}

/// One artefact with both would run server code in the browser, or wait for a browser on the server.
#[test]
fn browser_and_server_features_never_mix() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let guard =
        Regex::new(r#"#\[cfg\(all\(feature = "ssr", feature = "hydrate"\)\)\]\s*compile_error!\("#).unwrap();
    assert!(guard.is_match(&read("app/src/lib.rs")));
    for (manifest, other) in [("server/Cargo.toml", "hydrate"), ("frontend/Cargo.toml", "ssr")] {
        let features = Regex::new(&format!(r#"features\s*=\s*\[[^\]]*"{other}""#)).unwrap();
        assert!(features.is_match(&format!("app = {{ features = [\"x\", \"{other}\"] }}")));
        assert!(!features.is_match(&read(manifest)), "{manifest} asks for {other}");
    }
}

/// The names that have no twin the other way, or no number of their own.
fn unpaired(names: &[String]) -> Vec<String> {
    let twin = |name: &str| match name.strip_suffix(".up.sql") {
        Some(stem) => format!("{stem}.down.sql"),
        None => name.replace(".down.sql", ".up.sql"),
    };
    let number = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
    let up = |name: &str| name.ends_with(".up.sql");
    let alone = names.iter().filter(|name| twin(name) == **name || !names.contains(&twin(name)));
    let doubled = names.iter().filter(|name| {
        up(name) && names.iter().filter(|other| up(other) && number(other) == number(name)).count() > 1
    });
    alone.chain(doubled).cloned().collect()
}

/// What cannot be undone cannot be tried.
#[test]
fn every_migration_has_its_pair() {
    let names = |text: &[&str]| text.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(unpaired(&names(&["0001_a.up.sql", "0001_a.down.sql"])), [""; 0]);
    for wrong in [
        &["0001_a.up.sql"][..],
        &["0001_a.down.sql"],
        &["0001_a.up.sql", "0001_b.down.sql"],
        &["0001_a.sql"],
        &["0001_a.up.sql", "0001_a.down.sql", "0001_b.up.sql", "0001_b.down.sql"],
    ] {
        assert!(!unpaired(&names(wrong)).is_empty(), "{wrong:?}");
    }
    let mut databases = Vec::new();
    for database in fs::read_dir(root().join("migrations")).unwrap() {
        let mut scripts = BTreeMap::new();
        collect(&database.unwrap().path(), &["sql"], &mut scripts);
        let paths: Vec<_> = scripts.keys().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect();
        assert!(!paths.is_empty());
        assert_eq!(unpaired(&paths), [""; 0]);
        assert!(scripts.values().all(|text| !text.trim().is_empty()));
        databases.push(paths);
    }
    assert_eq!(databases.len(), 2);
    assert_eq!(databases[0], databases[1], "the databases have the same migrations");
}
