//! Freezes: declared, lifted, and found by what they would stop.

use app::domain::{Freeze, Frozen, Lifted, Scope, Timestamp, Visible, Window};

use crate::freeze_window;
use crate::{
    ImpossibleRow, Lift, StoreError,
    audit::NewEntry,
    database::tx::{Operation, Statement, Tx},
    ops::transition::append,
    row::Reader,
};

/// A freeze to declare, and the id of who does.
#[derive(Clone)]
pub(crate) struct Declare {
    pub(crate) freeze: Freeze,
    pub(crate) actor: String,
}

impl Operation for Declare {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let Self { freeze, actor } = self;
        let insert = Statement::new(
            "INSERT INTO freezes (id, app, environment, time, reason, declared_by, declared_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(freeze.id.to_string())
        .bind(freeze.scope.app.as_deref())
        .bind(freeze.scope.environment.as_deref())
        .bind(serde_json::json!(freeze.window).to_string())
        .bind(&freeze.reason)
        .bind(&freeze.declared_by)
        .bind(freeze.declared_at);
        tx.execute(insert).await?;
        append(tx, NewEntry::freeze_declared(freeze, actor)).await
    }
}

/// Ends it. Returns whether it existed and was not lifted before.
impl Operation for Lift {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let update = Statement::new(
            "UPDATE freezes SET lifted_by = $1, lifted_at = $2 WHERE id = $3 AND lifted_at IS NULL RETURNING app",
        )
        .bind(&self.by.name)
        .bind(self.at)
        .bind(self.id.to_string());
        let lifted: Option<(Option<String>,)> = tx.row(update).await?;
        let Some((app,)) = lifted else { return Ok(false) };
        append(tx, NewEntry::freeze_lifted(self, app)).await?;
        Ok(true)
    }
}

/// Those that are not lifted, and the newest of those that are; newest first.
pub(crate) struct Freezes {
    pub(crate) lifted: u32,
    pub(crate) visible: Visible,
}

impl Operation for Freezes {
    type Answer = Vec<Freeze>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<Freeze>, StoreError> {
        let mut freezes = not_lifted(tx, &self.visible).await?;
        freezes.reverse();
        let lifted = push_seen::<S>(select().push(" WHERE lifted_at IS NOT NULL"), &self.visible);
        let lifted = lifted.push(" ORDER BY lifted_at DESC LIMIT ");
        freezes.extend(read(tx, lifted.push_bind(i64::from(self.lifted))).await?);
        Ok(freezes)
    }
}

/// The freezes of an environment of an app, as this transaction sees them.
pub(crate) async fn in_force<S: Tx>(
    tx: &mut S,
    app: &str,
    environment: &str,
    at: Timestamp,
) -> Result<Option<Frozen>, StoreError> {
    Ok(freeze_window::frozen(&not_lifted(tx, &Visible::All).await?, app, environment, at))
}

/// Those that are not lifted, oldest first.
async fn not_lifted<S: Tx>(tx: &mut S, visible: &Visible) -> Result<Vec<Freeze>, StoreError> {
    let select = push_seen::<S>(select().push(" WHERE lifted_at IS NULL"), visible);
    read(tx, select.push(" ORDER BY declared_at, id")).await
}

/// Leaves out those of apps that are not seen. One of every app is seen by everybody.
fn push_seen<S: Tx>(select: Statement, visible: &Visible) -> Statement {
    match visible {
        Visible::All => select,
        Visible::Only(apps) => select.push(" AND (app IS NULL OR app ").push_in::<S>(apps.clone()).push(")"),
    }
}

fn select() -> Statement {
    Statement::new(
        "SELECT id, app, environment, time, reason, declared_by, declared_at, lifted_by, lifted_at FROM freezes",
    )
}

async fn read<S: Tx>(tx: &mut S, select: Statement) -> Result<Vec<Freeze>, StoreError> {
    let rows: Vec<FreezeRow> = tx.rows(select).await?;
    let freezes: Result<_, ImpossibleRow> = rows.into_iter().map(Freeze::try_from).collect();
    Ok(freezes?)
}

#[derive(sqlx::FromRow)]
struct FreezeRow {
    id: String,
    app: Option<String>,
    environment: Option<String>,
    time: String,
    reason: String,
    declared_by: String,
    declared_at: String,
    lifted_by: Option<String>,
    lifted_at: Option<String>,
}

impl TryFrom<FreezeRow> for Freeze {
    type Error = ImpossibleRow;

    fn try_from(row: FreezeRow) -> Result<Self, ImpossibleRow> {
        let reader = Reader { table: "freezes", id: &row.id };
        let lifted_at = row.lifted_at.as_deref().map(|text| reader.parse("lifted_at", text)).transpose()?;
        Ok(Self {
            id: reader.parse("id", &row.id)?,
            declared_at: reader.parse("declared_at", &row.declared_at)?,
            // A window of a newer build cannot be read here: the freeze holds until it is lifted.
            window: serde_json::from_str(&row.time).unwrap_or(Window::Unknown),
            scope: Scope { app: row.app, environment: row.environment },
            reason: row.reason,
            declared_by: row.declared_by,
            lifted: row.lifted_by.zip(lifted_at).map(|(by, at)| Lifted { by, at }),
        })
    }
}
