//! The figures: each against a count by hand over random histories, on both databases; and what their page says.

use app::{
    api::ErrorCode,
    domain::{ChangeFailures, InsightDay, Spread, Timestamp, Visible},
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
    rolled_out: bool,
    stage: Option<&'static str>,
    origin: Option<&'static str>,
}

fn pasts() -> impl Strategy<Value = Vec<Past>> {
    let status = select(vec!["succeeded", "succeeded", "failed", "failed", "timed_out"]);
    let stage = select(vec![None, None, Some("deploy_failed"), Some("health_check_failed")]);
    let origin = select(vec![None, Some("request"), Some("rollback"), Some("github")]);
    let commit = proptest::option::of(-200_000..900_000_i64);
    let past = (0..3_usize, status, 0..40_000_i64, 0..9_000_i64, commit, any::<bool>(), stage, origin);
    let past = past.prop_map(|(place, status, after, took, commit, rolled_out, stage, origin)| Past {
        place,
        status,
        after,
        took,
        commit,
        rolled_out,
        stage,
        origin,
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
               updated_at, finished_at, failure_stage, committed_at, rolled_out_at, origin_kind)
             VALUES ('00000000-0000-7000-8000-{number:012}', '{app}', '{environment}', 'main', '{status}', 1, 'x',
               '{requested}', '{finished}', '{finished}', {stage}, {committed}, {rolled_out}, {origin});",
            status = self.past.status,
            requested = time(self.requested_at),
            finished = time(self.finished_at),
            stage = text(self.past.stage.map(str::to_owned)),
            committed = text(self.committed_at.map(time)),
            rolled_out = text(self.past.rolled_out.then(|| time(self.requested_at))),
            origin = text(self.past.origin.map(str::to_owned)),
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
    let mut rolled_back = 0;
    let mut outages = Vec::new();
    for place in 0..PLACES.len() {
        let line: Vec<&Row> = chosen.iter().copied().filter(|row| row.past.place == place).collect();
        let mut live: Option<&Row> = None;
        let mut began: Option<Timestamp> = None;
        for row in line {
            if row.is_rollback() {
                rolled_back += i64::from(live.take().is_some_and(|live| is_in(live.finished_at)));
            }
            began = began.or(row.broke_at());
            if row.succeeded() {
                if let Some(began) = began.take() {
                    outages.push((began, Some(milliseconds(began, row.finished_at))));
                }
                live = Some(row);
            }
        }
        outages.extend(began.map(|began| (began, None)));
    }
    let restore = outages.into_iter().filter(|(began, _)| is_in(*began)).map(|(_, took)| took);
    Figures {
        recorded_since: chosen.first().map(|row| row.requested_at),
        days,
        lead_time: spread(lead.collect()),
        change_failures: ChangeFailures {
            reached: count(&|row| row.succeeded() || row.failed_there()),
            failed: count(&Row::failed_there),
            rolled_back,
        },
        restore: spread(restore.collect()),
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
        "1 succeeded in 1 day",
        "1 h 5 min",
        "known for 1 of 1 successes",
        "50 %",
        "1 failed, 0 rolled back, of 2 rolled out",
        "Not known",
        "restored 0 of 1",
        "<title>2026-11-22: 1 succeeded, 1 failed</title>",
        "median 5 min 0 s",
        "2026-11-16 to 2026-11-22",
        "As a table",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("<svg class=\"plot__area\"><script"));
}

/// An empty range says so, and shows no figure as known.
#[tokio::test]
async fn empty_range_shows_no_known_figure() {
    let console = TestConsole::new().await;
    let page = console.get("/insight").await;
    assert!(page.text.contains("No deploy ended in these 30 days."), "{}", page.text);
    assert_eq!(page.text.matches("Not known").count(), 4);
    let page = console.get("/insight?since=2026-11-01&until=2026-11-01&environment=nowhere").await;
    assert!(page.text.contains("No deploy ended on this day."), "{}", page.text);
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

on_both!(commit_time_comes_from_its_checkout, commit_time_is_kept_only_with_commit);
