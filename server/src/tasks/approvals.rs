//! Approvals whose time is over, and those after which a crash came before GitHub was asked: looked for at the start,
//! and every few seconds.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::service::Console;

/// From one look to the next.
const PERIOD: Duration = Duration::from_secs(5);

pub(crate) async fn settle(console: Arc<Console>) {
    let mut timer = interval(PERIOD);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        if let Err(error) = console.settle_approvals().await {
            tracing::warn!(?error, "what waits for approvals cannot be read");
        }
    }
}
