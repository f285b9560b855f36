//! A transaction on either database: the SQL that both understand, and every difference between them.
//!
//! Everything above this is written once. sqlx offers no connection that is generic without a page of bounds
//! on every function, so a [`Statement`] carries its text and its values, and each database binds them.

use std::{borrow::Cow, fmt::Write as _, panic::Location};

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};

use super::value::Value;
use crate::StoreError;

/// A transaction that is under way.
pub(crate) trait Tx: Send {
    /// Ends a SELECT of a row that this transaction will change, so that no other changes it in between.
    const FOR_UPDATE: &'static str;

    /// Ends a SELECT of a row that no other transaction has locked. Locked rows are skipped.
    const FOR_UPDATE_OF_ANY: &'static str = "";

    /// A statement that has to be written to disk, and changes nothing that is read anywhere.
    const PROBE: &'static str;

    /// What to put before and after a list, to say that a column holds one of its values.
    const IN: (&'static str, &'static str);

    /// What to put before and after a part of a UNION ALL that is ordered and limited by itself; none, where the parts of
    /// an ordered UNION ALL are merged anyhow, and may have no order of their own.
    const PART: Option<(&'static str, &'static str)>;

    /// What to put before and after a time, to make it a whole number of milliseconds.
    const MILLISECONDS: [&'static str; 2];

    /// What to put before a text, between the two and after a shorter one in small letters, to say that the text has
    /// the shorter one in it, small and capital letters of ASCII being the same. Nothing in either is a wildcard.
    const CONTAINS: [&'static str; 3];

    /// What to put after a table whose rows should be found by this index. Postgres keeps statistics of its tables, and
    /// needs no hint.
    #[must_use]
    fn index_hint(_index: &'static str) -> [&'static str; 2] {
        ["", ""]
    }

    /// Locks the end of the journal until the transaction ends, and returns its last entry: number and hash.
    fn journal_end(&mut self) -> impl Future<Output = Result<Option<(i64, String)>, sqlx::Error>> + Send;

    /// Remembers the entry that is now the last.
    fn appended(&mut self, sequence: i64, hash: &str);

    /// Runs a statement. Returns how many rows it wrote.
    fn execute(&mut self, statement: Statement) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Reads rows.
    fn rows<R: FromAnyRow>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<R>, sqlx::Error>> + Send;

    /// Reads rows one after the other and keeps none, where all of them together may need too much memory.
    fn each<R: FromAnyRow>(
        &mut self,
        statement: Statement,
        visit: impl FnMut(R) + Send,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Reads the first row, if there is one.
    fn row<R: FromAnyRow>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Option<R>, sqlx::Error>> + Send {
        async { Ok(self.rows(statement).await?.into_iter().next()) }
    }
}

/// Reads the last entry of the journal.
pub(crate) const JOURNAL_END: &str = "SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1";

/// What one transaction does, on either database. It may be run again after a rollback.
pub(crate) trait Operation: Send + Sync {
    /// Its result.
    type Answer: Send + 'static;

    /// Whether it writes what is shown anywhere. What does not is not signalled, so that nothing is read again for it.
    const IS_SHOWN: bool = true;

    /// Runs it. The transaction is committed if this succeeds, and rolled back if not.
    fn perform<S: Tx>(&self, tx: &mut S) -> impl Future<Output = Result<Self::Answer, StoreError>> + Send;
}

/// A type that can be read from a row of either database.
pub(crate) trait FromAnyRow:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<R> FromAnyRow for R where R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// SQL and the values of its placeholders. The text is composed only of pieces of this source.
#[derive(Debug)]
pub(crate) struct Statement {
    text: Cow<'static, str>,
    values: Vec<Value>,
    /// Where in this source it begins.
    site: &'static Location<'static>,
}

/// A statement as it is sent to a database.
#[derive(Clone, Debug)]
pub struct ExplainedSql {
    /// The SQL, with placeholders `$1`, `$2`, …
    pub text: String,
    /// Their values, as SQL has them.
    pub values: Vec<String>,
}

impl Statement {
    #[track_caller]
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), values: Vec::new(), site: Location::caller() }
    }

    /// As it is sent to a database, for tests of query plans.
    pub(crate) fn explain_sql(&self) -> ExplainedSql {
        ExplainedSql { text: self.text.to_string(), values: self.values.iter().map(Value::literal).collect() }
    }

    /// The value of the next placeholder: `$1`, `$2`, …
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Says by which index the rows of the table before it should be found.
    pub(crate) fn push_index_hint<S: Tx>(self, index: &'static str) -> Self {
        let [words, name] = S::index_hint(index);
        self.push(words).push(name)
    }

    /// More text.
    pub(crate) fn push(mut self, text: &'static str) -> Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// A new placeholder, and its value.
    pub(crate) fn push_bind(mut self, value: impl Into<Value>) -> Self {
        let number = self.values.len() + 1;
        // Writing to a string cannot fail.
        let _ = write!(self.text.to_mut(), "${number}");
        self.bind(value)
    }

    /// Says that a column has this text in it: see [`Tx::CONTAINS`].
    pub(crate) fn push_contains<S: Tx>(self, column: &'static str, part: &str) -> Self {
        let [before, between, after] = S::CONTAINS;
        self.push(before).push(column).push(between).push_bind(part.to_ascii_lowercase().as_str()).push(after)
    }

    /// Says that the column before it holds one of these values.
    pub(crate) fn push_in<S: Tx>(self, values: Vec<String>) -> Self {
        let (before, after) = S::IN;
        self.push(before).push_bind(Value::Texts(values)).push(after)
    }

    /// Says that the column of numbers before it holds one of these.
    pub(crate) fn push_in_numbers<S: Tx>(self, values: Vec<i64>) -> Self {
        let (before, after) = S::IN;
        self.push(before).push_bind(Value::Numbers(values)).push(after)
    }

    /// The text and the values, for the driver. Every statement of an operation passes here, and records that: a test
    /// compares these records with the statements in this source.
    ///
    /// # Errors
    /// If a text holds U+0000, which SQLite would store and Postgres cannot: neither is asked to. Texts of people are
    /// checked where they are received; this catches what was forgotten there.
    pub(crate) fn into_parts(self) -> Result<(String, Vec<Value>), sqlx::Error> {
        if self.values.iter().any(Value::holds_nul) {
            return Err(sqlx::Error::Encode("a text with U+0000 cannot be stored".into()));
        }
        tracing::trace!(site = %self.site, text = ?self.text, "a statement is sent");
        Ok((self.text.into_owned(), self.values))
    }
}
