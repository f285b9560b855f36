//! Ranges of time in requests: by days of UTC, both included, or by instants, the last one excluded.

use app::{
    api::{ErrorCode, ServiceError},
    domain::Timestamp,
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};

/// Where a range begins.
///
/// # Errors
/// If the text is neither an RFC 3339 time nor a day.
pub(super) fn since(text: &str) -> Result<Timestamp, ServiceError> {
    instant(text, "since", 0)
}

/// The first instant after it.
///
/// # Errors
/// As [`since`].
pub(super) fn until(text: &str) -> Result<Timestamp, ServiceError> {
    instant(text, "until", 1)
}

/// When a day of UTC begins.
///
/// # Errors
/// If there is no such time.
pub(super) fn beginning(day: Date) -> Result<Timestamp, jiff::Error> {
    Ok(day.to_zoned(TimeZone::UTC)?.timestamp())
}

/// The day of UTC of an instant.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Where a range of ends begins.
///
/// # Errors
/// As [`since`].
pub(super) fn ended_since(text: &str) -> Result<Timestamp, ServiceError> {
    instant(text, "ended_since", 0)
}

/// The first instant after a range of ends.
///
/// # Errors
/// As [`since`].
pub(super) fn ended_until(text: &str) -> Result<Timestamp, ServiceError> {
    instant(text, "ended_until", 1)
}

fn instant(text: &str, name: &str, days_later: i64) -> Result<Timestamp, ServiceError> {
    read(text, days_later).ok_or_else(|| {
        ServiceError::new(ErrorCode::InvalidQuery)
            .with_detail(format!("{name}: an RFC 3339 time, or a day as YYYY-MM-DD."))
    })
}

fn read(text: &str, days_later: i64) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    // The parser would accept a date in another form, or with more text after it.
    let day: Date = text.parse().ok().filter(|day: &Date| day.to_string() == text)?;
    beginning(day.checked_add(days_later.days()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_means_the_whole_day() {
        for (text, from, to) in [
            ("2026-11-22", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
            ("2024-02-28", "2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("2026-11-22T12:00:00+01:00", "2026-11-22T11:00:00Z", "2026-11-22T11:00:00Z"),
        ] {
            assert_eq!(
                (since(text).unwrap().to_string(), until(text).unwrap().to_string()),
                (from.into(), to.into())
            );
        }
    }

    /// A value that is neither a time nor a day is refused.
    #[test]
    fn other_range_values_are_refused() {
        for bad in [
            "x",
            "2026-02-30",
            "22.11.2026",
            "2026-11-22T12:00:00",
            "2026-11",
            "20261122",
            "2026-11-22 ",
            "\0",
        ] {
            for error in [since(bad).unwrap_err(), until(bad).unwrap_err()] {
                assert_eq!(error.code, ErrorCode::InvalidQuery, "{bad}");
            }
        }
        assert!(until("9999-12-31").is_err(), "there is no day after it");
    }
}
