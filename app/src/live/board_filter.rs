//! Finding by typing: what is not meant is hidden as one types. The server knows the same filter.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use super::dialog_triggers::openers;
use crate::ui::board::filter::{FIELD, is_meant};

/// The attribute of what can be found: the text in which it is looked for.
pub const FINDABLE: &str = "data-findable";

/// Hides what is not meant while somebody types into the [field](FIELD), until the owner goes.
pub fn use_filter() {
    Effect::new(move || {
        let typed = window_event_listener(ev::input, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(field) = target.filter(|field| field.id() == FIELD) {
                filter(&field.value());
            }
        });
        on_cleanup(move || typed.remove());
    });
}

fn filter(wanted: &str) {
    let (mut found, mut all) = (0, 0);
    for element in openers(&format!("[{FINDABLE}]")) {
        let is_found = is_meant(&element.get_attribute(FINDABLE).unwrap_or_default(), wanted);
        // It can only fail for what is no name.
        let _ = element.toggle_attribute_with_force("hidden", !is_found);
        found += u32::from(is_found);
        all += 1;
    }
    say(wanted, found, all);
}

fn say(wanted: &str, found: u32, all: u32) {
    let said = match found {
        _ if wanted.trim().is_empty() => String::new(),
        0 => "None found".to_owned(),
        found => format!("{found} of {all}"),
    };
    let status = document().query_selector(".board-filter__found").ok().flatten();
    if let Some(status) = status.as_ref().map(Element::as_ref) {
        web_sys::Node::set_text_content(status, Some(&said));
    }
}
