//! How the databases go about what the board and the history ask of them, over a table with rows: by an index that
//! begins with what is asked for, and never through all of them.

use app::domain::{Commit, DeployId, EndKind, Visible};
use sqlx::{AssertSqlSafe, Row};
use store::{
    CommitPair, DatabaseSystem, DeployFilter, EntryFilter, EntryOrder, Place, StatusFilter, explain,
};

use crate::support::{
    Database,
    bulk::{self, RARE_PERSON},
    database::{Raw, on_both},
    nobody, noon,
};

const ROWS: u32 = 30_000;
/// Rows that may be looked at in vain, where two things are asked for that no index has together.
const IN_VAIN: u32 = 2_000;

async fn filled(system: DatabaseSystem) -> (Database, Raw) {
    let database = Database::on(system).await;
    let mut raw = database.raw().await;
    raw.run(&bulk::fill(system, ROWS)).await.unwrap();
    (database, raw)
}

/// How a database goes about a statement: one line for each step. Postgres does it, and says how many rows it saw.
async fn plan(raw: &mut Raw, asked: &explain::ExplainedSql) -> Vec<String> {
    let explain::ExplainedSql { text, values } = asked;
    match raw {
        Raw::Sqlite(connection) => {
            let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let steps = sqlx::query(sql).fetch_all(connection).await.unwrap();
            steps.iter().map(|step| step.get("detail")).collect()
        }
        Raw::Postgres(_) => {
            raw.run(&format!("PREPARE asked AS {text}")).await.unwrap();
            let explain = "EXPLAIN (ANALYZE, TIMING OFF) EXECUTE asked";
            let plan = raw.read(&format!("{explain} ({})", values.join(", "))).await;
            raw.run("DEALLOCATE asked").await.unwrap();
            plan
        }
    }
}

/// Whether a step goes through the table, or sorts.
fn is_wasteful(step: &str) -> bool {
    let is_scan = step.contains("Seq Scan on console_deploys") || step.contains("SCAN console_deploys");
    // In the order of the page, from its place on; and those under way, who are few.
    let is_meant =
        ["newest", "one_live"].iter().any(|index| step.contains(&format!("INDEX console_deploys_{index}")));
    (is_scan && !is_meant) || step.contains("USE TEMP B-TREE")
}

/// How many rows Postgres looked at in vain, or sorted.
fn in_vain(steps: &[String]) -> u32 {
    let number = |text: &str| -> u32 {
        text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or_default()
    };
    let removed =
        steps.iter().filter_map(|step| step.split_once("Removed by Filter: ")).map(|(_, rows)| number(rows));
    let sorts = steps.iter().any(|step| step.contains("Sort Key"));
    let sorted = steps.iter().filter(|step| sorts && step.contains("Bitmap Heap Scan"));
    let sorted = sorted.filter_map(|step| step.split_once("actual rows=")).map(|(_, rows)| number(rows));
    removed.chain(sorted).sum()
}

/// The index by what is asked for: app, environment, person, and how it ended. Where a person is asked for among other
/// things, the rest is looked through.
const INDEXES: [(&str, &str); 16] = [
    ("", "newest"),
    ("a", "newest_of_app"),
    ("e", "newest_anywhere"),
    ("ae", "newest_of_environment"),
    ("p", "newest_of_person"),
    ("ap", "newest_of_app"),
    ("ep", "newest_of_person"),
    ("aep", "newest_of_environment"),
    ("s", "ended"),
    ("as", "ended_of_app"),
    ("es", "ended_anywhere"),
    ("aes", "ended_of_environment"),
    ("ps", "ended_of_person"),
    ("aps", "ended_of_app"),
    ("eps", "ended_of_person"),
    ("aeps", "ended_of_environment"),
];

/// What is asked for, by its letters, from the newest on or from some place on.
fn filters(letters: &str) -> [DeployFilter; 4] {
    let asked = |letter: char, text: &str| letters.contains(letter).then(|| text.to_owned());
    let status =
        if letters.contains('s') { StatusFilter::Is("timed_out".to_owned()) } else { StatusFilter::Any };
    let newest = DeployFilter {
        app: asked('a', "app-7"),
        environment: asked('e', "e1"),
        requested_by: asked('p', RARE_PERSON),
        status,
        limit: 26,
        ..DeployFilter::default()
    };
    let before: Option<(_, DeployId)> = Some((noon(), nobody()));
    let (since, until) = (Some(noon()), Some(noon() + jiff::SignedDuration::from_hours(1)));
    [
        newest.clone(),
        DeployFilter { before, ..newest.clone() },
        DeployFilter { since, until, ..newest.clone() },
        DeployFilter { since, until, before, ..newest },
    ]
}

async fn every_history_filter_has_an_index(system: DatabaseSystem) {
    let (_database, mut raw) = filled(system).await;
    for (letters, index) in INDEXES {
        for filter in filters(letters) {
            let steps = plan(&mut raw, &explain::deploys(&filter, system)).await;
            assert!(!steps.iter().any(|step| is_wasteful(step)), "{letters}: {steps:#?}");
            assert!(in_vain(&steps) <= IN_VAIN, "{letters}: {steps:#?}");
            let name = format!("INDEX console_deploys_{index} (");
            let is_led = system == DatabaseSystem::Postgres
                || steps.iter().any(|step| format!("{step} (").contains(&name));
            assert!(is_led, "{letters} not by {index}: {steps:#?}");
        }
    }
}

/// Each app that is seen is read by its own index, in the order of the page: nothing of the others is passed over, and
/// nothing is sorted.
async fn apps_that_are_seen_are_merged(system: DatabaseSystem) {
    let (_database, mut raw) = filled(system).await;
    let visible = Visible::Only(["app-7", "app-9", "none"].map(str::to_owned).to_vec());
    for (letters, index) in [
        ("", "newest_of_app"),
        ("e", "newest_of_environment"),
        ("s", "ended_of_app"),
        ("es", "ended_of_environment"),
    ] {
        for filter in filters(letters) {
            let asked = explain::deploys(&DeployFilter { visible: visible.clone(), ..filter }, system);
            let steps = plan(&mut raw, &asked).await;
            assert!(!steps.iter().any(|step| is_wasteful(step)), "{letters}: {steps:#?}");
            assert!(in_vain(&steps) <= 100, "{letters}: {steps:#?}");
            let name = format!("INDEX console_deploys_{index} (");
            let is_led = system == DatabaseSystem::Postgres
                || steps.iter().filter(|step| format!("{step} (").contains(&name)).count() == 3;
            assert!(is_led, "{letters} not by {index}: {steps:#?}");
        }
    }
}

/// People whose name has something in it are read by the index of each, in the order of the page.
async fn people_by_a_part_are_merged(system: DatabaseSystem) {
    let (_database, mut raw) = filled(system).await;
    let names = [RARE_PERSON, "person-3", "none"].map(str::to_owned);
    for (letters, index) in [("", "newest_of_person"), ("s", "ended_of_person"), ("a", "newest_of_app")] {
        for filter in filters(letters) {
            let filter = DeployFilter { person: Some("person".to_owned()), ..filter };
            let steps = plan(&mut raw, &explain::deploys_of(&names, &filter, system)).await;
            assert!(!steps.iter().any(|step| is_wasteful(step)), "{letters}: {steps:#?}");
            assert!(in_vain(&steps) <= IN_VAIN, "{letters}: {steps:#?}");
            let name = format!("INDEX console_deploys_{index} (");
            let is_led = system == DatabaseSystem::Postgres
                || steps.iter().any(|step| format!("{step} (").contains(&name));
            assert!(is_led, "{letters} not by {index}: {steps:#?}");
        }
    }
}

/// How deploys ended, and when, has an index: what is found by when is sorted, and no more than that is read.
async fn ends_are_found_by_their_index(system: DatabaseSystem) {
    let (_database, mut raw) = filled(system).await;
    let some = "UPDATE console_deploys SET end_kind = 'cancelled' WHERE status = 'failed' AND requested_at LIKE '%:30:20%'";
    raw.run(some).await.unwrap();
    let (since, until) = (bulk_time(60 * 600), bulk_time(60 * 900));
    let page = DeployFilter { limit: 26, ..DeployFilter::default() };
    let ended = DeployFilter { ended_since: Some(since), ended_until: Some(until), ..page.clone() };
    let of_place = |filter: &DeployFilter| DeployFilter {
        app: Some("app-7".to_owned()),
        environment: Some("e1".to_owned()),
        ..filter.clone()
    };
    let kind = DeployFilter { status: StatusFilter::EndedAs(EndKind::Cancelled), ..page };
    for (index, filter) in [
        ("ended_as", kind.clone()),
        ("ended_as", of_place(&kind)),
        ("ended_at", ended.clone()),
        ("ended_at", DeployFilter { status: StatusFilter::Is("failed".to_owned()), ..of_place(&ended) }),
    ] {
        let steps = plan(&mut raw, &explain::deploys(&filter, system)).await;
        assert!(in_vain(&steps) <= IN_VAIN, "{index}: {steps:#?}");
        assert!(
            !steps.iter().any(|step| step.contains("SCAN console_deploys") && !step.contains(index)),
            "{steps:#?}"
        );
        let is_led = system == DatabaseSystem::Postgres
            || steps.iter().any(|step| step.contains(&format!("INDEX console_deploys_{index} (")));
        assert!(is_led, "not by {index}: {steps:#?}");
    }
}

/// So many seconds after the first deploy.
fn bulk_time(seconds: i64) -> app::domain::Timestamp {
    app::domain::Timestamp::from_second(bulk::FIRST + seconds).unwrap()
}

/// Entries of the journal are found by an index where few of them are asked for; those of an app from the newest on.
async fn every_audit_filter_has_an_index(system: DatabaseSystem) {
    let (database, mut raw) = filled(system).await;
    let all = EntryFilter { order: EntryOrder::NewestBefore(i64::MAX), ..EntryFilter::page(50) };
    let some = |text: &str| Some(text.to_owned());
    let rare =
        "UPDATE audit_log SET action = 'console.freeze.lifted', actor = 'ben' WHERE sequence % 1000 = 1";
    database.tamper(&[rare, "ANALYZE"]).await;
    for (index, filter) in [
        ("audit_log_by_action", EntryFilter { action: some("console.freeze.lifted"), ..all.clone() }),
        ("audit_log_by_actor", EntryFilter { actor: some("ben"), ..all.clone() }),
        ("audit_log_of_deploy", EntryFilter { deploy_id: Some(nobody()), ..all.clone() }),
        ("", EntryFilter { app: some("app-7"), ..all.clone() }),
        ("", EntryFilter { visible: Visible::Only(vec!["app-7".to_owned()]), ..all.clone() }),
        ("", EntryFilter { environment: some("e1"), since: Some(noon()), ..all.clone() }),
    ] {
        let steps = plan(&mut raw, &explain::entries(&filter, system)).await;
        // Where no index has what is asked for, entries are looked through from the newest on: of so many apps, that
        // is this many for a page.
        let in_vain_at_most = if index.is_empty() { 2 * bulk::APPS * filter.limit } else { IN_VAIN };
        assert!(in_vain(&steps) <= in_vain_at_most, "{filter:?}: {steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("USE TEMP B-TREE")), "{filter:?}: {steps:#?}");
        let is_led = system == DatabaseSystem::Postgres || steps.iter().any(|step| step.contains(index));
        assert!(is_led, "{filter:?} not by {index}: {steps:#?}");
    }
}

/// What is under way is found among what is under way.
async fn live_deploys_are_found_by_their_index(system: DatabaseSystem) {
    let (_database, mut raw) = filled(system).await;
    for (letters, _) in INDEXES {
        for filter in filters(letters) {
            for status in [StatusFilter::Live, StatusFilter::Is("building".to_owned())] {
                let asked = explain::deploys(&DeployFilter { status, ..filter.clone() }, system);
                let steps = plan(&mut raw, &asked).await;
                assert!(steps.iter().any(|step| step.contains("console_deploys_one_live")), "{steps:#?}");
                assert!(in_vain(&steps) < 200, "{letters}: {steps:#?}");
            }
        }
    }
}

async fn board_reaches_environments_by_index(system: DatabaseSystem) {
    let (_database, mut raw) = filled(system).await;
    let (app, environment) = bulk::HOPELESS;
    let place = |app: &str| Place { app: app.to_owned(), environment: environment.to_owned() };
    let steps = plan(&mut raw, &explain::board(&[place(app), place("app-7")], system)).await;
    for index in ["one_live", "ended_of_environment", "newest_of_environment"] {
        let name = format!("console_deploys_{index}");
        assert!(steps.iter().any(|step| step.contains(&name)), "{index}: {steps:#?}");
    }
    let is_scan = |step: &&String| step.contains("Seq Scan on console_deploys") || step.contains("SCAN d");
    assert_eq!(steps.iter().find(is_scan), None, "{steps:#?}");
    assert!(in_vain(&steps) < 10, "{steps:#?}");
}

/// The board does not look through places where Postgres misjudges what is under way.
/// Where nothing that Postgres looked at is under way, and the shares of what ended add up to a hair more than one, it
/// takes a quarter of all deploys to be under way.
#[tokio::test]
async fn board_scans_nothing_when_postgres_misjudges() {
    let system = DatabaseSystem::Postgres;
    let (_database, mut raw) = filled(system).await;
    let thirds = "UPDATE console_deploys d SET finished_at = updated_at,
                    status = (ARRAY['succeeded', 'failed', 'timed_out'])[t.third]
                  FROM (SELECT id, ntile(3) OVER (ORDER BY id) AS third FROM console_deploys) t WHERE t.id = d.id;
                  ANALYZE";
    raw.run(thirds).await.unwrap();
    let places: Vec<_> =
        ["app-6", "app-7"].map(|app| Place { app: app.to_owned(), environment: "e1".to_owned() }).into();
    let steps = plan(&mut raw, &explain::board(&places, system)).await;
    assert!(in_vain(&steps) < 10, "{steps:#?}");
}

/// Commits and pairs of them are found by their keys, however many are known.
async fn commits_are_found_by_their_keys(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let mut raw = database.raw().await;
    let hex = |number: &str| match system {
        DatabaseSystem::Sqlite => format!("printf('%040x', {number})"),
        DatabaseSystem::Postgres => format!("lpad(to_hex({number}), 40, '0')"),
    };
    let numbers = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS})"
    );
    raw.run(&format!("{numbers} INSERT INTO commits (sha, subject) SELECT {}, 'so' FROM numbers", hex("n")))
        .await
        .unwrap();
    let pairs = format!(
        "{numbers} INSERT INTO commit_distances (base, head, ahead, behind) SELECT {}, {}, 1, 0 FROM numbers",
        hex("n"),
        hex("n + 1")
    );
    raw.run(&pairs).await.unwrap();
    if system == DatabaseSystem::Postgres {
        raw.run("ANALYZE").await.unwrap();
    }
    let commit = |number: u32| format!("{number:040x}").parse::<Commit>().unwrap();
    let commits: Vec<_> = (0..50).map(|number| commit(number * 1_000)).collect();
    let pair = |base: &Commit| CommitPair { base: base.clone(), head: commit(7) };
    let pairs: Vec<_> = commits.iter().map(pair).collect();
    for (table, asked) in [
        ("commits", explain::commit_details(&commits, system)),
        ("commit_distances", explain::commit_distances(&pairs)),
    ] {
        let steps = plan(&mut raw, &asked).await;
        let scans = [format!("Seq Scan on {table}"), format!("SCAN {table}"), "SCAN d".to_owned()];
        assert!(!steps.iter().any(|step| scans.iter().any(|scan| step.contains(scan))), "{steps:#?}");
        assert!(in_vain(&steps) < 10, "{steps:#?}");
    }
}

/// The databases answer as quickly as they plan: a place with thousands of failures and no success, and forty of many.
async fn rare_values_are_found(system: DatabaseSystem) {
    let (database, _raw) = filled(system).await;
    let (app, environment) = bulk::HOPELESS;
    let place = Place { app: app.to_owned(), environment: environment.to_owned() };
    let environment_summaries = database.store.environment_summaries(vec![place]).await.unwrap();
    assert!(environment_summaries[0].last_success.is_none() && environment_summaries[0].last_ended.is_some());
    for filter in [
        DeployFilter { status: StatusFilter::Is("timed_out".to_owned()), ..DeployFilter::default() },
        DeployFilter { requested_by: Some(RARE_PERSON.to_owned()), ..DeployFilter::default() },
    ] {
        let found = database.store.deploys(&DeployFilter { limit: 100, ..filter }).await.unwrap().len();
        assert!((30..=40).contains(&found), "{found}");
    }
}

on_both!(
    every_history_filter_has_an_index,
    apps_that_are_seen_are_merged,
    people_by_a_part_are_merged,
    ends_are_found_by_their_index,
    every_audit_filter_has_an_index,
    live_deploys_are_found_by_their_index,
    board_reaches_environments_by_index,
    commits_are_found_by_their_keys,
    rare_values_are_found,
);
