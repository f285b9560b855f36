//! The state of the console as a whole, for monitoring.

use app::{
    api::ServiceError,
    domain::{Deploy, Visible},
};
use store::{Channel, DeployFilter, Place, StatusFilter};

use crate::service::{Console, from_store};

/// The state according to the database.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The configured places.
    pub places: Vec<Place>,
    /// The deploys that have not ended, of configured places and of others.
    pub under_way: Vec<Deploy>,
    /// The channels that have not taken messages, and how many.
    pub unsent: Vec<(Channel, u32)>,
    /// Entries of the journal.
    pub journal_entries: i64,
}

impl Console {
    /// The current state.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn overview(&self) -> Result<Overview, ServiceError> {
        // One per place at most.
        let live = DeployFilter { status: StatusFilter::Live, limit: u32::MAX, ..DeployFilter::default() };
        let under_way = self.store.deploys(&live).await.map_err(from_store)?;
        let undelivered = self.store.undelivered(self.clock.now()).await.map_err(from_store)?;
        Ok(Overview {
            places: self.places(&Visible::All),
            under_way: under_way.into_iter().map(|stored| self.view(stored)).collect(),
            unsent: undelivered.into_iter().map(|unsent| (unsent.channel, unsent.count)).collect(),
            journal_entries: self.journal_head().await.map_err(from_store)?.length,
        })
    }

    /// Whether GitHub answered the last time.
    #[must_use]
    pub fn is_github_well(&self) -> bool {
        self.github.outage().is_none()
    }
}
