//! One request of a kind at a time for each deploy, however many callers there are.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use app::domain::DeployId;

/// The deploys about which GitHub is being asked.
#[derive(Debug, Default)]
pub(super) struct SingleFlight(Mutex<HashSet<DeployId>>);

/// The right to ask about one deploy, until it is dropped.
pub(super) struct Flight<'a> {
    flights: &'a SingleFlight,
    id: DeployId,
}

impl SingleFlight {
    /// The right to ask about this deploy; none while it is taken.
    pub(super) fn take(&self, id: DeployId) -> Option<Flight<'_>> {
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        // Lazily: a `Flight` that is made is also dropped, which would release the other one.
        is_first.then(|| Flight { flights: self, id })
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
