//! The filter of a board that has more rows than a screen: they come back by and by, but what one may have scrolled to
//! stays.

use app::{
    live::board_filter::{SEARCHABLE, apply, use_board_filter},
    ui::board::filter::FIELD,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

use super::support::{
    page::{NEVER, Page, settle, until},
    script::Script,
};

const ROWS: usize = 90;

fn board() -> Page {
    let row = |number: usize| format!("<tr {SEARCHABLE}='app-{number}'><td>app-{number}</td></tr>");
    let group =
        |numbers: std::ops::Range<usize>| format!("<tbody>{}</tbody>", numbers.map(row).collect::<String>());
    let html = format!("<input id='{FIELD}'><table>{}{}</table>", group(0..70), group(70..ROWS));
    Page::new(&Script::default(), NEVER, move || {
        use_board_filter();
        view! { <div inner_html=html></div> }
    })
}

fn count(selector: &str) -> usize {
    document().query_selector_all(selector).expect("a selector").length() as usize
}

fn shown() -> usize {
    count("tr:not([hidden])")
}

fn find(text: &str) {
    let field = document().get_element_by_id(FIELD).expect("it is there");
    let field: HtmlInputElement = field.unchecked_into();
    field.set_value(text);
    let typed = web_sys::Event::new("input").expect("a name");
    typed.init_event_with_bubbles("input", true);
    field.dispatch_event(&typed).expect("an event");
}

#[wasm_bindgen_test]
async fn rows_come_back_by_and_by() {
    let _board = board();
    settle().await;
    find("app-8");
    until("eleven are found", || shown() == 11).await;
    assert_eq!(count("tbody[hidden]"), 0, "app-8 is of the first group");
    find("app-80");
    until("one is found", || shown() == 1).await;
    assert_eq!(count("tbody[hidden]"), 1);
    find("");
    assert!(shown() < ROWS, "not in one frame");
    until("all are back", || shown() == ROWS).await;
    assert_eq!(count("tbody[hidden]"), 0);
}

/// An event makes the filter apply to what came with it. Nothing that was there goes for that, nor for a letter that all have.
#[wasm_bindgen_test]
async fn rows_below_the_screen_stay_where_nothing_goes() {
    let _board = board();
    settle().await;
    apply();
    assert_eq!(shown(), ROWS);
    find("a");
    assert_eq!(shown(), ROWS);
}

/// What was typed last counts, also while rows still come back.
#[wasm_bindgen_test]
async fn last_search_wins() {
    let _board = board();
    settle().await;
    find("app-80");
    find("");
    find("app-7");
    until("eleven are found", || shown() == 11).await;
    settle().await;
    assert_eq!(shown(), 11);
}
