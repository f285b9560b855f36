//! Tokens of programs.

use app::domain::{Grant, Timestamp};

use super::{list, time, to_json};
use crate::{
    Actor, ImpossibleRow, NewToken, StoreError, StoredToken,
    audit::NewEntry,
    database::tx::{Operation, Statement, Tx},
    ops::transition::append,
    row::Reader,
};

const COLUMNS: &str = "SELECT name, hash, role, apps, environments, created_by, created_at, expires_at, last_used_at, revoked_at
     FROM console_tokens";

/// Makes it. Returns whether its name was free.
impl Operation for NewToken {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        // Of two with one name at once, the index takes one: there is no moment between a look and the write.
        let insert = Statement::new(
            "INSERT INTO console_tokens (name, hash, role, apps, environments, created_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING",
        )
        .bind(&self.name)
        .bind(&self.hash)
        .bind(self.grant.role.as_str())
        .bind(self.grant.apps.as_deref().map(to_json).as_deref())
        .bind(self.grant.environments.as_deref().map(to_json).as_deref())
        .bind(&self.created_by.name)
        .bind(self.at)
        .bind(self.expires_at);
        if tx.execute(insert).await? == 0 {
            return Ok(false);
        }
        append(tx, NewEntry::token_created(self)).await?;
        Ok(true)
    }
}

/// The token with this hash, good or not.
pub(crate) struct OneToken(pub(crate) String);

impl Operation for OneToken {
    type Answer = Option<StoredToken>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<StoredToken>, StoreError> {
        let select = Statement::new(COLUMNS).push(" WHERE hash = ").push_bind(&self.0);
        let row: Option<TokenRow> = tx.row(select).await?;
        Ok(row.map(StoredToken::try_from).transpose()?)
    }
}

/// All of them, newest first.
pub(crate) struct Tokens;

impl Operation for Tokens {
    type Answer = Vec<StoredToken>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<StoredToken>, StoreError> {
        let select = Statement::new(COLUMNS).push(" ORDER BY created_at DESC, hash");
        let rows: Vec<TokenRow> = tx.rows(select).await?;
        let tokens: Result<_, ImpossibleRow> = rows.into_iter().map(StoredToken::try_from).collect();
        Ok(tokens?)
    }
}

/// Records that a token was used in an hour.
#[derive(Clone)]
pub(crate) struct UseToken {
    pub(crate) hash: String,
    pub(crate) hour: Timestamp,
}

impl Operation for UseToken {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let update = Statement::new(
            "UPDATE console_tokens SET last_used_at = $1
             WHERE hash = $2 AND revoked_at IS NULL AND (last_used_at IS NULL OR last_used_at < $1)",
        )
        .bind(self.hour)
        .bind(&self.hash);
        tx.execute(update).await?;
        Ok(())
    }
}

/// Takes a token back. Returns whether there was one of this name that was not revoked before.
#[derive(Clone)]
pub(crate) struct RevokeToken {
    pub(crate) name: String,
    pub(crate) by: Actor,
    pub(crate) at: Timestamp,
}

impl Operation for RevokeToken {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let update = Statement::new(
            "UPDATE console_tokens SET revoked_at = $1 WHERE name = $2 AND revoked_at IS NULL",
        )
        .bind(self.at)
        .bind(&self.name);
        if tx.execute(update).await? == 0 {
            return Ok(false);
        }
        append(tx, NewEntry::token_revoked(&self.name, &self.by, self.at)).await?;
        Ok(true)
    }
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    name: String,
    hash: String,
    role: String,
    apps: Option<String>,
    environments: Option<String>,
    created_by: String,
    created_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

impl TryFrom<TokenRow> for StoredToken {
    type Error = ImpossibleRow;

    fn try_from(row: TokenRow) -> Result<Self, ImpossibleRow> {
        let reader = Reader { table: "console_tokens", id: &row.name };
        let names = |column, stored: Option<&str>| stored.map(|text| list(&reader, column, text)).transpose();
        Ok(Self {
            grant: Grant {
                role: reader.parse("role", &row.role)?,
                apps: names("apps", row.apps.as_deref())?,
                environments: names("environments", row.environments.as_deref())?,
            },
            created_at: reader.parse("created_at", &row.created_at)?,
            expires_at: time(&reader, "expires_at", row.expires_at.as_deref())?,
            last_used_at: time(&reader, "last_used_at", row.last_used_at.as_deref())?,
            revoked_at: time(&reader, "revoked_at", row.revoked_at.as_deref())?,
            created_by: row.created_by,
            name: row.name,
            hash: row.hash,
        })
    }
}
