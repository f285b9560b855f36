//! The WebAssembly that makes the islands of the served page live.

use app::{
    islands::{mark_hydrated, palette_host::listen_for_palette},
    live::{copying::listen_for_copies, shortcuts::listen_to_keys, times::listen_to_times},
    ui::freezes::own_zone::fill_in_own_zone,
};
use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the page. Called by the script that the page carries, which then takes over each island.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    listen_to_keys();
    listen_to_times();
    listen_for_copies();
    listen_for_palette();
    fill_in_own_zone();
    if let Ok(None) = document().query_selector("leptos-island") {
        mark_hydrated();
    }
}
