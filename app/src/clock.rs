//! The browser's clock: the only file of this crate that reads the time.
//!
//! It is for "how long ago", and nothing else: no step ever moves by it. Pages that the
//! server renders carry recorded times alone, so nothing here runs before hydration.

use crate::domain::Timestamp;

/// Now, by the clock of the browser's machine. Call it from effects and event handlers, never while
/// rendering: the server has no such clock.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the file that the ban points to")]
pub fn now() -> Timestamp {
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds of this epoch fit an i64")]
    let milliseconds = js_sys::Date::now() as i64;
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
