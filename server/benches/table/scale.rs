//! What the board and the history take in the store at 1,000,000 deploys against what they take at 1,000, turn by turn,
//! on each database.

use std::{sync::Arc, time::Instant};

use app::domain::{DeployId, Timestamp};
use runtime::fail_point::FailPoint;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use store::{self, DatabaseSystem, DatabaseUrl, DeployFilter, Place, StatusFilter, Store};
use tempfile::TempDir;

use crate::{
    TableRow, bulk, postgres,
    stats::{milliseconds, percentile, sort},
};

const SMALL: u32 = 1_000;
const LARGE: u32 = 1_000_000;
const TIMES: usize = 101;
/// As a page asks for it: one more than it shows.
const PAGE: u32 = 26;

pub async fn measure() -> Vec<TableRow> {
    let folder = TempDir::new().unwrap();
    let sqlite = |name: &str| DatabaseUrl::sqlite(&folder.path().join(name));
    let small = filled(&sqlite("small.db"), SMALL).await;
    let large = filled(&sqlite("large.db"), LARGE).await;
    let mut rows = compare("SQLite", &*small, &*large).await;

    // As durable as it comes: with its own defaults.
    let cluster = postgres::Cluster::start("");
    let small: DatabaseUrl = cluster.url("postgres").parse().unwrap();
    create_database(small.as_str(), "large").await;
    let small = filled(&small, SMALL).await;
    let large = filled(&cluster.url("large").parse().unwrap(), LARGE).await;
    rows.extend(compare("Postgres", &*small, &*large).await);
    rows
}

async fn create_database(url: &str, name: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
}

async fn filled(url: &DatabaseUrl, rows: u32) -> Arc<dyn Store> {
    store::migrate(url, None).await.unwrap();
    let fill = sqlx::raw_sql(AssertSqlSafe(bulk::fill(url.system(), rows)));
    match url.system() {
        DatabaseSystem::Sqlite => {
            let mut connection = SqliteConnection::connect(url.as_str()).await.unwrap();
            fill.execute(&mut connection).await.map(drop).unwrap();
        }
        DatabaseSystem::Postgres => {
            let mut connection = PgConnection::connect(url.as_str()).await.unwrap();
            fill.execute(&mut connection).await.map(drop).unwrap();
            // As its autovacuum leaves tables of any size, a minute after rows were added.
            sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await.map(drop).unwrap();
        }
    }
    store::open(url, FailPoint::default()).await.unwrap()
}

/// What is asked for.
enum MeasuredRead {
    Board(Vec<Place>),
    /// Which read of the history, over this many deploys.
    History(fn(u32) -> DeployFilter),
}

impl MeasuredRead {
    fn all() -> [(&'static str, Self); 9] {
        [
            ("board of 150 environments", Self::Board(places())),
            ("history, first page", Self::History(|_| page())),
            (
                "history, a rare status",
                Self::History(|_| DeployFilter {
                    status: StatusFilter::Is("timed_out".to_owned()),
                    ..page()
                }),
            ),
            (
                "history, a person",
                Self::History(|_| DeployFilter {
                    requested_by: Some(bulk::RARE_PERSON.to_owned()),
                    ..page()
                }),
            ),
            (
                "history, a part of a name",
                Self::History(|_| DeployFilter { person: Some("RARE".to_owned()), ..page() }),
            ),
            (
                "history, what ended in an hour",
                Self::History(|_| DeployFilter {
                    ended_since: Some(after_first(36_000)),
                    ended_until: Some(after_first(39_600)),
                    ..page()
                }),
            ),
            (
                "history, an environment",
                Self::History(|_| DeployFilter { environment: Some("e1".to_owned()), ..page() }),
            ),
            ("history, under way", Self::History(|_| DeployFilter { status: StatusFilter::Live, ..page() })),
            (
                "history, a page nine tenths down",
                Self::History(|rows| DeployFilter { before: Some(deep(rows)), ..page() }),
            ),
        ]
    }

    async fn of(&self, store: &dyn Store, rows: u32) {
        match self {
            Self::Board(places) => drop(store.environment_summaries(places.clone()).await.unwrap()),
            Self::History(filter) => {
                let found = store.deploys(&filter(rows)).await.unwrap().len();
                assert_eq!(found, PAGE as usize, "as many at either size");
            }
        }
    }

    async fn took(&self, store: &dyn Store, rows: u32) -> f64 {
        let began = Instant::now();
        self.of(store, rows).await;
        milliseconds(began.elapsed())
    }
}

fn places() -> Vec<Place> {
    let all =
        (0..bulk::APPS).flat_map(|app| (0..bulk::ENVIRONMENTS).map(move |environment| (app, environment)));
    all.map(|(app, environment)| Place { app: format!("app-{app}"), environment: format!("e{environment}") })
        .collect()
}

fn page() -> DeployFilter {
    DeployFilter { limit: PAGE, ..DeployFilter::default() }
}

/// So many seconds after the first was requested.
fn after_first(seconds: i64) -> Timestamp {
    Timestamp::from_second(bulk::FIRST + seconds).unwrap()
}

fn deep(rows: u32) -> (Timestamp, DeployId) {
    let at = Timestamp::from_second(bulk::FIRST + i64::from(rows / 10) * 60).unwrap();
    (at, DeployId::new(uuid::Uuid::nil()))
}

async fn compare(database: &'static str, small: &dyn Store, large: &dyn Store) -> Vec<TableRow> {
    let mut rows = Vec::new();
    for (what, asked) in MeasuredRead::all() {
        let (mut at_small, mut at_large) = (Vec::new(), Vec::new());
        // The first ones fill caches.
        for time in 0..TIMES + 10 {
            let (small, large) = (asked.took(small, SMALL).await, asked.took(large, LARGE).await);
            if time >= 10 {
                at_small.push(small);
                at_large.push(large);
            }
        }
        let (small, large) = (percentile(&sort(at_small), 50), percentile(&sort(at_large), 50));
        rows.push(TableRow {
            what: format!("{what}: 1,000,000 deploys against 1,000, on {database}"),
            measured: format!("{:.2} ({large:.2} ms against {small:.2} ms)", large / small),
            target: "≤ 1.5",
        });
    }
    rows
}
