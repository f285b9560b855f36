//! Who is signed in, and which programs may act: sessions and tokens, by the hashes of their secrets.

pub(crate) mod sessions;
pub(crate) mod tokens;

use app::domain::Timestamp;

use crate::{
    ImpossibleRow, StoreError,
    database::tx::{Operation, Statement, Tx},
    row::Reader,
};

/// The hashes of sessions that were ended by hand, and of tokens that were revoked, then or later.
pub(crate) struct EndedSince(pub(crate) Timestamp);

impl Operation for EndedSince {
    type Answer = Vec<String>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<String>, StoreError> {
        let select = Statement::new(
            "SELECT hash FROM console_sessions WHERE ended_at >= $1
             UNION ALL SELECT hash FROM console_tokens WHERE revoked_at >= $1",
        )
        .bind(self.0);
        let hashes: Vec<(String,)> = tx.rows(select).await?;
        Ok(hashes.into_iter().map(|(hash,)| hash).collect())
    }
}

/// A list, as it is stored.
fn to_json(list: &[String]) -> String {
    serde_json::json!(list).to_string()
}

fn list(reader: &Reader<'_>, column: &str, stored: &str) -> Result<Vec<String>, ImpossibleRow> {
    serde_json::from_str(stored).map_err(|_| reader.error(&format!("{column} is no list of names")))
}

fn time(reader: &Reader<'_>, column: &str, stored: Option<&str>) -> Result<Option<Timestamp>, ImpossibleRow> {
    stored.map(|text| reader.parse(column, text)).transpose()
}
