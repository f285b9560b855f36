//! Every statement of the store, sent to each database once: a name that is misspelt in one that is rarely sent fails here.
//!
//! That it is every one is not left to care: the store says of each statement what is sent, and where in the source it
//! begins, and that is compared with the source.

mod operations;
mod source;

use std::collections::BTreeSet;

use regex::Regex;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};
use store::{Announce, Channels, DatabaseSystem};

use self::source::Source;
use crate::support::{Database, database::Raw, log::Log};

/// What was sent.
struct Sent {
    /// Where each statement begins, as `file:line`.
    sites: BTreeSet<String>,
    /// Their texts, with single blanks.
    texts: Vec<String>,
}

impl Sent {
    fn of(log: &Log) -> Self {
        let line = Regex::new(r#"a statement is sent site=(\S+):\d+ text=("(?:[^"\\]|\\.)*")"#).unwrap();
        let log = log.text();
        let (mut sites, mut texts) = (BTreeSet::new(), BTreeSet::new());
        for sent in line.captures_iter(&log) {
            sites.insert(sent[1].to_owned());
            texts.insert(source::single_blanks(&serde_json::from_str::<String>(&sent[2]).unwrap()));
        }
        Self { sites, texts: texts.into_iter().collect() }
    }

    fn has(&self, part: &str) -> bool {
        self.texts.iter().any(|text| text.contains(part))
    }
}

/// Whether a database takes it for a statement, of things that are there. What only runs when a connection is lost, or at
/// a migration, is not sent here.
async fn can_be_prepared(raw: &mut Raw, statement: &str) -> bool {
    let sql = AssertSqlSafe(statement.to_owned()).into_sql_str();
    match raw {
        Raw::Sqlite(connection) => connection.prepare(sql).await.is_ok(),
        Raw::Postgres(connection) => connection.prepare(sql).await.is_ok(),
    }
}

/// Everything that the store sends is heard on this thread, so the test runs on one.
async fn every_statement_is_prepared(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let (log, _listens) = Log::begin();
    let announce = Announce::to(Channels { slack: true, webhook: true });
    let store = database.announcing(&announce).await;
    operations::run(&database, &*store).await;

    let (sent, source) = (Sent::of(&log), Source::of(system));
    let unsent: Vec<_> = source.sites.difference(&sent.sites).collect();
    assert!(unsent.is_empty(), "these statements were not sent: {unsent:#?}");
    let mut raw = database.raw().await;
    for (place, part) in &source.parts {
        let is_prepared = sent.has(part) || can_be_prepared(&mut raw, part).await;
        assert!(is_prepared, "{place}: {part:?} is in no statement that was sent, and is none by itself");
    }
}

mod on_sqlite {
    #[tokio::test]
    async fn every_statement_is_prepared() {
        super::every_statement_is_prepared(store::DatabaseSystem::Sqlite).await;
    }
}

mod on_postgres {
    #[tokio::test]
    async fn every_statement_is_prepared() {
        super::every_statement_is_prepared(store::DatabaseSystem::Postgres).await;
    }
}
