//! What can go wrong with a database.

/// A database error, by what can be done about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, full, read-only or away: nothing was changed, and trying again later can help.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A row that this product cannot have written.
    #[error(transparent)]
    ImpossibleRow(#[from] ImpossibleRow),
    /// Anything else: a mistake of ours.
    #[error("the database refused")]
    Other(#[source] sqlx::Error),
}

/// A row whose columns contradict each other or cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{table} row {id}: {what}")]
pub struct ImpossibleRow {
    /// The table.
    pub table: &'static str,
    /// The key of the row.
    pub id: String,
    /// What is wrong with it.
    pub what: String,
}

/// Primary result codes of SQLite: <https://www.sqlite.org/rescode.html>.
mod sqlite_code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const IOERR: u32 = 10;
    pub(super) const FULL: u32 = 13;
    pub(super) const CANTOPEN: u32 = 14;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let away = match &error {
            sqlx::Error::Database(database) => is_unavailable(database.code().as_deref()),
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            _ => false,
        };
        if away { Self::Unavailable(error) } else { Self::Other(error) }
    }
}

fn is_unavailable(code: Option<&str>) -> bool {
    use sqlite_code::{BUSY, CANTOPEN, FULL, IOERR, LOCKED, READONLY};
    // The upper bits of an extended code refine the primary one.
    let primary = code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
    primary.is_some_and(|code| [BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN].contains(&code))
}
