//! Finding apps by typing: what does not match is hidden as one types. The server applies the same filter.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use super::dialog_triggers::elements;
use crate::ui::board::filter::{FIELD, matches_search};

/// The attribute of what can be found: the text that is searched.
pub const SEARCHABLE: &str = "data-findable";

/// Hides what does not match what is typed into the [field](FIELD), until the owner goes.
pub fn use_board_filter() {
    Effect::new(move || {
        let listener = window_event_listener(ev::input, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(field) = target.filter(|field| field.id() == FIELD) {
                filter(&field.value());
            }
        });
        on_cleanup(move || listener.remove());
    });
}

fn filter(search: &str) {
    let (mut found, mut all) = (0, 0);
    for element in elements(&format!("[{SEARCHABLE}]")) {
        let is_found = matches_search(&element.get_attribute(SEARCHABLE).unwrap_or_default(), search);
        // It fails only for what is not a name.
        let _ = element.toggle_attribute_with_force("hidden", !is_found);
        found += u32::from(is_found);
        all += 1;
    }
    show_count(search, found, all);
}

fn show_count(search: &str, found: u32, all: u32) {
    let text = match found {
        _ if search.trim().is_empty() => String::new(),
        0 => "None found".to_owned(),
        found => format!("{found} of {all}"),
    };
    let status = document().query_selector(".board-filter__found").ok().flatten();
    if let Some(status) = status.as_ref().map(Element::as_ref) {
        web_sys::Node::set_text_content(status, Some(&text));
    }
}
