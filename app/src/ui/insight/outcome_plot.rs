//! What ended on each day, as stacked bars: successes below, failures above them, and what timed out on top. Each has a
//! pattern of its own, so that none is known by its colour alone. A day leads to its deploys in the history, and a part of
//! its bar to those that ended so.

use leptos::prelude::*;

use super::day_links::DayLinks;
use crate::{
    domain::{InsightDay, Status},
    ui::kit::plot::{
        frame::{DayLink, GridLine, Plot},
        scale::{column, linear, round_up, width},
    },
};

/// The kinds, from the axis up: class, word, and status.
const KINDS: [(&str, &str, Status); 3] = [
    ("good", "succeeded", Status::Succeeded),
    ("bad", "failed", Status::Failed),
    ("late", "timed out", Status::TimedOut),
];

const fn counts(day: &InsightDay) -> [i64; 3] {
    [day.succeeded, day.failed, day.timed_out]
}

#[component]
pub fn OutcomePlot(days: Vec<InsightDay>, links: DayLinks) -> impl IntoView {
    let most = days.iter().map(InsightDay::ended).max().unwrap_or_default();
    let top = round_up(most);
    let mut lines = vec![0, top];
    if top > 1 {
        lines.insert(1, top / 2);
    }
    let lines = lines.into_iter().map(|count| GridLine { y: linear(count, top), label: count.to_string() });
    let total = days.len();
    let ended = days.iter().enumerate().filter(|(_, day)| day.ended() > 0);
    let bars = ended.map(|(at, day)| bar(day, (column(at, total), width(total)), top, &links));
    let bars = bars.collect_view();
    view! {
        <Plot
            id="plot-outcomes"
            title="Outcomes per day"
            hint="Deploys by the day (UTC) on which they ended. A bar leads to its deploys."
            lines=lines.collect()
            legend=view! { <Legend /> }.into_any()
            table=table(&days, &links).into_any()
            days
        >
            <Patterns />
            {bars}
        </Plot>
    }
    .into_any()
}

#[component]
fn Legend() -> impl IntoView {
    let kinds = KINDS.map(|(class, word, _)| {
        let class = format!("bar bar--{class}");
        view! {
            <li>
                <svg class="legend__mark" aria-hidden="true">
                    <rect class=class width="100%" height="100%"></rect>
                </svg>
                {word}
            </li>
        }
    });
    view! { <ul class="legend" role="list">{kinds.collect_view()}</ul> }
}

/// Lines and dots over the colours. The shapes that refer to them by id are on the same page.
#[component]
fn Patterns() -> impl IntoView {
    view! {
        <defs>
            <pattern id="bar-bad" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="bar__ground--bad" width="5" height="5"></rect>
                <rect class="bar__ink--bad" width="2.5" height="5"></rect>
            </pattern>
            <pattern id="bar-late" width="6" height="6" patternUnits="userSpaceOnUse">
                <rect class="bar__ground--late" width="6" height="6"></rect>
                <circle class="bar__ink--late" cx="3" cy="3" r="1.6"></circle>
            </pattern>
        </defs>
    }
}

fn bar(day: &InsightDay, (middle, width): (f64, f64), top: i64, links: &DayLinks) -> impl IntoView + use<> {
    let words = format!("{}: {}", day.day, counts_text(day));
    let (x, wide) = (format!("{:.2}%", middle - width * 0.4), format!("{:.2}%", width * 0.8));
    let mut below = 0;
    let parts = counts(day).into_iter().zip(KINDS).filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, (class, word, status))| {
        let foot = linear(below, top);
        below += count;
        let y = linear(below, top);
        // For a pointer. The keyboard and screen readers have the day, and the table.
        let href = links.address(&day.day, Some(status.as_str()));
        view! {
            <a href=href tabindex="-1" aria-hidden="true">
                <rect class=format!("bar bar--{class}") x=x.clone() y=y width=wide.clone() height=foot - y></rect>
                <title>{format!("{}: {count} {word}", day.day)}</title>
            </a>
        }
    });
    let parts = parts.collect_view();
    let href = links.address(&day.day, None);
    view! {
        <DayLink words href column=(middle, width) />
        {parts}
    }
}

fn counts_text(day: &InsightDay) -> String {
    let parts = counts(day).into_iter().zip(KINDS).filter(|(count, _)| *count > 0);
    parts.map(|(count, (_, word, _))| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

fn table(days: &[InsightDay], links: &DayLinks) -> impl IntoView + use<> {
    let rows = days.iter().filter(|day| day.ended() > 0).map(|day| {
        let cells = counts(day).into_iter().zip(KINDS).map(|(count, (_, word, status))| {
            let href = links.address(&day.day, Some(status.as_str()));
            let name = format!("{count} {word} on {}", day.day);
            let number = if count > 0 {
                view! { <a href=href aria-label=name>{count}</a> }.into_any()
            } else {
                count.into_any()
            };
            view! { <td class="number">{number}</td> }
        });
        let whole = links.address(&day.day, None);
        view! {
            <tr><th scope="row"><a href=whole>{day.day.clone()}</a></th>{cells.collect_view()}</tr>
        }
    });
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"Day"</th>
                    <th scope="col" class="number">"Succeeded"</th>
                    <th scope="col" class="number">"Failed"</th>
                    <th scope="col" class="number">"Timed out"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
