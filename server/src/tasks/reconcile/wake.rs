//! Rows that are worth a look before the timer comes round.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use app::domain::DeployId;
use tokio::sync::Notify;

/// Asks for a look at single rows. Cheap to clone. Many nudges about one row are one look.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Nudged>);

#[derive(Debug, Default)]
struct Nudged {
    ids: Mutex<HashSet<DeployId>>,
    some: Notify,
}

impl Wake {
    /// Asks for a look at this row.
    pub fn notify(&self, id: DeployId) {
        self.0.ids.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        self.0.some.notify_one();
    }

    /// Takes the rows that were nudged; waits until there are some.
    pub(super) async fn taken(&self) -> HashSet<DeployId> {
        loop {
            self.0.some.notified().await;
            let ids = mem::take(&mut *self.0.ids.lock().unwrap_or_else(PoisonError::into_inner));
            if !ids.is_empty() {
                return ids;
            }
        }
    }
}
