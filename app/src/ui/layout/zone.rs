//! In which zone times are shown. It takes effect in the browser alone; without scripts times are in UTC.

use leptos::prelude::*;

/// The switch, by its id.
pub const SWITCH: &str = "zone-switch";

#[component]
pub fn ZoneSwitch() -> impl IntoView {
    view! {
        <label class="zone-switch">
            <input id=SWITCH type="checkbox" />
            "Times in your own zone"
        </label>
    }
}
