//! When a freeze holds. Everything here is pure: the instant is an argument, and the database of time zones is built
//! into the binary.

use app::domain::{ActiveFreeze, Day, Freeze, Frozen, Timestamp, WeekTime, Window};
use jiff::{
    civil::{Date, Weekday},
    tz::{Disambiguation, TimeZone},
};

/// How many freezes may follow each other without a gap before the search for the end is given up.
const CHAIN: usize = 64;

/// Until when something holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Until {
    /// Until it is lifted.
    Lifted,
    /// Until this instant.
    At(Timestamp),
}

/// Whether a window covers an instant, and until when.
#[must_use]
pub fn holds(window: &Window, at: Timestamp) -> Option<Until> {
    match window {
        Window::UntilLifted | Window::Unknown => Some(Until::Lifted),
        Window::Once { from, until } => (*from <= at && at < *until).then_some(Until::At(*until)),
        Window::Weekly { from, until, time_zone } => match TimeZone::get(time_zone) {
            Ok(zone) => weekly(*from, *until, &zone, at).map(Until::At),
            // A zone of a newer database of time zones: whether it holds now is not known, so it does.
            Err(_) => Some(Until::Lifted),
        },
    }
}

/// The next times that a window holds, in order, the one that covers the instant first; none, where it holds until it is
/// lifted.
#[must_use]
pub fn periods(window: &Window, at: Timestamp, count: usize) -> Vec<(Timestamp, Timestamp)> {
    match window {
        Window::UntilLifted | Window::Unknown => Vec::new(),
        Window::Once { from, until } => {
            Some((*from, *until)).filter(|_| at < *until && count > 0).into_iter().collect()
        }
        Window::Weekly { from, until, time_zone } => TimeZone::get(time_zone)
            .map_or_else(|_| Vec::new(), |zone| weeks(*from, *until, &zone, at, count)),
    }
}

fn weeks(
    from: WeekTime,
    until: WeekTime,
    zone: &TimeZone,
    at: Timestamp,
    count: usize,
) -> Vec<(Timestamp, Timestamp)> {
    let today = zone.to_datetime(at).date();
    // From the one that may have begun a week ago.
    let days = (-8_i64..).map_while(|ahead| today.checked_add(jiff::Span::new().days(ahead)).ok());
    days.filter_map(|date| week(date, from, until, zone)).filter(|(_, ends)| at < *ends).take(count).collect()
}

/// The end of the weekly window that covers an instant. When clocks are set back, a local time happens twice: the
/// window begins at the earlier and ends at the later one, so a freeze is never shorter than its local times say.
fn weekly(from: WeekTime, until: WeekTime, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(at).date();
    // The last one that can have begun; the days around it are for clocks that are set at midnight.
    (-1..=7).filter_map(|ago| today.checked_sub(jiff::Span::new().days(ago)).ok()).find_map(|date| {
        let (begins, ends) = week(date, from, until, zone)?;
        (begins <= at && at < ends).then_some(ends)
    })
}

/// The beginning and the end of the weekly window that begins on this date, if one does.
fn week(date: Date, from: WeekTime, until: WeekTime, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    if date.weekday() != weekday(from.day) {
        return None;
    }
    let begins = instant(date, from, zone, Disambiguation::Earlier)?;
    let ends = instant(end_date(date, from, until)?, until, zone, Disambiguation::Later)?;
    Some((begins, ends))
}

/// The date on which a window ends that begins on this one.
fn end_date(date: Date, from: WeekTime, until: WeekTime) -> Option<Date> {
    let ends_today = from.day == until.day && from.at < until.at;
    if ends_today { Some(date) } else { date.nth_weekday(1, weekday(until.day)).ok() }
}

fn instant(date: Date, at: WeekTime, zone: &TimeZone, doubt: Disambiguation) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(date.to_datetime(at.at)).disambiguate(doubt).ok()
}

const fn weekday(day: Day) -> Weekday {
    match day {
        Day::Monday => Weekday::Monday,
        Day::Tuesday => Weekday::Tuesday,
        Day::Wednesday => Weekday::Wednesday,
        Day::Thursday => Weekday::Thursday,
        Day::Friday => Weekday::Friday,
        Day::Saturday => Weekday::Saturday,
        Day::Sunday => Weekday::Sunday,
    }
}

/// What freezes an environment of an app at an instant.
#[must_use]
pub fn frozen(freezes: &[Freeze], app: &str, environment: &str, at: Timestamp) -> Option<Frozen> {
    let covering =
        || freezes.iter().filter(|freeze| freeze.lifted.is_none() && freeze.scope.covers(app, environment));
    let holds_of = |at| covering().filter_map(move |freeze| Some((freeze, holds(&freeze.window, at)?)));
    let holds: Vec<ActiveFreeze> = holds_of(at)
        .map(|(freeze, until)| ActiveFreeze {
            freeze_id: freeze.id,
            reason: freeze.reason.clone(),
            declared_by: freeze.declared_by.clone(),
            until: match until {
                Until::Lifted => None,
                Until::At(end) => Some(end),
            },
        })
        .collect();
    if holds.is_empty() {
        return None;
    }
    // One may begin before another ends.
    let mut opens_at = Some(at);
    for _ in 0..CHAIN {
        let Some(now) = opens_at else { break };
        let ends: Vec<Until> = holds_of(now).map(|(_, until)| until).collect();
        if ends.is_empty() {
            return Some(Frozen { holds, opens_at });
        }
        opens_at = latest(&ends);
    }
    Some(Frozen { holds, opens_at: None })
}

/// The latest of some ends; none if one of them is not known.
fn latest(ends: &[Until]) -> Option<Timestamp> {
    ends.iter().try_fold(Timestamp::MIN, |latest, end| match end {
        Until::Lifted => None,
        Until::At(end) => Some(latest.max(*end)),
    })
}
