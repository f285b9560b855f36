//! A time on the screen, with the full form for machines. The server writes it in UTC; in the browser it is shown [as the
//! operator chose](crate::live::times).

use leptos::prelude::*;

use crate::{
    clock,
    domain::Timestamp,
    text::time::{date_and_time, short_span, time_of_day},
};

/// The attribute of a time that says how it is shown: as one of these.
pub const FORM: &str = "data-time";
/// A time of day.
pub const CLOCK: &str = "clock";
/// A time of day with its date.
pub const DATED: &str = "dated";
/// How long ago it is: `3 min`.
pub const AGO: &str = "ago";
/// The same in a sentence: `3 min ago`.
pub const AGO_IN_WORDS: &str = "ago-in-words";

/// A recorded time as `12:03:07 UTC`, or with its date where it may be long ago.
#[component]
pub fn At(
    at: Timestamp,
    /// Whether to show the date.
    #[prop(optional)]
    dated: bool,
) -> impl IntoView {
    let (shown, form) = if dated { (date_and_time(at), DATED) } else { (time_of_day(at), CLOCK) };
    view! { <time class="time" datetime=at.to_string() data-time=form>{shown}</time> }
}

/// How long ago a recorded time is. The server, which has no clock that the browser could go on with, shows its date.
#[component]
pub fn Ago(
    at: Timestamp,
    /// Whether it stands in a sentence.
    #[prop(optional)]
    in_words: bool,
) -> impl IntoView {
    let form = if in_words { AGO_IN_WORDS } else { AGO };
    let shown = if cfg!(feature = "hydrate") { ago_text(form, at, clock::now()) } else { date_and_time(at) };
    view! { <time class="time" datetime=at.to_string() data-time=form>{shown}</time> }
}

/// How long ago it is, in one of its forms.
#[must_use]
pub fn ago_text(form: &str, at: Timestamp, now: Timestamp) -> String {
    let span = short_span(at, now);
    if form == AGO_IN_WORDS { span + " ago" } else { span }
}
