//! What every plot has around its marks: a title, the axes, and a table of the same numbers.

use leptos::prelude::*;

use super::scale::{HEIGHT, column, labelled};
use crate::domain::InsightDay;

/// A line across the plot: how high, and what it says.
pub struct GridLine {
    /// Pixels from the top.
    pub y: f64,
    /// The label at its left.
    pub label: String,
}

/// A plot over days.
#[component]
pub fn Plot(
    /// The id of its title.
    id: &'static str,
    title: &'static str,
    /// In one line, how to read it.
    hint: &'static str,
    days: Vec<InsightDay>,
    lines: Vec<GridLine>,
    children: Children,
    /// What the marks mean.
    legend: AnyView,
    /// The same as a table.
    table: AnyView,
) -> impl IntoView {
    let across = lines.iter().map(|line| {
        view! { <line class="plot__line" x1="0" x2="100%" y1=line.y y2=line.y></line> }
    });
    let across = across.collect_view();
    let labels = lines.into_iter().map(|line| {
        view! { <text class="plot__label" x="100%" y=line.y dy="0.3em" text-anchor="end">{line.label}</text> }
    });
    let count = days.len();
    let below = labelled(count).into_iter().filter_map(|day| {
        let x = format!("{:.2}%", column(day, count));
        // The first one would hang over the edge.
        let (x, anchor) = if day == 0 { ("0".to_owned(), "start") } else { (x, "middle") };
        let label = short(&days.get(day)?.day);
        Some(view! { <text class="plot__label" x=x y=HEIGHT + 18.0 text-anchor=anchor>{label}</text> })
    });
    view! {
        <figure class="panel plot" aria-labelledby=id>
            <figcaption><h2 id=id>{title}</h2><p class="quiet">{hint}</p></figcaption>
            <div class="plot__frame">
                <svg aria-hidden="true" class="plot__axis">{labels.collect_view()}</svg>
                <svg role="group" aria-label="By day" class="plot__area">
                    {across} {children()} <g aria-hidden="true">{below.collect_view()}</g>
                </svg>
            </div>
            {legend}
            <details><summary>"As a table"</summary>{table}</details>
        </figure>
    }
    .into_any()
}

/// A day as a link: as wide as its column and as high as the plot, under its marks.
#[component]
pub fn DayLink(
    /// What the marks say.
    words: String,
    href: String,
    /// The middle and the width of the column, in percent.
    column: (f64, f64),
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (middle, width) = column;
    let (x, width) = (format!("{:.2}%", middle - width / 2.0), format!("{width:.2}%"));
    let name = words.clone();
    view! {
        <a href=href aria-label=name class="plot__day">
            <rect class="plot__column" x=x y="0" width=width height=HEIGHT></rect>
            {children.map(|children| children())}
            <title>{words}</title>
        </a>
    }
}

/// `2026-11-22` as `11-22`.
fn short(day: &str) -> String {
    day.get(5..).unwrap_or(day).to_owned()
}
