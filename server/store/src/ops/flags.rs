//! Flags: their promotions, by environment.

use crate::{
    Actor, Promotion, StoreError,
    audit::NewEntry,
    database::tx::{Operation, Statement, Tx},
    ops::transition::append,
    row::Reader,
};

/// Records it. Returns whether that changed anything.
impl Operation for Promotion {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let select =
            Statement::new("SELECT is_on FROM console_flag_promotions WHERE flag = $1 AND environment = $2")
                .bind(self.flag.as_str())
                .bind(&self.environment)
                .push(S::FOR_UPDATE);
        let previous: Option<(bool,)> = tx.row(select).await?;
        let previous = previous.map(|(is_on,)| is_on);
        if previous == Some(self.is_on) {
            return Ok(false);
        }
        let upsert = Statement::new(
            "INSERT INTO console_flag_promotions (flag, environment, is_on, promoted_by, promoted_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (flag, environment) DO UPDATE
             SET is_on = excluded.is_on, promoted_by = excluded.promoted_by, promoted_at = excluded.promoted_at",
        )
        .bind(self.flag.as_str())
        .bind(&self.environment)
        .bind(self.is_on)
        .bind(&self.by.name)
        .bind(self.at);
        tx.execute(upsert).await?;
        append(tx, NewEntry::promoted(self, previous)).await?;
        Ok(true)
    }
}

/// Every promotion that this build understands. A flag that only another build knows is left out.
pub(crate) struct Promotions;

#[derive(sqlx::FromRow)]
struct PromotionRow {
    flag: String,
    environment: String,
    is_on: bool,
    promoted_by: String,
    promoted_at: String,
}

impl Operation for Promotions {
    type Answer = Vec<Promotion>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<Promotion>, StoreError> {
        let select = Statement::new(
            "SELECT flag, environment, is_on, promoted_by, promoted_at FROM console_flag_promotions
             ORDER BY flag, environment",
        );
        let rows: Vec<PromotionRow> = tx.rows(select).await?;
        let known = rows.into_iter().filter_map(|row| Some((row.flag.parse().ok()?, row)));
        known
            .map(|(flag, row)| {
                let reader = Reader { table: "console_flag_promotions", id: &row.flag };
                Ok(Promotion {
                    flag,
                    is_on: row.is_on,
                    without_observation: false,
                    at: reader.parse("promoted_at", &row.promoted_at)?,
                    environment: row.environment,
                    by: Actor::named(&row.promoted_by),
                })
            })
            .collect()
    }
}
