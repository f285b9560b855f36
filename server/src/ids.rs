//! New ids.

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// A version 7 UUID of our own clock, so that ids sort by time.
#[must_use]
pub fn uuid_at(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}
