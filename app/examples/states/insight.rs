//! Figures and plots.

use app::{
    api::{Frequency, Insight, InsightQuery},
    domain::{ChangeFailures, InsightDay, Rework, Spread},
    pages::insight::InsightContent,
    ui::insight::filter::InsightForm,
};
use leptos::prelude::*;

use super::{
    figure::{Figure, Group, Width},
    fixture::at,
    history::choices,
};

pub(crate) fn group() -> Group {
    let figures = vec![
        Width::Page.figure("insight-filter", "What is asked for", || {
            view! { <InsightForm choices=choices() query=of_production() /> }
        }),
        shown("insight-nothing", "Nothing was recorded", empty()),
        shown("insight-little", "Little is known", little()),
        shown("insight", "Two weeks, counted", filled()),
    ];
    Group { title: "Insight", figures }
}

fn shown(name: &str, caption: &str, insight: Insight) -> Figure {
    Width::Page.figure(name, caption, || {
        view! { <div class="main"><InsightContent insight query=of_production() /></div> }
    })
}

fn of_production() -> InsightQuery {
    InsightQuery { environment: Some("production".to_owned()), ..InsightQuery::default() }
}

fn day(number: i64) -> InsightDay {
    InsightDay { day: format!("2026-11-{number:02}"), ..InsightDay::default() }
}

fn empty() -> Insight {
    Insight {
        since: at(0),
        until: at(14 * 86_400),
        days: (7..=20).map(day).collect(),
        frequency: Frequency { successes: 0, changes: 0, days: 0 },
        lead_time: Spread::default(),
        change_failures: ChangeFailures::default(),
        restore: Spread::default(),
        rework: Rework::default(),
    }
}

/// One failure, and nothing else.
fn little() -> Insight {
    let mut insight = empty();
    if let Some(last) = insight.days.last_mut() {
        last.failed = 1;
    }
    Insight { frequency: Frequency { successes: 0, changes: 0, days: 1 }, ..insight }
}

fn filled() -> Insight {
    // Successes, failures, timed out; at week-ends, nothing.
    let outcomes = [
        (0, 0, 0),
        (0, 0, 0),
        (3, 0, 0),
        (4, 1, 0),
        (2, 0, 0),
        (5, 0, 1),
        (3, 2, 0),
        (0, 0, 0),
        (0, 0, 0),
        (2, 0, 0),
        (6, 0, 0),
        (3, 1, 0),
        (4, 0, 0),
        (2, 0, 1),
    ];
    let days = (7..).zip(outcomes).map(|(number, (succeeded, failed, timed_out))| {
        let slow = 190_000 + 25_000 * (number % 4);
        let known = (succeeded > 0).then_some(slow);
        let duration =
            Spread { all: succeeded, known: succeeded, median: known, p90: known.map(|ms| ms * 2) };
        InsightDay { succeeded, failed, timed_out, duration, ..day(number) }
    });
    let hours = |hours: i64| Some(hours * 3_600_000);
    Insight {
        days: days.collect(),
        frequency: Frequency { successes: 34, changes: 32, days: 14 },
        lead_time: Spread { all: 34, known: 31, median: hours(5), p90: hours(29) },
        change_failures: ChangeFailures { reached: 34, failed: 3, rolled_back: 1 },
        restore: Spread { all: 4, known: 4, median: Some(1_260_000), p90: hours(2) },
        rework: Rework { successes: 34, rollbacks: 1, fixes: 3 },
        ..empty()
    }
}
