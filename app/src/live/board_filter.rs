//! Finding apps by typing, and by what asks for attention: what does not match is hidden at once. The server applies the
//! same filter to what the address asks for, and the address follows.

use js_sys::JsString;
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, UrlSearchParams};

use super::{
    dialog_triggers::elements,
    favourites::{Favourites, show_marks},
    page::find,
};
use crate::ui::board::{
    favourite::FAVOURITES,
    filter::{FIELD, SEARCH, SHOW, has_words},
    grid::NONE_FOUND,
};

/// The attribute of what can be found: the text that is searched.
pub const SEARCHABLE: &str = "data-findable";
/// The attribute of what can be found: what of it asks for attention, separated by spaces.
const ATTENTION: &str = "data-attention";
/// The attribute of what can be found: the name of the app.
const APP: &str = "data-name";

/// What the address asks for.
#[derive(Clone, Debug, Default)]
struct Wanted {
    search: String,
    show: Option<String>,
}

/// Hides what does not match what is typed into the [field](FIELD), or what a chip stands for, until the owner goes.
pub fn use_board_filter() {
    Effect::new(move || {
        let typed = window_event_listener(ev::input, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(field) = target.filter(|field| field.id() == FIELD) {
                show(&Wanted { search: field.value(), ..Wanted::of_address() });
            }
        });
        let chosen = window_event_listener(ev::click, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let is_plain = !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
            let chip = target.and_then(|target| target.closest("[data-show]").ok().flatten());
            if let Some(chip) = chip.filter(|_| is_plain && event.button() == 0) {
                event.prevent_default();
                let was_chosen = chip.has_attribute("aria-current");
                let show_next = chip.get_attribute("data-show").filter(|_| !was_chosen);
                show(&Wanted { show: show_next, ..Wanted::of_address() });
            }
        });
        on_cleanup(move || {
            typed.remove();
            chosen.remove();
        });
    });
}

impl Wanted {
    fn of_address() -> Self {
        let query = window().location().search().unwrap_or_default();
        let Ok(query) = UrlSearchParams::new_with_str(&query) else { return Self::default() };
        Self { search: query.get(SEARCH).unwrap_or_default(), show: query.get(SHOW) }
    }

    /// What the address is then.
    fn address(&self) -> String {
        let Ok(query) = UrlSearchParams::new() else { return "/".to_owned() };
        if let Some(show) = &self.show {
            query.append(SHOW, show);
        }
        if !self.search.is_empty() {
            query.append(SEARCH, &self.search);
        }
        let query = String::from(query.to_string());
        if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
    }

    /// Whether all are to be shown: a large board has hundreds of texts to search.
    fn is_all(&self) -> bool {
        self.show.is_none() && self.search.trim().is_empty()
    }

    fn finds(&self, element: &Element, favourites: &Favourites) -> bool {
        if self.is_all() {
            return true;
        }
        let attribute = |name| element.get_attribute(name).unwrap_or_default();
        let asks = |show: &String| {
            let is_favourite = show == FAVOURITES && favourites.has(&attribute(APP));
            is_favourite || attribute(ATTENTION).split(' ').any(|attention| attention == show)
        };
        self.show.as_ref().is_none_or(asks)
            && has_words(&lower(attribute(SEARCHABLE)), &lower(self.search.clone()))
    }
}

/// Applies what the address asks for to what is on the page now.
pub fn apply() {
    if find(&document(), &format!("[{SEARCHABLE}]")).is_some() {
        hide_the_rest(&Wanted::of_address());
    }
}

/// The browser knows the letters of all scripts: the tables of them need not be downloaded.
fn lower(text: String) -> String {
    JsString::from(text).to_lower_case().into()
}

fn show(wanted: &Wanted) {
    // It fails only where a page asks for hundreds of addresses in seconds; then the address is behind.
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&wanted.address()));
    }
    hide_the_rest(wanted);
}

fn hide_the_rest(wanted: &Wanted) {
    for chip in elements("[data-show]") {
        let is_chosen = chip.get_attribute("data-show") == wanted.show;
        let _ = if is_chosen {
            chip.set_attribute("aria-current", "true")
        } else {
            chip.remove_attribute("aria-current")
        };
    }
    let favourites = Favourites::read();
    show_marks(&favourites);
    let (mut found, mut all) = (0, 0);
    for element in elements(&format!("[{SEARCHABLE}]")) {
        let is_found = wanted.finds(&element, &favourites);
        // It fails only for what is not a name.
        let _ = element.toggle_attribute_with_force("hidden", !is_found);
        found += u32::from(is_found);
        all += 1;
    }
    if let Some(none) = document().get_element_by_id(NONE_FOUND) {
        let _ = none.toggle_attribute_with_force("hidden", found > 0);
    }
    show_count(wanted, found, all);
}

fn show_count(wanted: &Wanted, found: u32, all: u32) {
    let text = match found {
        _ if wanted.is_all() => String::new(),
        found => format!("{found} of {all}"),
    };
    let status = find(&document(), ".board-filter__found");
    if let Some(status) = status.as_ref().map(Element::as_ref) {
        web_sys::Node::set_text_content(status, Some(&text));
    }
}
