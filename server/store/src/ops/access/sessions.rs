//! Sessions. A row is written at sign-in, and at most once a minute after that; ending one is a write that every
//! instance reads.

use std::collections::BTreeSet;

use app::domain::Timestamp;

use super::{list, time, to_json};
use crate::{
    Actor, EndSessions, Identity, ImpossibleRow, NewSession, StoreError, StoredSession,
    audit::NewEntry,
    database::tx::{Operation, Statement, Tx},
    ops::transition::append,
    row::Reader,
};

const COLUMNS: &str =
    "SELECT hash, person_id, person_name, person_groups, created_at, last_seen_at, expires_at, ended_at
     FROM console_sessions";

impl Operation for NewSession {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let Identity { id, name, groups } = &self.identity;
        let insert = Statement::new(
            "INSERT INTO console_sessions
               (hash, person_id, person_name, person_groups, created_at, last_seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $5, $6)",
        )
        .bind(&self.hash)
        .bind(id)
        .bind(name)
        .bind(to_json(groups))
        .bind(self.at)
        .bind(self.expires_at);
        tx.execute(insert).await?;
        Ok(())
    }
}

/// The session with this hash, live or not.
pub(crate) struct OneSession(pub(crate) String);

impl Operation for OneSession {
    type Answer = Option<StoredSession>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<StoredSession>, StoreError> {
        let select = Statement::new(COLUMNS).push(" WHERE hash = ").push_bind(&self.0);
        let row: Option<SessionRow> = tx.row(select).await?;
        Ok(row.map(StoredSession::try_from).transpose()?)
    }
}

/// Records that a session is used. One that has ended stays as it was.
#[derive(Clone)]
pub(crate) struct SeeSession {
    pub(crate) hash: String,
    pub(crate) at: Timestamp,
}

impl Operation for SeeSession {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let update = Statement::new(
            "UPDATE console_sessions SET last_seen_at = $1
             WHERE hash = $2 AND ended_at IS NULL AND expires_at > $1 AND last_seen_at < $1",
        )
        .bind(self.at)
        .bind(&self.hash);
        tx.execute(update).await?;
        Ok(())
    }
}

/// Those that can still be used, newest first.
pub(crate) struct Sessions {
    pub(crate) at: Timestamp,
    pub(crate) limit: u32,
}

impl Operation for Sessions {
    type Answer = Vec<StoredSession>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<StoredSession>, StoreError> {
        let select = Statement::new(COLUMNS).push(" WHERE ended_at IS NULL AND expires_at > ");
        let select = select.push_bind(self.at).push(" ORDER BY created_at DESC, hash LIMIT ");
        let rows: Vec<SessionRow> = tx.rows(select.push_bind(i64::from(self.limit))).await?;
        let sessions: Result<_, ImpossibleRow> = rows.into_iter().map(StoredSession::try_from).collect();
        Ok(sessions?)
    }
}

/// Ends sessions. Where somebody ends those of another, or an operator does, the journal says so; a sign-out of one's own
/// is in no journal.
#[derive(Clone)]
pub(crate) struct End {
    pub(crate) whose: EndSessions,
    pub(crate) by: Option<Actor>,
    pub(crate) at: Timestamp,
}

/// Those that were ended.
pub(crate) struct EndedSessions {
    /// The ids of whose they were.
    pub(crate) people: BTreeSet<String>,
    /// What people call the first of them.
    pub(crate) name: String,
    pub(crate) count: u32,
}

impl Operation for End {
    type Answer = u32;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<u32, StoreError> {
        let select =
            Statement::new("SELECT hash, person_id, person_name FROM console_sessions WHERE expires_at > ")
                .push_bind(self.at)
                .push(" AND ended_at IS NULL AND ");
        let select = match &self.whose {
            EndSessions::This(hash) => select.push("hash = ").push_bind(hash),
            EndSessions::Of(person) => select
                .push("(person_name = ")
                .push_bind(person)
                .push(" OR person_id = ")
                .push_bind(person)
                .push(")"),
        };
        // In one order, so that two that end the same sessions do not wait for each other.
        let live: Vec<(String, String, String)> =
            tx.rows(select.push(" ORDER BY hash").push(S::FOR_UPDATE)).await?;
        let Some((_, _, name)) = live.first().cloned() else { return Ok(0) };
        let people = live.iter().map(|(_, id, _)| id.clone()).collect();
        let hashes: Vec<String> = live.into_iter().map(|(hash, ..)| hash).collect();
        let count = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        let update = Statement::new("UPDATE console_sessions SET ended_at = ").push_bind(self.at);
        tx.execute(update.push(" WHERE hash ").push_in::<S>(hashes)).await?;
        if let Some(by) = &self.by {
            let ended = EndedSessions { people, name, count };
            append(tx, NewEntry::sessions_ended(&ended, by, self.at)).await?;
        }
        Ok(count)
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    hash: String,
    person_id: String,
    person_name: String,
    person_groups: String,
    created_at: String,
    last_seen_at: String,
    expires_at: String,
    ended_at: Option<String>,
}

impl TryFrom<SessionRow> for StoredSession {
    type Error = ImpossibleRow;

    fn try_from(row: SessionRow) -> Result<Self, ImpossibleRow> {
        // An error does not name the hash, which finds the session.
        let reader = Reader { table: "console_sessions", id: &row.person_id };
        Ok(Self {
            created_at: reader.parse("created_at", &row.created_at)?,
            last_seen_at: reader.parse("last_seen_at", &row.last_seen_at)?,
            expires_at: reader.parse("expires_at", &row.expires_at)?,
            ended_at: time(&reader, "ended_at", row.ended_at.as_deref())?,
            identity: Identity {
                groups: list(&reader, "person_groups", &row.person_groups)?,
                id: row.person_id,
                name: row.person_name,
            },
            hash: row.hash,
        })
    }
}
