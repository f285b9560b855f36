//! Statements on SQLite.

use sqlx::{Arguments, AssertSqlSafe, SqliteConnection, sqlite::SqliteArguments};

use crate::store::session::{Readable, Session, Statement, Value};

/// A write began with IMMEDIATE: every row, and the journal with them, is ours alone until it ends.
impl Session for SqliteConnection {
    const FOR_UPDATE: &'static str = "";
    /// SQLite knows no lists; JSON is the nearest.
    const AMONG: (&'static str, &'static str) = ("IN (SELECT value FROM json_each(", "))");

    async fn lock_journal(&mut self) -> Result<(), sqlx::Error> {
        Ok(())
    }

    async fn execute(&mut self, statement: Statement) -> Result<u64, sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        // The text was put together from pieces of this source alone.
        let query = sqlx::query_with(AssertSqlSafe(text), arguments(values)?);
        Ok(query.execute(self).await?.rows_affected())
    }

    async fn rows<R: Readable>(&mut self, statement: Statement) -> Result<Vec<R>, sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        sqlx::query_as_with(AssertSqlSafe(text), arguments(values)?).fetch_all(self).await
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
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
