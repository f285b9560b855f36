//! The figures: each against a count by hand over random histories, on both databases; and what their page says.

use app::{
    api::ErrorCode,
    domain::{ChangeFailures, InsightDay, Rework, Spread, Timestamp, Visible},
};
use jiff::SignedDuration;
use proptest::{prelude::*, sample::select};
use serde_json::json;
use store::{DatabaseSystem, Figures, InsightFilter};

use crate::support::{
    Database, TestConsole, assert_problem, claim, database::on_both, fresh, noon, postgres, request,
};

/// A deploy as far as figures go. Its number is its place in the history.
#[derive(Clone, Debug)]
struct Past {
    place: usize,
    status: &'static str,
    /// Seconds after the one before was asked for, and from there to its end.
    after: i64,
    took: i64,
    /// Seconds from the commit to the request.
    commit: Option<i64>,
    /// Which commit it is, of a few, where that is known.
    of: Option<u8>,
    rolled_out: bool,
    stage: Option<&'static str>,
    origin: Option<&'static str>,
}

fn pasts() -> impl Strategy<Value = Vec<Past>> {
    let status = select(vec!["succeeded", "succeeded", "failed", "failed", "timed_out"]);
    let stage = select(vec![None, None, Some("deploy_failed"), Some("health_check_failed")]);
    let origin = select(vec![None, Some("request"), Some("rollback"), Some("github")]);
    let commit = proptest::option::of(-200_000..900_000_i64);
    let of = select(vec![None, Some(1), Some(1), Some(2), Some(3)]);
    let times = (0..40_000_i64, 0..9_000_i64);
    let past = (0..3_usize, status, times, (commit, of), any::<bool>(), stage, origin);
    let past = past.prop_map(|(place, status, (after, took), (commit, of), rolled_out, stage, origin)| {
        Past { place, status, after, took, commit, of, rolled_out, stage, origin }
    });
    proptest::collection::vec(past, 0..40)
}

const PLACES: [(&str, &str); 3] = [("shop", "production"), ("shop", "staging"), ("docs", "production")];

/// The same with its times.
#[derive(Clone, Debug)]
struct Row {
    past: Past,
    requested_at: Timestamp,
    finished_at: Timestamp,
    committed_at: Option<Timestamp>,
}

fn rows(pasts: &[Past]) -> Vec<Row> {
    let mut at = noon();
    let row = |past: &Past| {
        at += SignedDuration::from_secs(past.after);
        Row {
            requested_at: at,
            finished_at: at + SignedDuration::from_secs(past.took),
            committed_at: past.commit.map(|before| at - SignedDuration::from_secs(before)),
            past: past.clone(),
        }
    };
    pasts.iter().map(row).collect()
}

impl Row {
    fn succeeded(&self) -> bool {
        self.past.status == "succeeded"
    }

    fn is_rollback(&self) -> bool {
        self.past.origin == Some("rollback")
    }

    fn failed_there(&self) -> bool {
        self.past.status == "failed"
            && (self.past.rolled_out || self.past.stage == Some("health_check_failed"))
    }

    fn was_rolled_out(&self) -> bool {
        self.succeeded() || self.past.rolled_out || self.past.stage == Some("health_check_failed")
    }

    /// When it began to be a trouble, if it was one.
    fn broke_at(&self) -> Option<Timestamp> {
        if self.is_rollback() {
            Some(self.requested_at)
        } else {
            self.failed_there().then_some(self.finished_at)
        }
    }

    fn insert(&self, number: usize) -> String {
        let text = |text: Option<String>| text.map_or_else(|| "NULL".to_owned(), |text| format!("'{text}'"));
        let time = |at: Timestamp| format!("{at:.3}");
        let (app, environment) = PLACES[self.past.place];
        format!(
            "INSERT INTO console_deploys (id, app, environment, git_ref, status, version, requested_by, requested_at,
               updated_at, finished_at, failure_stage, committed_at, rolled_out_at, origin_kind, commit_id)
             VALUES ('00000000-0000-7000-8000-{number:012}', '{app}', '{environment}', 'main', '{status}', 1, 'x',
               '{requested}', '{finished}', '{finished}', {stage}, {committed}, {rolled_out}, {origin}, {commit});",
            status = self.past.status,
            requested = time(self.requested_at),
            finished = time(self.finished_at),
            stage = text(self.past.stage.map(str::to_owned)),
            committed = text(self.committed_at.map(time)),
            rolled_out = text(self.past.rolled_out.then(|| time(self.requested_at))),
            origin = text(self.past.origin.map(str::to_owned)),
            commit = text(self.past.of.map(|of| of.to_string().repeat(40))),
        )
    }
}

fn milliseconds(from: Timestamp, to: Timestamp) -> i64 {
    i64::try_from(to.duration_since(from).as_millis()).unwrap().max(0)
}

/// By nearest rank: the smallest that this many of a hundred do not exceed.
fn spread(took: Vec<Option<i64>>) -> Spread {
    let all = i64::try_from(took.len()).unwrap();
    let mut known: Vec<i64> = took.into_iter().flatten().collect();
    known.sort_unstable();
    let rank =
        |hundredths: usize| known.get((known.len() * hundredths).div_ceil(100).wrapping_sub(1)).copied();
    Spread { all, known: i64::try_from(known.len()).unwrap(), median: rank(50), p90: rank(90) }
}

/// A commit in a place, from its first deploy that was rolled out to the next one of another commit.
#[derive(Clone, Default)]
struct Change {
    commit: Option<u8>,
    /// When the first deploy ended, successful or failed there.
    began: Option<Timestamp>,
    /// When the first success ended.
    went_live: Option<Timestamp>,
    has_failed: bool,
    /// Whether a rollback was requested next.
    is_taken_back: bool,
}

/// The changes of one place, in the order of its requests.
fn changes_of(line: &[&Row]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    // Whether the next deploy may belong to the last change.
    let mut is_open = false;
    for row in line {
        if let Some(last) = changes.last_mut().filter(|_| is_open && row.is_rollback()) {
            last.is_taken_back = true;
        }
        if !row.was_rolled_out() {
            continue;
        }
        let is_known = row.past.status != "timed_out";
        let is_same =
            is_open && row.past.of.is_some() && changes.last().is_some_and(|last| last.commit == row.past.of);
        if !is_same {
            is_open = is_known;
            if is_known {
                let began = Some(row.finished_at);
                changes.push(Change { commit: row.past.of, began, ..Change::default() });
            }
        }
        let Some(change) = changes.last_mut().filter(|_| is_known) else { continue };
        change.has_failed |= row.failed_there();
        change.went_live = change.went_live.or(row.succeeded().then_some(row.finished_at));
    }
    changes
}

/// Rollbacks, and other successes that follow a failure: in this order.
fn answers(line: &[&Row], is_in: impl Fn(Timestamp) -> bool) -> (i64, i64) {
    let (mut rollbacks, mut fixes, mut is_broken) = (0, 0, false);
    for row in line {
        if row.succeeded() && is_in(row.finished_at) {
            rollbacks += i64::from(row.is_rollback());
            fixes += i64::from(!row.is_rollback() && is_broken);
        }
        is_broken = row.failed_there() || is_broken && !row.succeeded();
    }
    (rollbacks, fixes)
}

/// The figures, counted by hand.
fn counted(rows: &[Row], filter: &InsightFilter) -> Figures {
    let is_asked = |row: &&Row| {
        let (app, environment) = PLACES[row.past.place];
        filter.app.as_deref().is_none_or(|asked| asked == app)
            && filter.environment.as_deref().is_none_or(|asked| asked == environment)
    };
    let is_in = |at: Timestamp| filter.since <= at && at < filter.until;
    let chosen: Vec<&Row> = rows.iter().filter(is_asked).collect();
    let ended: Vec<&Row> = chosen.iter().copied().filter(|row| is_in(row.finished_at)).collect();
    let count =
        |which: &dyn Fn(&Row) -> bool| i64::try_from(ended.iter().filter(|row| which(row)).count()).unwrap();

    let mut days: Vec<InsightDay> = Vec::new();
    let mut names: Vec<String> =
        ended.iter().map(|row| row.finished_at.to_string()[..10].to_owned()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let of_day = |row: &Row| row.finished_at.to_string().starts_with(&name);
        let number = |status: &str| count(&|row| of_day(row) && row.past.status == status);
        let successes = ended.iter().filter(|row| of_day(row) && row.succeeded());
        let took = successes.map(|row| Some(milliseconds(row.requested_at, row.finished_at))).collect();
        days.push(InsightDay {
            succeeded: number("succeeded"),
            failed: number("failed"),
            timed_out: number("timed_out"),
            duration: spread(took),
            day: name.clone(),
        });
    }

    let changes = ended.iter().filter(|row| row.succeeded() && !row.is_rollback());
    let lead = changes.map(|row| {
        let committed_at = row.committed_at.filter(|at| *at <= row.finished_at)?;
        Some(milliseconds(committed_at, row.finished_at))
    });

    // Each place by itself, in the order of its requests.
    let mut change_failures = ChangeFailures::default();
    let mut changed = 0;
    let mut rework = Rework { successes: count(&Row::succeeded), ..Rework::default() };
    let mut outages = Vec::new();
    for place in 0..PLACES.len() {
        let line: Vec<&Row> = chosen.iter().copied().filter(|row| row.past.place == place).collect();
        for change in changes_of(&line) {
            changed += i64::from(change.went_live.is_some_and(is_in));
            if change.began.is_some_and(is_in) {
                change_failures.reached += 1;
                change_failures.failed += i64::from(change.has_failed);
                change_failures.rolled_back += i64::from(!change.has_failed && change.is_taken_back);
            }
        }
        let (rollbacks, fixes) = answers(&line, is_in);
        rework.rollbacks += rollbacks;
        rework.fixes += fixes;
        let mut began: Option<Timestamp> = None;
        for row in line {
            began = began.or(row.broke_at());
            if row.succeeded()
                && let Some(began) = began.take()
            {
                outages.push((began, Some(milliseconds(began, row.finished_at))));
            }
        }
        outages.extend(began.map(|began| (began, None)));
    }
    let restore = outages.into_iter().filter(|(began, _)| is_in(*began)).map(|(_, took)| took);
    Figures {
        recorded_since: chosen.first().map(|row| row.requested_at),
        days,
        changes: changed,
        lead_time: spread(lead.collect()),
        change_failures,
        restore: spread(restore.collect()),
        rework,
    }
}

async fn check(
    pasts: Vec<Past>,
    app: Option<usize>,
    environment: Option<usize>,
    from: i64,
    long: i64,
) -> Result<(), TestCaseError> {
    let since = noon() + SignedDuration::from_secs(from);
    let filter = InsightFilter {
        app: app.map(|place| PLACES[place].0.to_owned()),
        environment: environment.map(|place| PLACES[place].1.to_owned()),
        visible: Visible::All,
        since,
        until: since + SignedDuration::from_secs(long),
    };
    let rows = rows(&pasts);
    let expected = counted(&rows, &filter);
    let insert: String = rows.iter().enumerate().map(|(number, row)| row.insert(number)).collect();
    for system in [DatabaseSystem::Sqlite, DatabaseSystem::Postgres] {
        let database = Database::on(system).await;
        database.raw().await.run(&insert).await.unwrap();
        let found = database.store.insight(&filter).await.unwrap();
        prop_assert_eq!(&found, &expected, "{:?}", system);
        if system == DatabaseSystem::Postgres {
            database.store.close().await;
            postgres::remove(database.url().as_str()).await;
        }
    }
    Ok(())
}

/// One deploy of a story: how it ended, its commit, and whether it is a rollback. `failed` is after the roll-out.
type Told = (&'static str, Option<u8>, bool);

/// These deploys to one place, an hour apart.
async fn figures_of(system: DatabaseSystem, told: &[Told]) -> Figures {
    let past = |(status, of, is_rollback): &Told| Past {
        place: 0,
        status,
        after: 3_600,
        took: 60,
        commit: None,
        of: *of,
        rolled_out: true,
        stage: None,
        origin: is_rollback.then_some("rollback"),
    };
    let pasts: Vec<Past> = told.iter().map(past).collect();
    let database = Database::on(system).await;
    let insert: String = rows(&pasts).iter().enumerate().map(|(number, row)| row.insert(number)).collect();
    database.raw().await.run(&insert).await.unwrap();
    let (since, until) = (noon(), noon() + SignedDuration::from_hours(100));
    let filter = InsightFilter { app: None, environment: None, visible: Visible::All, since, until };
    database.store.insight(&filter).await.unwrap()
}

/// The definitions of `docs/operating/insight.md`, one story each: changes that went live; rolled out, failed and rolled
/// back; rollbacks and fixes.
async fn a_commit_counts_once(system: DatabaseSystem) {
    const OK: &str = "succeeded";
    const BAD: &str = "failed";
    for (what, told, changes, failures, rework) in [
        ("two commits", &[(OK, Some(1), false), (OK, Some(2), false)][..], 2, [2, 0, 0], [0, 0]),
        ("a repetition", &[(OK, Some(1), false), (OK, Some(1), false)], 1, [1, 0, 0], [0, 0]),
        ("a retry", &[(BAD, Some(1), false), (OK, Some(1), false)], 1, [1, 1, 0], [0, 1]),
        (
            "two retries",
            &[(BAD, Some(1), false), (BAD, Some(1), false), (OK, Some(1), false)],
            1,
            [1, 1, 0],
            [0, 1],
        ),
        ("a fix", &[(BAD, Some(1), false), (OK, Some(2), false)], 1, [2, 1, 0], [0, 1]),
        (
            "another between",
            &[(OK, Some(1), false), (OK, Some(2), false), (OK, Some(1), false)],
            3,
            [3, 0, 0],
            [0, 0],
        ),
        (
            "a failure between",
            &[(OK, Some(1), false), (BAD, Some(2), false), (OK, Some(1), false)],
            2,
            [3, 1, 0],
            [0, 1],
        ),
        (
            "a rollback",
            &[(OK, Some(1), false), (OK, Some(2), false), (OK, Some(1), true)],
            3,
            [3, 0, 1],
            [1, 0],
        ),
        ("a repetition fails", &[(OK, Some(1), false), (BAD, Some(1), false)], 1, [1, 1, 0], [0, 0]),
        // What failed is taken back, not what was live before it.
        (
            "failed and rolled back",
            &[(OK, Some(1), false), (BAD, Some(2), false), (OK, Some(1), true)],
            2,
            [3, 1, 0],
            [1, 0],
        ),
        (
            "unknown commits",
            &[(OK, None, false), (OK, None, false), (OK, Some(1), false)],
            3,
            [3, 0, 0],
            [0, 0],
        ),
        (
            "an unknown one between",
            &[(OK, Some(1), false), (OK, None, false), (OK, Some(1), false)],
            3,
            [3, 0, 0],
            [0, 0],
        ),
        (
            "timed out between",
            &[(OK, Some(1), false), ("timed_out", Some(2), false), (OK, Some(1), false)],
            2,
            [2, 0, 0],
            [0, 0],
        ),
        (
            "timed out and retried",
            &[("timed_out", Some(1), false), (OK, Some(1), false)],
            1,
            [1, 0, 0],
            [0, 0],
        ),
    ] {
        let figures = figures_of(system, told).await;
        let ChangeFailures { reached, failed, rolled_back } = figures.change_failures;
        assert_eq!((figures.changes, [reached, failed, rolled_back]), (changes, failures), "{what}");
        assert_eq!([figures.rework.rollbacks, figures.rework.fixes], rework, "{what}");
        let successes = told.iter().filter(|(status, ..)| *status == OK).count();
        assert_eq!(figures.rework.successes, i64::try_from(successes).unwrap(), "{what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_figure_matches_a_manual_count(
        pasts in pasts(),
        app in proptest::option::of(0..3_usize),
        environment in proptest::option::of(0..3_usize),
        from in -50_000..400_000_i64,
        long in 1..900_000_i64,
    ) {
        let run = check(pasts, app, environment, from, long);
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run)?;
    }
}

/// Reports the end of a deploy, with what was checked out.
async fn end(console: &TestConsole, environment: &str, extra: &serde_json::Value) {
    let id = console.dispatched(environment).await;
    console.walk(id, &["building", "deploying"]).await;
    let mut body = claim(id, "succeeded");
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    console.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(console.callback(id, &fresh(), body.to_string()).await.json["outcome"], "applied");
}

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// When a commit was made is taken from the workflow that checked it out.
/// What is malformed beside a status, the status is not lost over.
async fn commit_time_comes_from_its_checkout(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    for (committed_at, is_known) in [
        (json!("2026-11-22T12:00:00+01:00"), true),
        (json!("2026-11-22 11:00:00"), false),
        (json!("yesterday"), false),
        (json!(1_700_000_000), false),
        (json!(null), false),
        (json!("1969-12-31T23:59:59Z"), false),
        (json!("-009999-01-02T03:04:05Z"), false),
    ] {
        let before = console.get("/api/internal/insight").await.json["lead_time"].clone();
        end(&console, "staging", &json!({ "commit": COMMIT, "committed_at": committed_at })).await;
        let after = console.get("/api/internal/insight").await.json["lead_time"].clone();
        let more = |name: &str| after[name].as_i64().unwrap() - before[name].as_i64().unwrap();
        assert_eq!((more("all"), more("known")), (1, i64::from(is_known)), "{committed_at}: {after}");
    }
    end(&console, "staging", &json!({ "committed_at": "2026-11-22T11:00:00Z" })).await;
    let lead = console.get("/api/internal/insight").await.json["lead_time"].clone();
    // From 11:00 UTC to 12:05.
    assert_eq!(
        lead,
        json!({ "all": 8, "known": 1, "median": 3_900_000, "ninetieth": 3_900_000 }),
        "of no commit"
    );
}

/// The time of one commit is not that of another.
async fn commit_time_is_kept_only_with_commit(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("staging").await;
    let report = async |status: &str, commit: &str, at: &str| {
        let mut body = claim(id, status);
        (body["commit"], body["committed_at"]) = (commit.into(), at.into());
        console.callback(id, &fresh(), body.to_string()).await.json["outcome"].clone()
    };
    assert_eq!(report("building", COMMIT, "").await, "applied");
    assert_eq!(report("deploying", &"f".repeat(40), "2026-11-22T01:00:00Z").await, "applied");
    assert_eq!(report("deploying", &"f".repeat(40), "2026-11-22T02:00:00Z").await, "repeated");
    assert_eq!(report("deploying", COMMIT, "2026-11-22T11:00:00Z").await, "repeated");
    assert_eq!(report("succeeded", COMMIT, "2026-11-22T03:00:00Z").await, "applied");
    let lead = console.get("/api/internal/insight").await.json["lead_time"].clone();
    assert_eq!((&lead["known"], &lead["median"]), (&json!(1), &json!(3_600_000)), "{lead}");
    let said =
        console.journal(id).await.iter().filter(|entry| entry.payload["committed_at"].is_string()).count();
    assert_eq!(said, 4, "the journal has all that was said");
}

/// The page shows the four figures with their samples, and both plots.
#[tokio::test]
async fn page_shows_figures_samples_and_plots() {
    let console = TestConsole::new().await;
    end(&console, "production", &json!({ "commit": COMMIT, "committed_at": "2026-11-22T11:00:00Z" })).await;
    let failed = console.dispatched("production").await;
    console.walk(failed, &["building", "deploying", "failed"]).await;
    let page = console.get("/insight?app=shop&environment=production&days=7").await;
    assert_eq!(page.status, 200);
    for words in [
        "Deployment frequency",
        "1 a day",
        "1 change in 1 day",
        "1 h 5 min",
        "known for 1 of 1 successes",
        "50 %",
        "1 failed, 0 rolled back, of 2 rolled out",
        "Not known",
        "restored 0 of 1",
        "Rework rate",
        "0 %",
        "0 rollbacks, 0 fixes, of 1 success",
        "<title>2026-11-22: 1 succeeded, 1 failed</title>",
        "<title>2026-11-22: 1 failed</title>",
        "/deploys?app=shop&amp;environment=production&amp;status=failed&amp;ended_since=2026-11-22&amp;ended_until=2026-11-22",
        "median 5 min 0 s",
        "2026-11-16 to 2026-11-22",
        "As a table",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("<svg class=\"plot__area\"><script"));
}

/// Without an environment in the address, the page is about production; with an empty one, about all of them. The API is
/// about all of them in either case.
#[tokio::test]
async fn page_is_about_production_by_default() {
    let console = TestConsole::new().await;
    end(&console, "staging", &json!({})).await;
    for (page, words) in [
        ("/insight", "No deploy ended in production in these 30 days."),
        ("/insight?app=shop", "No deploy ended in production in these 30 days."),
        ("/insight?environment=", "All apps, all environments"),
        ("/insight?environment=staging", "All apps, staging"),
    ] {
        let text = console.get(page).await.text;
        assert!(text.contains(words), "{page}: {text}");
    }
    assert!(console.get("/insight").await.text.contains("value=\"production\" selected"));
    for query in ["", "?environment="] {
        let figures = console.get(&format!("/api/internal/insight{query}")).await.json;
        assert_eq!(figures["frequency"]["successes"], 1, "{query}: {figures}");
    }
}

/// An empty range says so, and shows no figure as known.
#[tokio::test]
async fn empty_range_shows_no_known_figure() {
    let console = TestConsole::new().await;
    let page = console.get("/insight").await;
    assert!(page.text.contains("No deploy ended in production in these 30 days."), "{}", page.text);
    // It says what would be there instead.
    for words in ["Rework rate", "Change failure rate", "href=\"/insight?environment=\"", "days=90"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("Not known"), "{}", page.text);
    let page = console.get("/insight?since=2026-11-01&until=2026-11-01&environment=nowhere").await;
    assert!(page.text.contains("No deploy ended in nowhere on this day."), "{}", page.text);
    assert!(page.text.contains("value=\"nowhere\" selected"), "{}", page.text);
}

#[tokio::test]
async fn invalid_range_is_refused() {
    let console = TestConsole::new().await;
    for query in [
        "since=x",
        "until=2026-02-30",
        "since=2026-11-22&until=2026-11-21",
        "since=2024-01-01&until=2026-01-01",
        "days=0",
        "days=367",
        "days=4294967295",
        "days=x",
        "since=-009999-01-02T01:59:59Z&until=-009999-01-02T02:00:00Z",
        "until=9999-12-31",
    ] {
        let answer = console.get(&format!("/api/internal/insight?{query}")).await;
        if answer.status != 200 {
            assert_problem(&answer, ErrorCode::InvalidQuery);
        }
        let is_refused = answer.status == 400;
        assert!(is_refused || query.starts_with("since=-"), "{query}: {answer:?}");
        let page = console.get(&format!("/insight?{query}")).await;
        assert!([200, 400].contains(&page.status), "{query}");
    }
    let asked =
        request("GET", "/api/internal/insight?days=366&app=&environment=%00").body(axum::body::Body::empty());
    assert_eq!(console.send(asked.unwrap()).await.json["days"].as_array().unwrap().len(), 366);
}

on_both!(a_commit_counts_once, commit_time_comes_from_its_checkout, commit_time_is_kept_only_with_commit);
