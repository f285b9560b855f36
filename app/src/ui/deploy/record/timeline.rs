//! When what of a deploy happened, as a picture on one axis of real time. The server draws it from what is recorded;
//! nothing in it moves, and where nothing is known nothing is drawn.
//!
//! - [`rows`]: what is known of each step. [`geometry`]: where that is on the axis.
//! - Each row says in words what its bar shows.

pub mod geometry;
pub mod rows;

use leptos::prelude::*;

use self::{
    geometry::{Axis, Piece, percent},
    rows::{Bar, Gap, TimelineRow, rows},
};
use crate::{
    domain::{Deploy, StepState, Timestamp},
    text::time::{duration_between, duration_of_seconds, time_of_day},
    ui::kit::time::At,
};

/// Bars of what was read from GitHub are filled with this.
const HATCH: &str = "timeline-hatch";
/// Beyond this, the label of a tick is on its left.
const FAR: i64 = 9_500;

#[component]
pub fn Timeline(
    deploy: Deploy,
    /// When the page was made, by the console's clock.
    now: Timestamp,
) -> impl IntoView {
    let content = if deploy.origin.is_github() {
        // What was recorded of it was recorded after it happened, all of it.
        view! { <p class="quiet">"The run was started on GitHub and reports nothing here: when its steps began and ended is not known."</p> }
            .into_any()
    } else {
        view! { <TimelineChart deploy now /> }.into_any()
    };
    view! {
        <section class="timeline" data-part="timeline" aria-labelledby="timeline">
            <h2 id="timeline">"Timeline"</h2>
            {content}
        </section>
    }
    .into_any()
}

#[component]
fn TimelineChart(deploy: Deploy, now: Timestamp) -> impl IntoView {
    let rows = rows(&deploy, now);
    let end = if deploy.is_live() { Some(now) } else { deploy.finished_at };
    let times = rows.iter().flat_map(|row| row.bar.times()).chain([end]).flatten();
    let axis = Axis::covering(deploy.requested_at, times);
    let as_of = deploy.is_live().then(|| {
        view! { " What is under way is drawn as of " <At at=now /> ", when this page was made." }
    });
    let rows = rows.into_iter().map(|row| view! { <RowView row axis /> }).collect_view();
    view! {
        <p class="quiet">"From the request at " <At at=deploy.requested_at /> "." {as_of}</p>
        <ol class="timeline__rows" role="list">{rows}</ol>
        <Ticks axis />
    }
    .into_any()
}

/// One row: its name, its bar, and the same in words.
#[component]
fn RowView(row: TimelineRow, axis: Axis) -> impl IntoView {
    let state = row.state.map_or("waiting", StepState::as_str);
    let grid = axis.ticks().into_iter().map(|(_, place)| line("timeline__tick", place, place)).collect_view();
    view! {
        <li class="timeline__row" data-state=state>
            <span class="timeline__name">{row.name}</span>
            <svg class="timeline__track" width="100%" height="20" aria-hidden="true" focusable="false">
                {grid}
                {row.gap.map(|gap| gap_line(axis.piece(gap.from, gap.to)))}
                {bar_shape(row.bar, axis)}
            </svg>
            <span class="timeline__words">{bar_text(&row)}</span>
        </li>
    }
    .into_any()
}

fn gap_line(gap: Piece) -> AnyView {
    line("timeline__gap", gap.start, gap.start + gap.length)
}

/// A line at half the height, or a tick from top to bottom.
fn line(class: &'static str, from: i64, to: i64) -> AnyView {
    let (top, bottom) = if from == to { ("0", "20") } else { ("10", "10") };
    view! { <line class=class x1=percent(from) x2=percent(to) y1=top y2=bottom /> }.into_any()
}

fn bar_shape(bar: Bar, axis: Axis) -> Option<AnyView> {
    let (class, piece) = match bar {
        Bar::Closed(from, to) => ("timeline__bar", axis.piece(from, to)),
        Bar::Open(from, to) => ("timeline__bar", axis.piece(from, to)),
        Bar::StoredStatus(from, to) => ("timeline__bar--recorded", axis.piece(from, to)),
        Bar::Ended(at) => ("timeline__bar", axis.piece(at, at)),
        Bar::Nothing => return None,
    };
    let Piece { start, length } = piece.drawn();
    let (is_recorded, is_open) = (matches!(bar, Bar::StoredStatus(..)), matches!(bar, Bar::Open(..)));
    let pattern = is_recorded.then(|| {
        view! {
            <pattern id=HATCH width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path class="timeline__hatch" d="M0 0V6" />
            </pattern>
        }
    });
    let edge = is_open.then(|| line("timeline__edge", start + length, start + length));
    let fill = is_recorded.then(|| format!("url(#{HATCH})"));
    Some(
        view! {
            {pattern}
            <rect class=class x=percent(start) width=percent(length) y="4" height="12" fill=fill />
            {edge}
        }
        .into_any(),
    )
}

/// What the bar shows, in words; with its times for screen readers.
fn bar_text(row: &TimelineRow) -> AnyView {
    let (shown, times) = match row.bar {
        Bar::Closed(from, to) => {
            (duration_between(from, to), format!(", from {} to {}", time_of_day(from), time_of_day(to)))
        }
        Bar::Open(from, to) => {
            (format!("{} so far", duration_between(from, to)), format!(", since {}", time_of_day(from)))
        }
        Bar::StoredStatus(_, to) => ("recorded".to_owned(), format!(" at {}", time_of_day(to))),
        Bar::Ended(at) => ("beginning not reported".to_owned(), format!(", ended {}", time_of_day(at))),
        Bar::Nothing => (row.state.map_or("", StepState::label).to_owned(), String::new()),
    };
    let gap = row.gap.filter(|gap| gap.is_long()).map(|gap| {
        view! { <span class="timeline__gap-words">{gap_text(gap)}</span> }
    });
    view! { {shown} <span class="visually-hidden">{times}</span> {gap} }.into_any()
}

fn gap_text(gap: Gap) -> String {
    let long = duration_between(gap.from, gap.to);
    if gap.is_open {
        format!("nothing under way for {long} so far")
    } else {
        format!("after a gap of {long}")
    }
}

/// The round times of the axis.
#[component]
fn Ticks(axis: Axis) -> impl IntoView {
    let labels = axis.ticks().into_iter().map(|(second, place)| {
        let anchor = match place {
            0 => "start",
            FAR.. => "end",
            _ => "middle",
        };
        view! { <text class="timeline__label" x=percent(place) y="12" text-anchor=anchor>{tick_label(second)}</text> }
    });
    let labels = labels.collect_view();
    view! {
        <div class="timeline__axis" aria-hidden="true">
            <svg class="timeline__track" width="100%" height="16" focusable="false">{labels}</svg>
        </div>
    }
    .into_any()
}

/// A round time: `0`, `30 s`, `5 min`, `2 h`.
fn tick_label(second: i64) -> String {
    match second {
        0 => "0".to_owned(),
        days if days % 86_400 == 0 => format!("{} d", days / 86_400),
        hours if hours % 3_600 == 0 => format!("{} h", hours / 3_600),
        minutes if minutes % 60 == 0 => format!("{} min", minutes / 60),
        second => duration_of_seconds(second),
    }
}
