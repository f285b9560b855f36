//! A transaction on some database: the SQL that both understand, and in full view what differs.
//!
//! Everything above this is written once. sqlx offers no connection that is generic without a page of bounds
//! on every function, so a [`Statement`] carries its text and its values, and each database binds them.

use std::{borrow::Cow, fmt::Write as _, panic::Location};

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};

use super::value::Value;
use crate::StoreError;

/// A transaction that is under way.
pub(crate) trait Tx: Send {
    /// Ends a SELECT of a row that this transaction goes on to change, so that nobody changes it in between.
    const FOR_UPDATE: &'static str;

    /// Ends a SELECT of whichever row nobody else is about to change. Those of others are passed over.
    const FOR_UPDATE_OF_ANY: &'static str = "";

    /// A statement that has to be written to disk, and changes nothing that anyone reads.
    const PROBE: &'static str;

    /// What stands before and after a list, to say that a column holds one of its values.
    const IN: (&'static str, &'static str);

    /// What stands before and after a time, to make it a whole number of milliseconds.
    const MILLISECONDS: [&'static str; 2];

    /// What stands behind a table whose rows are to be found by this index. Postgres looks at its tables now and then,
    /// and knows better.
    #[must_use]
    fn index_hint(_index: &'static str) -> [&'static str; 2] {
        ["", ""]
    }

    /// Makes the end of the journal ours until the transaction ends, and gives its last entry: number and hash.
    fn journal_end(&mut self) -> impl Future<Output = Result<Option<(i64, String)>, sqlx::Error>> + Send;

    /// Hears of the entry that is the last from now on.
    fn appended(&mut self, sequence: i64, hash: &str);

    /// Runs a statement. Answers how many rows it wrote.
    fn execute(&mut self, statement: Statement) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Reads rows.
    fn rows<R: FromAnyRow>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<R>, sqlx::Error>> + Send;

    /// Reads rows one after the other and keeps none: for what together may be more than memory should hold.
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

/// What one transaction does, whatever database it runs on. It may be run anew after it was rolled back.
pub(crate) trait Operation: Send + Sync {
    /// What it answers.
    type Answer: Send + 'static;

    /// Does it. The transaction is committed if this succeeds, and rolled back if not.
    fn perform<S: Tx>(&self, tx: &mut S) -> impl Future<Output = Result<Self::Answer, StoreError>> + Send;
}

/// A type that can be read from a row of either database.
pub(crate) trait FromAnyRow:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<R> FromAnyRow for R where R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// SQL and the values of its placeholders. The text is put together from pieces of this source alone.
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

    /// As it is sent to a database, for whoever wants to know how that would go about it.
    pub(crate) fn explain_sql(&self) -> ExplainedSql {
        ExplainedSql { text: self.text.to_string(), values: self.values.iter().map(Value::literal).collect() }
    }

    /// The value of the next placeholder: `$1`, `$2`, …
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Says by which index the rows of the table before it are to be found.
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

    /// The text, and the values, on their way to a database. Every statement of an operation passes here, and says so: a
    /// test compares what it hears with what there is in this source.
    ///
    /// # Errors
    /// If a text holds U+0000, which SQLite would keep and Postgres cannot: neither is asked to. People's
    /// texts are checked where they come in; this is for what is forgotten there.
    pub(crate) fn into_parts(self) -> Result<(String, Vec<Value>), sqlx::Error> {
        if self.values.iter().any(Value::holds_nul) {
            return Err(sqlx::Error::Encode("a text with U+0000 cannot be stored".into()));
        }
        tracing::trace!(site = %self.site, text = ?self.text, "a statement is sent");
        Ok((self.text.into_owned(), self.values))
    }
}
