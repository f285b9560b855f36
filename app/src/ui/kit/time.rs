//! A time on the screen, with the full form for machines.

use leptos::prelude::*;

use crate::{
    domain::Timestamp,
    text::time::{date_and_time, time_of_day},
};

/// A recorded time as `12:03:07 UTC`, or with its date where it may be long ago.
#[component]
pub fn At(
    at: Timestamp,
    /// Whether to show the date.
    #[prop(optional)]
    dated: bool,
) -> impl IntoView {
    let shown = if dated { date_and_time(at) } else { time_of_day(at) };
    view! { <time class="time" datetime=at.to_string()>{shown}</time> }
}
