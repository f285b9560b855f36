//! How long successful deploys took, by day: a dot for the median, a dash for the 90th percentile. The axis is
//! logarithmic, so that seconds and hours are both to be seen. A day leads to its successes in the history.

use leptos::prelude::*;

use super::day_links::DayLinks;
use crate::{
    domain::{InsightDay, Spread, Status},
    text::time::duration_of_millis,
    ui::kit::plot::{
        frame::{DayLink, GridLine, Plot},
        scale::{column, lines, logarithmic, width},
    },
};

#[component]
pub fn DurationPlot(days: Vec<InsightDay>, links: DayLinks) -> impl IntoView {
    let known: Vec<i64> =
        days.iter().flat_map(|day| [day.duration.median, day.duration.p90]).flatten().collect();
    let ticks = lines(&known);
    let axis = (ticks.first().copied().unwrap_or(1), ticks.last().copied().unwrap_or(1));
    let across =
        ticks.into_iter().map(|line| GridLine { y: logarithmic(line, axis), label: tick_label(line) });
    let total = days.len();
    let marks = days.iter().enumerate().filter_map(|(at, day)| {
        let (median, p90) = day.duration.median.zip(day.duration.p90)?;
        let y = [median, p90].map(|at| logarithmic(at, axis));
        Some(mark(day, (column(at, total), width(total)), y, &links))
    });
    let marks = marks.collect_view();
    view! {
        <Plot
            id="plot-durations"
            title="How long successful deploys took"
            hint="From the request to the end. Dot: median of the day; dash: 9 in 10 took no longer. Each step of the axis is a multiple of the one below."
            lines=across.collect()
            legend=().into_any()
            table=table(&days, &links).into_any()
            days
        >
            {marks}
        </Plot>
    }
    .into_any()
}

fn mark(
    day: &InsightDay,
    (middle, width): (f64, f64),
    [median, p90]: [f64; 2],
    links: &DayLinks,
) -> impl IntoView + use<> {
    let percent = |at: f64| format!("{at:.2}%");
    let half = width * 0.35;
    let words = format!("{}: {}", day.day, spread_text(&day.duration));
    let href = successes(day, links);
    view! {
        <DayLink words href column=(middle, width)>
            <line class="dot__reach" x1=percent(middle) x2=percent(middle) y1=median y2=p90></line>
            <line class="dot__dash" x1=percent(middle - half) x2=percent(middle + half) y1=p90 y2=p90></line>
            <circle class="dot" cx=percent(middle) cy=median r="3"></circle>
        </DayLink>
    }
}

fn successes(day: &InsightDay, links: &DayLinks) -> String {
    links.address(&day.day, Some(Status::Succeeded.as_str()))
}

fn spread_text(spread: &Spread) -> String {
    let [median, p90] = [spread.median, spread.p90].map(|at| at.map(duration_of_millis).unwrap_or_default());
    format!("median {median}, 90th percentile {p90}, of {}", spread.known)
}

/// The largest unit alone.
fn tick_label(milliseconds: i64) -> String {
    let seconds = milliseconds / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

fn table(days: &[InsightDay], links: &DayLinks) -> impl IntoView + use<> {
    let rows = days.iter().filter(|day| day.duration.known > 0).map(|day| {
        let Spread { known, median, p90, .. } = day.duration;
        view! {
            <tr>
                <th scope="row"><a href=successes(day, links)>{day.day.clone()}</a></th>
                <td class="number">{known}</td>
                <td class="number">{median.map(duration_of_millis)}</td>
                <td class="number">{p90.map(duration_of_millis)}</td>
            </tr>
        }
    });
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"Day"</th>
                    <th scope="col" class="number">"Succeeded"</th>
                    <th scope="col" class="number">"Median"</th>
                    <th scope="col" class="number">"9 in 10"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
