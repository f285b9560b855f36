//! Statements on SQLite.

use futures::TryStreamExt;
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection, sqlite::SqliteArguments};

use crate::database::{
    tx::{FromAnyRow, JOURNAL_END, Statement, Tx},
    value::Value,
};

/// A transaction on a connection.
pub(crate) struct SqliteTx<'c> {
    connection: &'c mut SqliteConnection,
    /// The last entry of the journal, once this transaction has appended: nobody else can meanwhile.
    journal_end: Option<(i64, String)>,
}

impl<'c> SqliteTx<'c> {
    /// Within the transaction that this connection has begun.
    pub(super) fn of(connection: &'c mut SqliteConnection) -> Self {
        Self { connection, journal_end: None }
    }
}

/// A write began with IMMEDIATE: every row, and the journal with them, is ours alone until it ends.
impl Tx for SqliteTx<'_> {
    const FOR_UPDATE: &'static str = "";
    /// A number of the file's head that is nothing to SQLite and nothing to us. It is written though it stays the same.
    const PROBE: &'static str = "PRAGMA user_version = 0";
    /// SQLite knows no lists; JSON is the nearest.
    const IN: (&'static str, &'static str) = ("IN (SELECT value FROM json_each(", "))");

    const MILLISECONDS: [&'static str; 2] = ["CAST(round(unixepoch(", ", 'subsec') * 1000) AS INTEGER)"];

    /// Nobody asks SQLite to look at its tables: it would guess.
    fn index_hint(index: &'static str) -> [&'static str; 2] {
        [" INDEXED BY ", index]
    }

    async fn journal_end(&mut self) -> Result<Option<(i64, String)>, sqlx::Error> {
        match self.journal_end.take() {
            Some(end) => Ok(Some(end)),
            None => self.row(Statement::new(JOURNAL_END)).await,
        }
    }

    fn appended(&mut self, sequence: i64, hash: &str) {
        self.journal_end = Some((sequence, hash.to_owned()));
    }

    async fn execute(&mut self, statement: Statement) -> Result<u64, sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        // The text was put together from pieces of this source alone.
        let query = sqlx::query_with(AssertSqlSafe(text), arguments(values)?);
        Ok(query.execute(&mut *self.connection).await?.rows_affected())
    }

    async fn rows<R: FromAnyRow>(&mut self, statement: Statement) -> Result<Vec<R>, sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        sqlx::query_as_with(AssertSqlSafe(text), arguments(values)?).fetch_all(&mut *self.connection).await
    }

    async fn each<R: FromAnyRow>(
        &mut self,
        statement: Statement,
        mut visit: impl FnMut(R) + Send,
    ) -> Result<(), sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        let mut rows =
            sqlx::query_as_with(AssertSqlSafe(text), arguments(values)?).fetch(&mut *self.connection);
        while let Some(row) = rows.try_next().await? {
            visit(row);
        }
        Ok(())
    }
}

fn arguments(values: Vec<Value>) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(text),
            Value::Number(number) => arguments.add(number),
            Value::Truth(truth) => arguments.add(truth),
            Value::Texts(texts) => arguments.add(serde_json::json!(texts).to_string()),
            Value::Numbers(numbers) => arguments.add(serde_json::json!(numbers).to_string()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
