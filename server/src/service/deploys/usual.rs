//! How long steps usually take, for the polls of a deploy that is under way.
//!
//! It is computed once a minute for each environment, however many clients poll. It never makes a poll fail or wait for
//! another: polls during the computation get the previous result.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use app::domain::{Deploy, DurationStats, Timestamp, duration_stats::duration_stats};
use jiff::SignedDuration;
use store::{DeployFilter, Place, StatusFilter};

use crate::service::{Console, from_store};

/// How many deploys are examined: the newest of those that ended.
const DEPLOYS: u32 = 50;
/// The interval between two computations.
const PERIOD: SignedDuration = SignedDuration::from_mins(1);

/// The usual durations of each place, and when they were computed. The configuration limits the number of places.
#[derive(Debug, Default)]
pub(in crate::service) struct UsualTimes(Mutex<HashMap<Place, (Timestamp, Vec<DurationStats>)>>);

impl UsualTimes {
    /// What is known, and whether the caller should compute it again.
    fn recall(&self, place: &Place, now: Timestamp) -> (Vec<DurationStats>, bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get_mut(place) {
            Some((asked_at, usual)) if is_fresh(*asked_at, now) => (usual.clone(), false),
            Some((asked_at, usual)) => {
                *asked_at = now;
                (usual.clone(), true)
            }
            None => {
                known.insert(place.clone(), (now, Vec::new()));
                (Vec::new(), true)
            }
        }
    }

    fn keep(&self, place: Place, now: Timestamp, usual: Vec<DurationStats>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(place, (now, usual));
    }
}

/// A clock that was set back makes nothing fresh.
fn is_fresh(asked_at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..PERIOD).contains(&now.duration_since(asked_at))
}

impl Console {
    /// How long the steps of a live deploy usually take. Not computed for one that has ended.
    pub(in crate::service) async fn usual(&self, deploy: &Deploy) -> Vec<DurationStats> {
        let is_place = self.apps.find(&deploy.app, &deploy.environment).is_some();
        if !is_place || !deploy.is_live() {
            return Vec::new();
        }
        let place = Place { app: deploy.app.clone(), environment: deploy.environment.clone() };
        let now = self.clock.now();
        let (known, is_due) = self.usual_times.recall(&place, now);
        if !is_due {
            return known;
        }
        // The cause of a failure is logged; what was known before is still true.
        let Some(usual) = self.work_out(&place).await else { return known };
        self.usual_times.keep(place, now, usual.clone());
        usual
    }

    async fn work_out(&self, place: &Place) -> Option<Vec<DurationStats>> {
        let filter = DeployFilter {
            app: Some(place.app.clone()),
            environment: Some(place.environment.clone()),
            status: StatusFilter::Ended,
            limit: DEPLOYS,
            ..DeployFilter::default()
        };
        let stored = self.store.deploys(&filter).await.map_err(from_store).ok()?;
        let over: Vec<_> = stored.into_iter().map(|stored| self.view(stored)).collect();
        Some(duration_stats(over.iter().map(|deploy| deploy.steps.as_slice())))
    }
}
