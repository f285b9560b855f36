//! A clock that ticks on the screen.

use gloo_timers::callback::Interval;
use leptos::prelude::*;

use crate::{clock, domain::Timestamp};

const SECOND: u32 = 1_000;

/// The time, once a second, while `ticking`. None on the server and until the page is hydrated.
#[must_use]
pub fn use_now(ticking: Signal<bool>) -> ReadSignal<Option<Timestamp>> {
    let (now, set_now) = signal(None);
    Effect::new(move || {
        if !ticking.get() {
            return;
        }
        set_now.set(Some(clock::now()));
        let tick = Interval::new(SECOND, move || set_now.set(Some(clock::now())));
        let tick = StoredValue::new_local(Some(tick));
        on_cleanup(move || {
            tick.update_value(|tick| drop(tick.take()));
        });
    });
    now
}
