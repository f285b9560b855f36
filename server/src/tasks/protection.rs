//! GitHub's gate: what it asked and was not answered yet, looked at at the start, when there is something new, and every few
//! seconds.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::service::Console;

/// From one look to the next: a freeze may end, and GitHub may answer again.
const PERIOD: Duration = Duration::from_secs(10);

pub(crate) async fn settle(console: Arc<Console>) {
    let mut timer = interval(PERIOD);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = timer.tick() => {}
            () = console.protection_woken() => {}
        }
        if let Err(error) = console.settle_protection().await {
            tracing::warn!(?error, "what GitHub asks about its gate cannot be read");
        }
    }
}
