//! What ended on each day, as stacked bars: successes below, failures above them, and what timed out on top. Each has a
//! pattern of its own, so that none is known by its colour alone.

use leptos::prelude::*;

use crate::{
    domain::InsightDay,
    ui::kit::plot::{
        frame::{GridLine, Plot},
        scale::{column, linear, round_up, width},
    },
};

/// The kinds, from the axis up: class, and word.
const KINDS: [(&str, &str); 3] = [("good", "succeeded"), ("bad", "failed"), ("late", "timed out")];

const fn counts(day: &InsightDay) -> [i64; 3] {
    [day.succeeded, day.failed, day.timed_out]
}

#[component]
pub fn OutcomePlot(days: Vec<InsightDay>) -> impl IntoView {
    let most = days.iter().map(InsightDay::ended).max().unwrap_or_default();
    let top = round_up(most);
    let mut lines = vec![0, top];
    if top > 1 {
        lines.insert(1, top / 2);
    }
    let lines = lines.into_iter().map(|count| GridLine { y: linear(count, top), label: count.to_string() });
    let total = days.len();
    let bars = days.iter().enumerate().map(|(at, day)| bar(day, column(at, total), width(total), top));
    let bars = bars.collect_view();
    view! {
        <Plot
            id="plot-outcomes"
            title="Outcomes per day"
            hint="Deploys by the day (UTC) on which they ended."
            lines=lines.collect()
            legend=view! { <Legend /> }.into_any()
            table=table(&days).into_any()
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
    let kinds = KINDS.map(|(class, word)| {
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

fn bar(day: &InsightDay, middle: f64, width: f64, top: i64) -> impl IntoView + use<> {
    let words = format!("{}: {}", day.day, counts_text(day));
    let (x, wide) = (format!("{:.2}%", middle - width * 0.4), format!("{:.2}%", width * 0.8));
    let mut below = 0;
    let parts = counts(day).into_iter().zip(KINDS).filter(|(count, _)| *count > 0).map(|(count, (class, _))| {
        let foot = linear(below, top);
        below += count;
        let y = linear(below, top);
        view! {
            <rect class=format!("bar bar--{class}") x=x.clone() y=y width=wide.clone() height=foot - y></rect>
        }
    });
    let parts = parts.collect_view();
    view! { <g>{parts}<title>{words}</title></g> }
}

fn counts_text(day: &InsightDay) -> String {
    let parts = counts(day).into_iter().zip(KINDS).filter(|(count, _)| *count > 0);
    parts.map(|(count, (_, word))| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

fn table(days: &[InsightDay]) -> impl IntoView + use<> {
    let rows = days.iter().filter(|day| day.ended() > 0).map(|day| {
        let cells = counts(day).map(|count| view! { <td class="number">{count}</td> }).collect_view();
        view! { <tr><th scope="row">{day.day.clone()}</th>{cells}</tr> }
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
