//! Times and durations in words: always UTC, always the recorded time.

use crate::domain::Timestamp;

/// `12:03:07 UTC`.
#[must_use]
pub fn time_of_day(at: Timestamp) -> String {
    part(at, 11..19) + " UTC"
}

/// `12:03 UTC`.
#[must_use]
pub fn minute_of_day(at: Timestamp) -> String {
    part(at, 11..16) + " UTC"
}

/// `2026-11-22 12:03 UTC`.
#[must_use]
pub fn date_and_time(at: Timestamp) -> String {
    part(at, 0..10) + " " + &part(at, 11..16) + " UTC"
}

/// `2026-11-22`, the day of UTC.
#[must_use]
pub fn day(at: Timestamp) -> String {
    part(at, 0..10)
}

/// A part of the RFC 3339 form, which has fixed places for every year that this program will see.
fn part(at: Timestamp, range: std::ops::Range<usize>) -> String {
    let full = at.to_string();
    full.get(range).map_or_else(|| full.clone(), str::to_owned)
}

/// How long, in the two largest units: `12 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`. A negative span, from
/// two clocks that disagree, is none.
#[must_use]
pub fn duration_between(from: Timestamp, to: Timestamp) -> String {
    duration_of_seconds(to.as_second() - from.as_second())
}

/// The same, to a tenth of a second where it is shorter than ten: `0.4 s`.
#[must_use]
pub fn measured_between(from: Timestamp, to: Timestamp) -> String {
    let milliseconds = (to.as_millisecond() - from.as_millisecond()).max(0);
    if milliseconds >= 10_000 || milliseconds % 1_000 == 0 {
        duration_of_millis(milliseconds)
    } else {
        format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100)
    }
}

/// The same of milliseconds.
#[must_use]
pub fn duration_of_millis(milliseconds: i64) -> String {
    duration_of_seconds(milliseconds / 1_000)
}

/// The same, of a number of seconds.
#[must_use]
pub fn duration_of_seconds(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if minutes == 0 {
        format!("{seconds} s")
    } else if hours == 0 {
        format!("{minutes} min {} s", seconds % 60)
    } else if days == 0 {
        format!("{hours} h {} min", minutes % 60)
    } else {
        format!("{days} d {} h", hours % 24)
    }
}

/// How long, in the largest unit alone: `12 s`, `4 min`, `3 h`, `2 d`.
#[must_use]
pub fn short_span(from: Timestamp, to: Timestamp) -> String {
    let seconds = (to.as_second() - from.as_second()).max(0);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        86_400.. => format!("{} d", seconds / 86_400),
    }
}

/// The same without the seconds: `4 min`. Below a minute, it is none.
#[must_use]
pub fn minutes_between(from: Timestamp, to: Timestamp) -> String {
    match to.as_second() - from.as_second() {
        short @ ..3_600 => format!("{} min", short.max(0) / 60),
        long => duration_of_seconds(long),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn times_are_shown_in_utc() {
        let noon: Timestamp = "2026-11-22T12:03:07.25Z".parse().unwrap();
        assert_eq!(time_of_day(noon), "12:03:07 UTC");
        assert_eq!(minute_of_day(noon), "12:03 UTC");
        assert_eq!(date_and_time(noon), "2026-11-22 12:03 UTC");
    }

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (3_599, "59 min 59 s"),
            (7_500, "2 h 5 min"),
            (273_600, "3 d 4 h"),
        ] {
            assert_eq!(duration_between(at(1_000), at(1_000 + seconds)), words);
        }
    }

    #[test]
    fn short_spans_have_one_unit() {
        let words = |seconds: i64| short_span(at(1_000), at(1_000 + seconds));
        assert_eq!(
            [-5, 0, 59, 60, 3_599, 3_600, 86_399, 86_400, 900_000].map(words),
            ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d"]
        );
    }

    #[test]
    fn short_measures_have_tenths() {
        let words = |milliseconds: i64| {
            let from = Timestamp::from_millisecond(999).unwrap();
            measured_between(from, Timestamp::from_millisecond(999 + milliseconds).unwrap())
        };
        assert_eq!(
            [-5, 0, 40, 480, 1_000, 9_990, 10_600, 72_400].map(words),
            ["0 s", "0 s", "0.0 s", "0.4 s", "1 s", "9.9 s", "10 s", "1 min 12 s"]
        );
    }

    #[test]
    fn minutes_have_no_seconds() {
        let words = |seconds: i64| minutes_between(at(1_000), at(1_000 + seconds));
        assert_eq!([121, 299, 3_599, 7_500].map(words), ["2 min", "4 min", "59 min", "2 h 5 min"]);
    }

    #[test]
    fn f43_clock_skew_gives_no_negative_span() {
        assert_eq!(duration_between(at(1_000), at(990)), "0 s");
    }
}
