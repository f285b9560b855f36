//! What a freeze would do, before it is declared: when it holds next, and which deploys it would have stopped.

use app::{
    api::{FreezeEffect, FreezePeriod, ServiceError},
    domain::{Caller, Scope, Timestamp, Window},
};
use jiff::{SignedDuration, tz::TimeZone};
use store::{DeployFilter, StoredDeploy, freeze_window};

use crate::service::{Console, from_store};

/// How many times are shown that it holds.
const PERIODS: usize = 5;
/// Of how many days deploys are looked at.
const DAYS: u32 = 30;
/// How many of them are looked at.
const DEPLOYS: u32 = 5_000;
/// How many are shown.
const SHOWN: usize = 10;

impl Console {
    /// What a freeze of this scope would do. Times are those of the time zone, too.
    pub(super) async fn freeze_effect(
        &self,
        caller: &Caller,
        scope: &Scope,
        window: &Window,
        time_zone: &str,
    ) -> Result<FreezeEffect, ServiceError> {
        let now = self.clock.now();
        let filter = DeployFilter {
            app: scope.app.clone(),
            environment: scope.environment.clone(),
            visible: caller.visible(),
            since: now.checked_sub(SignedDuration::from_hours(24 * i64::from(DAYS))).ok(),
            limit: DEPLOYS,
            ..DeployFilter::default()
        };
        let deploys = self.store.deploys(&filter).await.map_err(from_store)?;
        let is_more = deploys.len() >= DEPLOYS as usize;
        let stopped: Vec<_> = deploys.into_iter().filter(|deploy| would_stop(window, deploy)).collect();
        let periods = freeze_window::periods(window, now, PERIODS);
        Ok(FreezeEffect {
            periods: periods.into_iter().map(|period| in_zone(period, time_zone)).collect(),
            stopped: u32::try_from(stopped.len()).unwrap_or(u32::MAX),
            is_more,
            days: DAYS,
            newest: stopped.into_iter().take(SHOWN).map(|stored| self.view(stored).for_page()).collect(),
        })
    }
}

/// Whether a deploy was requested here while the window would have held, and would not have passed it.
fn would_stop(window: &Window, deploy: &StoredDeploy) -> bool {
    !deploy.origin.is_found()
        && !deploy.origin.passes_freezes()
        && freeze_window::holds(window, deploy.requested_at).is_some()
}

fn in_zone((from, until): (Timestamp, Timestamp), time_zone: &str) -> FreezePeriod {
    let zone = TimeZone::get(time_zone.trim()).unwrap_or(TimeZone::UTC);
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string();
    FreezePeriod { from, until, local_from: local(from), local_until: local(until) }
}
