//! Finding apps by typing, and by what asks for attention: what does not match is hidden at once. The server applies the
//! same filter to what the address asks for, and the address follows.

use std::cell::RefCell;

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

/// How many rows come back in one frame. The browser has to lay them out, and on a large board that takes longer than a
/// frame lasts.
const A_FRAME: usize = 2;
/// How many rows fill a large screen. Those below are not laid out before one scrolls to them, and come back together.
const A_SCREEN: usize = 60;

thread_local! {
    /// The next frame in which rows come back; none, if all are there.
    static NEXT_FRAME: RefCell<Option<AnimationFrameRequestHandle>> = const { RefCell::new(None) };
}

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
        hide_the_rest(&Wanted::of_address(), Then::Stay);
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
    hide_the_rest(wanted, Then::ComeBack);
}

/// What becomes of rows that are there already, and too far down to be laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Then {
    /// One may have scrolled to them.
    Stay,
    /// Where other rows go, they would all be laid out in one frame.
    ComeBack,
}

fn hide_the_rest(wanted: &Wanted, then: Then) {
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
    let rows: Vec<Row> = elements(&format!("[{SEARCHABLE}]"))
        .map(|element| Row { is_found: wanted.finds(&element, &favourites), element })
        .collect();
    let (found, all) = (rows.iter().filter(|row| row.is_found).count(), rows.len());
    hide_empty_groups(&rows);
    show_rows(rows, then);
    if let Some(none) = document().get_element_by_id(NONE_FOUND) {
        set_hidden(&none, found > 0);
    }
    show_count(wanted, found, all);
}

/// A row of the board.
struct Row {
    element: Element,
    is_found: bool,
}

fn set_hidden(element: &Element, is_hidden: bool) {
    // It fails only for what is not a name.
    let _ = element.toggle_attribute_with_force("hidden", is_hidden);
}

/// Hides groups of which no app is found.
fn hide_empty_groups(rows: &[Row]) {
    for of_group in rows.chunk_by(|one, next| one.element.parent_node() == next.element.parent_node()) {
        if let Some(group) = of_group.first().and_then(|row| row.element.parent_element()) {
            set_hidden(&group, !of_group.iter().any(|row| row.is_found));
        }
    }
}

/// Hides what is not found at once, and shows the rest by and by, from above.
fn show_rows(rows: Vec<Row>, then: Then) {
    let is_shown = |row: &Row| !row.element.has_attribute("hidden");
    let all_stay = then == Then::Stay || rows.iter().all(|row| row.is_found || !is_shown(row));
    let (mut coming, mut seen) = (Vec::new(), 0);
    for row in rows {
        let is_shown = is_shown(&row);
        let Row { element, is_found } = row;
        seen += usize::from(is_shown);
        let stays = is_found && is_shown && (all_stay || seen <= A_SCREEN);
        set_hidden(&element, !stays);
        if is_found && !stays {
            coming.push(element);
        }
    }
    come_back(coming, 0);
}

/// Shows some of the rows now, and the others in the frames that follow. What was still to come from before does not.
fn come_back(mut rows: Vec<Element>, shown: usize) {
    let now = if shown < A_SCREEN { A_FRAME } else { rows.len() };
    let later = rows.split_off(now.min(rows.len()));
    let shown = shown + rows.len();
    rows.iter().for_each(|row| set_hidden(row, false));
    let next =
        (!later.is_empty()).then(|| request_animation_frame_with_handle(move || come_back(later, shown)));
    let before = NEXT_FRAME.replace(next.and_then(Result::ok));
    if let Some(before) = before {
        before.cancel();
    }
}

fn show_count(wanted: &Wanted, found: usize, all: usize) {
    let text = match found {
        _ if wanted.is_all() => String::new(),
        found => format!("{found} of {all}"),
    };
    let status = find(&document(), ".board-filter__found");
    if let Some(status) = status.as_ref().map(Element::as_ref) {
        web_sys::Node::set_text_content(status, Some(&text));
    }
}
