//! Statements on Postgres.

use futures::TryStreamExt;
use sqlx::{Arguments, AssertSqlSafe, PgConnection, postgres::PgArguments};

use crate::database::{
    tx::{FromAnyRow, JOURNAL_END, Statement, Tx},
    value::Value,
};

/// READ COMMITTED, Postgres' default, is enough: every decision is based on rows that are locked until the end. A
/// statement that waited for a lock sees what the transaction before it wrote.
impl Tx for PgConnection {
    const FOR_UPDATE: &'static str = " FOR UPDATE";
    /// A lock on a row is written like any change, and refused where changes are refused.
    const PROBE: &'static str =
        "SELECT version FROM _sqlx_migrations ORDER BY version DESC LIMIT 1 FOR UPDATE";
    const FOR_UPDATE_OF_ANY: &'static str = " FOR UPDATE SKIP LOCKED";
    const MILLISECONDS: [&'static str; 2] =
        ["CAST(extract(epoch FROM CAST(", " AS timestamptz)) * 1000 AS BIGINT)"];
    const IN: (&'static str, &'static str) = ("= ANY(", ")");

    /// Postgres plans each part alone: it takes the index in the order of the page only if the part asks for that.
    const PART: Option<(&'static str, &'static str)> = Some(("(", ")"));

    const CONTAINS: [&'static str; 3] = ["strpos(lower(", " COLLATE \"C\"), ", ") > 0"];

    /// An advisory lock, which is released at the end of the transaction, after its entries are visible. The entry is
    /// read in a statement of its own: a statement sees what was there when it began, and it may have to wait for the
    /// lock.
    async fn journal_end(&mut self) -> Result<Option<(i64, String)>, sqlx::Error> {
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(JOURNAL_LOCK).execute(&mut *self).await?;
        self.row(Statement::new(JOURNAL_END)).await
    }

    fn appended(&mut self, _sequence: i64, _hash: &str) {}

    async fn execute(&mut self, statement: Statement) -> Result<u64, sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        // The text is composed only of pieces of this source.
        let query = sqlx::query_with(AssertSqlSafe(text), arguments(values)?);
        Ok(query.execute(self).await?.rows_affected())
    }

    async fn rows<R: FromAnyRow>(&mut self, statement: Statement) -> Result<Vec<R>, sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        sqlx::query_as_with(AssertSqlSafe(text), arguments(values)?).fetch_all(self).await
    }

    async fn each<R: FromAnyRow>(
        &mut self,
        statement: Statement,
        mut visit: impl FnMut(R) + Send,
    ) -> Result<(), sqlx::Error> {
        let (text, values) = statement.into_parts()?;
        let mut rows = sqlx::query_as_with(AssertSqlSafe(text), arguments(values)?).fetch(self);
        while let Some(row) = rows.try_next().await? {
            visit(row);
        }
        Ok(())
    }
}

/// The number of the journal's lock, among the advisory locks of this database: `journal` in ASCII.
const JOURNAL_LOCK: i64 = i64::from_be_bytes(*b"\0journal");

fn arguments(values: Vec<Value>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(text),
            Value::Number(number) => arguments.add(number),
            Value::Truth(truth) => arguments.add(truth),
            Value::Texts(texts) => arguments.add(texts),
            Value::Numbers(numbers) => arguments.add(numbers),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
