//! What the history says in figures: the requested range, and its days, empty ones too.

use app::{
    api::{ErrorCode, Frequency, Insight, InsightApi, InsightQuery, ServiceError},
    domain::{Caller, InsightDay, Timestamp, Visible},
};
use async_trait::async_trait;
use jiff::{ToSpan, civil::Date};
use store::{Figures, InsightFilter};

use super::{Console, from_store, range};

const DAYS: u32 = 30;
/// Each day is a bar that has to be visible.
const MAX_DAYS: i64 = 366;

#[async_trait]
impl InsightApi for Console {
    async fn insight(&self, caller: &Caller, query: InsightQuery) -> Result<Insight, ServiceError> {
        let filter = filter(query, caller.visible(), self.clock.now())?;
        let figures = self.store.insight(&filter).await.map_err(from_store)?;
        insight(&filter, figures, self.clock.now())
    }
}

fn filter(query: InsightQuery, visible: Visible, now: Timestamp) -> Result<InsightFilter, ServiceError> {
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    let until = set(query.until).map(|text| range::until(&text)).transpose()?;
    let until = until.map_or_else(|| end_of_day(now), Ok)?;
    let since = match set(query.since) {
        Some(text) => range::since(&text)?,
        None => days_before(until, query.days.unwrap_or(DAYS).into())?,
    };
    if until <= since || days_between(since, until) > MAX_DAYS {
        let detail = format!("since, until: a range of 1 to {MAX_DAYS} days.");
        return Err(ServiceError::new(ErrorCode::InvalidQuery).with_detail(detail));
    }
    Ok(InsightFilter { app: set(query.app), environment: set(query.environment), since, until, visible })
}

fn end_of_day(now: Timestamp) -> Result<Timestamp, ServiceError> {
    range::beginning(range::day(now).saturating_add(1.days())).map_err(|_| out_of_reach())
}

/// The beginning of a range of this many days, the last one that in which the range ends.
fn days_before(until: Timestamp, days: i64) -> Result<Timestamp, ServiceError> {
    // A number above the limit is refused in any case.
    let first = last_day(until).checked_sub((days.min(MAX_DAYS + 1) - 1).days());
    first.and_then(range::beginning).map_err(|_| out_of_reach())
}

fn out_of_reach() -> ServiceError {
    ServiceError::new(ErrorCode::InvalidQuery).with_detail("There are no such days.")
}

/// The day of the last instant of a range.
fn last_day(until: Timestamp) -> Date {
    range::day(until.saturating_sub(1.nanosecond()).unwrap_or(until))
}

/// The days of UTC that a range touches.
fn days_between(since: Timestamp, until: Timestamp) -> i64 {
    let days = range::day(since).until(last_day(until)).map_or(MAX_DAYS, |span| i64::from(span.get_days()));
    days + 1
}

fn insight(filter: &InsightFilter, figures: Figures, now: Timestamp) -> Result<Insight, ServiceError> {
    let InsightFilter { since, until, .. } = *filter;
    let successes = figures.days.iter().map(|day| day.succeeded).sum();
    // Nothing is known before the first record, or of the future.
    let from = figures.recorded_since.map(|first| first.max(since));
    let to = until.min(end_of_day(now)?);
    let days = from.filter(|from| *from < to).map_or(0, |from| days_between(from, to));
    Ok(Insight {
        since,
        until,
        days: every_day(since, until, figures.days),
        frequency: Frequency { successes, changes: figures.changes, days },
        lead_time: figures.lead_time,
        change_failures: figures.change_failures,
        restore: figures.restore,
        rework: figures.rework,
    })
}

/// Every day of the range, with its figures.
fn every_day(since: Timestamp, until: Timestamp, known: Vec<InsightDay>) -> Vec<InsightDay> {
    let mut known = known.into_iter().peekable();
    let days = range::day(since).series(1.day()).take_while(|day| *day <= last_day(until));
    days.map(|day| {
        let day = day.to_string();
        known.next_if(|known| known.day == day).unwrap_or_else(|| InsightDay { day, ..InsightDay::default() })
    })
    .collect()
}
