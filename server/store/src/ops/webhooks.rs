//! Webhooks of GitHub: which of them were taken. What they made known is read from GitHub, and is not kept here.

use app::domain::Timestamp;

use crate::{
    StoreError,
    database::tx::{Operation, Statement, Tx},
};

/// Remembers a delivery. Returns whether it is the first with its id.
#[derive(Clone)]
pub(crate) struct RememberDelivery {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
}

impl Operation for RememberDelivery {
    type Answer = bool;

    const IS_SHOWN: bool = false;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let insert = Statement::new(
            "INSERT INTO github_deliveries (delivery_id, received_at) VALUES ($1, $2)
             ON CONFLICT (delivery_id) DO NOTHING",
        );
        Ok(tx.execute(insert.bind(&self.id).bind(self.at)).await? == 1)
    }
}
