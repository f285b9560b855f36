//! The apps that a person marked on the board: kept in this browser.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{board_filter, dialog_triggers::elements, shortcuts::storage};
use crate::ui::board::favourite::{CHIP, MARKS};

/// The key in `localStorage`: their names, each on a line.
const STORAGE_KEY: &str = "deploy-console.favourites";

/// The names of the apps.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Favourites(Vec<String>);

impl Favourites {
    /// As they are kept now.
    #[must_use]
    pub fn read() -> Self {
        let kept = storage().and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten());
        Self(kept.unwrap_or_default().lines().map(str::to_owned).collect())
    }

    #[must_use]
    pub fn has(&self, app: &str) -> bool {
        self.0.iter().any(|name| name == app)
    }

    /// Marks an app, or takes the mark away. Where storage is missing, the next page does not know.
    fn toggle(mut self, app: &str) {
        if self.has(app) {
            self.0.retain(|name| name != app);
        } else {
            self.0.push(app.to_owned());
        }
        if let Some(storage) = storage() {
            let _ = storage.set_item(STORAGE_KEY, &self.0.join("\n"));
        }
    }
}

/// Listens to the stars, until the owner goes.
pub fn use_favourites() {
    Effect::new(move || {
        let pressed = window_event_listener(ev::click, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let star = target.and_then(|target| target.closest(&format!("[{MARKS}]")).ok().flatten());
            if let Some(app) = star.and_then(|star| star.get_attribute(MARKS)) {
                Favourites::read().toggle(&app);
                board_filter::apply();
            }
        });
        board_filter::apply();
        on_cleanup(move || pressed.remove());
    });
}

/// Shows which apps are marked.
pub(super) fn show_marks(favourites: &Favourites) {
    let mut is_any = false;
    for star in elements(&format!("[{MARKS}]")) {
        let is_marked = star.get_attribute(MARKS).is_some_and(|app| favourites.has(&app));
        let pressed = if is_marked { "true" } else { "false" };
        if star.get_attribute("aria-pressed").as_deref() != Some(pressed) {
            let _ = star.set_attribute("aria-pressed", pressed);
        }
        is_any |= is_marked;
    }
    if let Some(chip) = document().get_element_by_id(CHIP) {
        let _ = chip.toggle_attribute_with_force("hidden", !is_any);
    }
}
