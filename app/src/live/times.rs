//! Times as the operator wants them: how long ago, and exactly in their own zone and in UTC. The server writes all of them
//! in UTC; only how they are shown changes here.

use gloo_timers::callback::Interval;
use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement};

use super::{dialog_triggers::elements, shortcuts::storage};
use crate::{
    clock,
    domain::Timestamp,
    text::time::{date_and_time, time_of_day},
    ui::{
        kit::time::{AGO, AGO_IN_WORDS, CLOCK, DATED, FORM, ago_text},
        layout::zone::SWITCH,
    },
};

/// The key in `localStorage`: there where times are shown in the operator's own zone.
const STORAGE_KEY: &str = "deploy-console.local-times";
/// How often the ages that are shown in seconds are written again, in milliseconds.
const EVERY: u32 = 1_000;
/// After how many times of that all ages are: a large board has thousands, most of which change by the hour.
const ALL_AFTER: u32 = 15;
/// The attribute of an age that is shown in seconds.
const IN_SECONDS: &str = "data-in-seconds";

/// Shows the times of this page, and keeps those fresh that say how long ago it is, for as long as it is there.
pub fn listen_to_times() {
    let _ = window_event_listener(ev::change, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(switch) = target.filter(|target| target.id() == SWITCH) {
            save_choice(switch.checked());
            show(elements(&format!("time[{FORM}]")));
        }
    });
    let switch =
        document().get_element_by_id(SWITCH).and_then(|switch| switch.dyn_into::<HtmlInputElement>().ok());
    if let Some(switch) = switch {
        switch.set_checked(is_local());
    }
    show_new_times();
    let mut ticks = 0_u32;
    let tick = move || {
        ticks = ticks.wrapping_add(1);
        show_new_times();
        let of_all = ticks.is_multiple_of(ALL_AFTER);
        let younger = if of_all { String::new() } else { format!("[{IN_SECONDS}]") };
        show_ages(elements(&format!("time[{FORM}^=\"{AGO}\"]{younger}")));
    };
    Interval::new(EVERY, tick).forget();
}

/// Shows the times that have come to the page as times were chosen to be shown. Those that were there have their title.
pub fn show_new_times() {
    show(elements(&format!("time[{FORM}]:not([title])")));
}

fn show(times: impl Iterator<Item = Element>) {
    let (is_local, times) = (is_local(), times.collect::<Vec<_>>());
    for time in &times {
        let Some(at) = time_of(time) else { continue };
        if !time.has_attribute("title") {
            let _ = time.set_attribute("title", &format!("{} · {}", local_text(at), date_and_time(at)));
        }
        let text = match time.get_attribute(FORM).as_deref() {
            Some(DATED) if is_local => local_text(at),
            Some(CLOCK) if is_local => local_clock(at),
            Some(DATED) => date_and_time(at),
            Some(CLOCK) => time_of_day(at),
            Some(_) | None => continue,
        };
        set_text(time, &text);
    }
    show_ages(times.into_iter());
}

fn show_ages(times: impl Iterator<Item = Element>) {
    let now = clock::now();
    for time in times {
        let form = time.get_attribute(FORM).filter(|form| [AGO, AGO_IN_WORDS].contains(&form.as_str()));
        if let Some((form, at)) = form.zip(time_of(&time)) {
            set_text(&time, &ago_text(&form, at, now));
            let is_young = now.as_second() - at.as_second() < 60;
            // It fails only for what is not a name.
            let _ = time.toggle_attribute_with_force(IN_SECONDS, is_young);
        }
    }
}

fn set_text(time: &Element, text: &str) {
    if time.text_content().as_deref() != Some(text) {
        time.set_text_content(Some(text));
    }
}

/// The browser reads the time: what reads it here would be downloaded.
fn time_of(time: &Element) -> Option<Timestamp> {
    let milliseconds = Date::parse(&time.get_attribute("datetime")?);
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this epoch fit an i64")]
    milliseconds.is_finite().then(|| Timestamp::from_millisecond(milliseconds as i64).ok()).flatten()
}

thread_local! {
    /// To make one takes the browser much longer than to use it.
    static LOCAL_TEXT: Function = formatter(&[
        ("day", "numeric"),
        ("month", "short"),
        ("year", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
    ]);
    static LOCAL_CLOCK: Function =
        formatter(&[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")]);
}

/// What writes these parts of a time in the operator's own zone.
fn formatter(parts: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (name, value) in parts.iter().chain([&("timeZoneName", "short")]) {
        // It fails only for what cannot be written to.
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    DateTimeFormat::new(&Array::of1(&"en-GB".into()), &options).format()
}

/// `30 Nov 2026, 14:03 CET`, as the browser writes it.
fn local_text(at: Timestamp) -> String {
    LOCAL_TEXT.with(|formatter| in_zone(formatter, at))
}

fn local_clock(at: Timestamp) -> String {
    LOCAL_CLOCK.with(|formatter| in_zone(formatter, at))
}

fn in_zone(formatter: &Function, at: Timestamp) -> String {
    let milliseconds = at.as_millisecond();
    #[expect(clippy::cast_precision_loss, reason = "it is exact for 285,000 years")]
    let milliseconds = milliseconds as f64;
    let text = formatter.call1(&JsValue::NULL, &milliseconds.into());
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn is_local() -> bool {
    storage().is_some_and(|storage| storage.get_item(STORAGE_KEY).ok().flatten().is_some())
}

/// Where storage is missing, the next page shows UTC again.
fn save_choice(is_local: bool) {
    if let Some(storage) = storage() {
        let _ = if is_local { storage.set_item(STORAGE_KEY, "") } else { storage.remove_item(STORAGE_KEY) };
    }
}
