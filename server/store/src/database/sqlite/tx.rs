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
    /// The last entry of the journal, once this transaction has appended: no other transaction can append meanwhile.
    journal_end: Option<(i64, String)>,
}

impl<'c> SqliteTx<'c> {
    /// Within the transaction that this connection has begun.
    pub(super) fn of(connection: &'c mut SqliteConnection) -> Self {
        Self { connection, journal_end: None }
    }
}

/// A write began with IMMEDIATE: all rows and the journal are locked by it until it ends.
impl Tx for SqliteTx<'_> {
    const FOR_UPDATE: &'static str = "";
    /// A number in the file's header that neither SQLite nor we use. It is written although its value stays the same.
    const PROBE: &'static str = "PRAGMA user_version = 0";
    /// SQLite has no arrays; JSON is the nearest.
    const IN: (&'static str, &'static str) = ("IN (SELECT value FROM json_each(", "))");

    const PART: Option<(&'static str, &'static str)> = None;

    const MILLISECONDS: [&'static str; 2] = ["CAST(round(unixepoch(", ", 'subsec') * 1000) AS INTEGER)"];

    /// SQLite's own `lower` knows no other letters than those of ASCII.
    const CONTAINS: [&'static str; 3] = ["instr(lower(", "), ", ") > 0"];

    /// SQLite has no statistics here, since ANALYZE is never run: without the hint it would guess.
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
        // The text is composed only of pieces of this source.
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
