//! A freeze as it was typed, read field by field: what is wrong is said of each, and nothing is guessed.

use app::{
    api::{
        ErrorCode, FieldProblem, FreezeDraft, ServiceError,
        freezes::{ONCE, UNTIL_LIFTED, WEEKLY},
    },
    domain::{Day, Scope, Timestamp, WeekTime, Window},
    text::field_problem::NOT_A_REASON,
};
use jiff::{
    civil::{DateTime, Time},
    tz::TimeZone,
};

use crate::service::deploys::checks::check_reason;

const NO_TIME: &str = "Give a time, such as 18:00.";
const NO_DATE: &str = "Give a date and a time, such as 2026-11-24T18:00.";
const NO_DAY: &str = "Give a day of the week.";
const NO_ZONE: &str = "Not a time zone of the IANA database. Take one of the list, such as Europe/Berlin.";
const TOO_EARLY: &str = "It has to come after the beginning.";
const WHOLE_WEEK: &str = "A whole week is a freeze without an end. Use “Stop now” for that.";

/// What was typed, as far as it can be read.
pub(super) struct ReadDraft {
    pub(super) scope: Scope,
    pub(super) window: Option<Window>,
    /// In the order of the form.
    pub(super) problems: Vec<FieldProblem>,
}

/// Reads a draft.
///
/// # Errors
/// If it is of no form that there is.
pub(super) fn read(draft: &FreezeDraft) -> Result<ReadDraft, ServiceError> {
    let mut problems = Problems::default();
    let is_blank = draft.reason.trim().is_empty();
    let reason = if is_blank {
        Err("Say why.")
    } else {
        check_reason("reason", Some(&draft.reason)).map_err(|_| NOT_A_REASON)
    };
    problems.take("reason", reason);
    let window = match draft.kind.as_str() {
        UNTIL_LIFTED => Some(Window::UntilLifted),
        ONCE => once(draft, &mut problems),
        WEEKLY => weekly(draft, &mut problems),
        _ => return Err(ServiceError::new(ErrorCode::MalformedBody)),
    };
    Ok(ReadDraft { scope: scope(draft), window, problems: problems.0 })
}

/// What it is for.
pub(super) fn scope(draft: &FreezeDraft) -> Scope {
    let named = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
    Scope { app: named(&draft.app), environment: named(&draft.environment) }
}

fn once(draft: &FreezeDraft, problems: &mut Problems) -> Option<Window> {
    let from = problems.take("from", date_time(&draft.from));
    let until = problems.take("until", date_time(&draft.until));
    let zone = problems.take("time_zone", zone(&draft.time_zone));
    let (from, until, zone) = (from?, until?, zone?);
    let from = problems.take("from", instant(from, &zone))?;
    let until = problems.take("until", instant(until, &zone))?;
    problems.take("until", if from < until { Ok(()) } else { Err(TOO_EARLY) })?;
    Some(Window::Once { from, until })
}

fn weekly(draft: &FreezeDraft, problems: &mut Problems) -> Option<Window> {
    let from_day = problems.take("from_day", day(&draft.from_day));
    let from = problems.take("from", time(&draft.from));
    let until_day = problems.take("until_day", day(&draft.until_day));
    let until = problems.take("until", time(&draft.until));
    let zone = problems.take("time_zone", zone(&draft.time_zone));
    let from = WeekTime { day: from_day?, at: from? };
    let until = WeekTime { day: until_day?, at: until? };
    zone?;
    problems.take("until", if from == until { Err(WHOLE_WEEK) } else { Ok(()) })?;
    Some(Window::Weekly { from, until, time_zone: draft.time_zone.trim().to_owned() })
}

#[derive(Default)]
struct Problems(Vec<FieldProblem>);

impl Problems {
    /// The value of a field; where it has none that can be used, why.
    fn take<T>(&mut self, field: &str, value: Result<T, &str>) -> Option<T> {
        let problem = |text: &str| FieldProblem { field: field.to_owned(), text: text.to_owned() };
        value.map_err(|text| self.0.push(problem(text))).ok()
    }
}

fn date_time(text: &str) -> Result<DateTime, &'static str> {
    text.parse().map_err(|_| NO_DATE)
}

fn time(text: &str) -> Result<Time, &'static str> {
    text.parse().map_err(|_| NO_TIME)
}

fn day(text: &str) -> Result<Day, &'static str> {
    Day::ALL.into_iter().find(|day| day.as_str() == text).ok_or(NO_DAY)
}

fn zone(name: &str) -> Result<TimeZone, &'static str> {
    TimeZone::get(name.trim()).map_err(|_| NO_ZONE)
}

fn instant(at: DateTime, zone: &TimeZone) -> Result<Timestamp, &'static str> {
    at.to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|_| NO_DATE)
}
