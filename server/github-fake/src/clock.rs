//! GitHub's clock: it goes by seconds.

use app::domain::Timestamp;
use runtime::clock::{Clock, SystemClock};

pub(super) fn now() -> Timestamp {
    let now = SystemClock.now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
