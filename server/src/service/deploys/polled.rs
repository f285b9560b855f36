//! Deploys as they were last read, for polls: every window that shows a deploy asks for it every two seconds, and it
//! changes a few times in all.
//!
//! What was read is answered again until something is written to the database, whatever it is: the store counts the
//! writes that it hears of, of other instances too. After a second it is read again in any case, because a database that
//! fell silent says nothing of writes.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use app::domain::{Deploy, DeployId};
use axum::body::Bytes;
use moka::sync::Cache;
use store::StoredDeploy;

/// How long a row is answered again at most.
const LONGEST: Duration = Duration::from_secs(1);
/// Deploys that are kept.
const DEPLOYS: u64 = 1_000;

/// A deploy as polls are answered with it.
#[derive(Debug)]
pub struct PolledDeploy {
    stored: StoredDeploy,
    deploy: Deploy,
    json: OnceLock<Bytes>,
}

impl PolledDeploy {
    pub(super) const fn new(stored: StoredDeploy, deploy: Deploy) -> Self {
        Self { stored, deploy, json: OnceLock::new() }
    }

    pub(super) const fn stored(&self) -> &StoredDeploy {
        &self.stored
    }

    #[must_use]
    pub const fn deploy(&self) -> &Deploy {
        &self.deploy
    }

    /// As JSON, written once.
    #[must_use]
    pub fn json(&self) -> Bytes {
        // Strings, numbers and times: there is nothing that JSON cannot say.
        let write = || serde_json::to_vec(&self.deploy).unwrap_or_default().into();
        self.json.get_or_init(write).clone()
    }
}

/// Deploys that were read lately.
pub(in crate::service) struct PolledDeploys(Cache<DeployId, ReadDeploy>);

#[derive(Clone)]
struct ReadDeploy {
    polled: Arc<PolledDeploy>,
    /// The writes that the store had heard of before.
    writes: u64,
}

impl Default for PolledDeploys {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(DEPLOYS).time_to_live(LONGEST).build())
    }
}

impl PolledDeploys {
    /// The deploy, if it was read after the last of this many writes.
    pub(super) fn get(&self, id: DeployId, writes: u64) -> Option<Arc<PolledDeploy>> {
        let read = self.0.get(&id)?;
        (read.writes == writes).then_some(read.polled)
    }

    /// Keeps a deploy that was read after this many writes.
    pub(super) fn keep(&self, polled: Arc<PolledDeploy>, writes: u64) {
        self.0.insert(polled.deploy.id, ReadDeploy { polled, writes });
    }
}
