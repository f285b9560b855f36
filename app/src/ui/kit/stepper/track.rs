//! When the steps of a deploy happened, as a picture on one axis of real time. Nothing in it moves but the end of what is
//! under way, and where nothing is known nothing is drawn.

use leptos::prelude::*;

use super::{
    axis::{Axis, Piece, percent},
    bars::{Bar, Gap, StepBar, step_bars},
};
use crate::{
    domain::{Deploy, StepKey, Timestamp},
    text::time::{duration_between, duration_of_seconds},
    ui::kit::time::At,
};

/// Bars of what was read from GitHub are filled with this.
const HATCH: &str = "track-hatch";
/// Beyond this, the label of a tick is on its left.
const FAR: i64 = 9_500;

/// The steps of a deploy on their axis.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picture {
    /// Where the axis begins.
    from: Timestamp,
    axis: Axis,
    bars: Vec<StepBar>,
}

impl Picture {
    /// As it is now. Of a run that was started on GitHub, all was recorded after it had happened: nothing can be drawn.
    #[must_use]
    pub fn of(deploy: &Deploy, now: Timestamp) -> Option<Self> {
        if deploy.origin.is_github() {
            return None;
        }
        let bars = step_bars(deploy, now);
        let end = if deploy.is_live() { Some(now) } else { deploy.finished_at };
        let from = deploy.released_at();
        let axis = Axis::covering(from, bars.iter().flat_map(|bar| bar.bar.times()).chain([end]).flatten());
        let axis = if deploy.is_live() { axis.with_room() } else { axis };
        Some(Self { from, axis, bars })
    }

    /// What is known of one step.
    #[must_use]
    pub fn step(&self, key: StepKey) -> Option<(Axis, StepBar)> {
        self.bars.iter().find(|bar| bar.step == key).map(|bar| (self.axis, *bar))
    }
}

/// The bar of a step. Its words are beside it.
#[component]
pub fn Track(axis: Axis, bar: StepBar) -> impl IntoView {
    let grid = axis.ticks().into_iter().map(|(_, place)| line("track__tick", place, place)).collect_view();
    view! {
        <svg class="track" width="100%" height="20" aria-hidden="true" focusable="false">
            {grid}
            {bar.gap.map(|gap| gap_line(axis.piece(gap.from, gap.to)))}
            {bar_shape(bar.bar, axis)}
        </svg>
    }
    .into_any()
}

fn gap_line(gap: Piece) -> AnyView {
    line("track__gap", gap.start, gap.start + gap.length)
}

/// A line at half the height, or a tick from top to bottom.
fn line(class: &'static str, from: i64, to: i64) -> AnyView {
    let (top, bottom) = if from == to { ("0", "20") } else { ("10", "10") };
    view! { <line class=class x1=percent(from) x2=percent(to) y1=top y2=bottom /> }.into_any()
}

fn bar_shape(bar: Bar, axis: Axis) -> Option<AnyView> {
    let (class, piece) = match bar {
        Bar::Closed(from, to) | Bar::Open(from, to) => ("track__bar", axis.piece(from, to)),
        Bar::Recorded(from, to) => ("track__bar--recorded", axis.piece(from, to)),
        Bar::Ended(at) => ("track__bar", axis.piece(at, at)),
        Bar::Nothing => return None,
    };
    let Piece { start, length } = piece.drawn();
    let (is_recorded, is_open) = (matches!(bar, Bar::Recorded(..)), matches!(bar, Bar::Open(..)));
    let edge = is_open.then(|| line("track__edge", start + length, start + length));
    let fill = is_recorded.then(|| format!("url(#{HATCH})"));
    Some(
        view! {
            <rect class=class x=percent(start) width=percent(length) y="6" height="8" rx="2" fill=fill />
            {edge}
        }
        .into_any(),
    )
}

/// What the bar shows and the times beside it do not say.
#[must_use]
pub fn bar_text(StepBar { bar, gap, .. }: StepBar) -> Option<String> {
    let gap = gap.filter(|gap| gap.is_long()).map(gap_text);
    let unknown = matches!(bar, Bar::Ended(_)).then(|| "beginning not reported".to_owned());
    gap.or(unknown)
}

fn gap_text(gap: Gap) -> String {
    let long = duration_between(gap.from, gap.to);
    match (gap.is_first, gap.is_open) {
        (true, true) => format!("nothing has begun for {long}"),
        (true, false) => format!("began after {long}"),
        (false, true) => format!("nothing under way for {long} so far"),
        (false, false) => format!("after a gap of {long}"),
    }
}

/// What the shapes mean: reported, read from GitHub, and nothing.
#[component]
fn TrackLegend() -> impl IntoView {
    let sample = |shape: AnyView, words: &'static str| {
        view! {
            <span class="steps__sample">
                <svg class="track" width="24" height="10" aria-hidden="true" focusable="false">
                    {shape}
                </svg>
                {words}
            </span>
        }
    };
    let rect = |class: &'static str, fill: Option<String>| {
        view! { <rect class=class x="0" width="24" y="1" height="8" rx="2" fill=fill /> }.into_any()
    };
    let gap = view! { <line class="track__gap" x1="1" x2="23" y1="5" y2="5" /> }.into_any();
    view! {
        <p class="steps__legend">
            {sample(rect("track__bar", None), "reported as it happened")}
            {sample(rect("track__bar--recorded", Some(format!("url(#{HATCH})"))), "read from GitHub, at that time")}
            {sample(gap, "nothing under way")}
        </p>
    }
    .into_any()
}

/// The round times of the axis, below the steps.
#[component]
pub fn TrackAxis(picture: Picture) -> impl IntoView {
    let Picture { from, axis, .. } = picture;
    let labels = axis.ticks().into_iter().map(|(second, place)| {
        let anchor = match place {
            0 => "start",
            FAR.. => "end",
            _ => "middle",
        };
        view! { <text class="track__label" x=percent(place) y="12" text-anchor=anchor>{tick_label(second)}</text> }
    });
    let labels = labels.collect_view();
    view! {
        <div class="steps__axis">
            <span class="steps__from">"From " <At at=from /></span>
            <svg class="track" width="100%" height="16" aria-hidden="true" focusable="false">
                <pattern id=HATCH width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path class="track__hatch" d="M0 0V6" />
                </pattern>
                {labels}
            </svg>
            <TrackLegend />
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
