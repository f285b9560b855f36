//! The parts of a page that the server renders: each becomes what it is there, and keeps what people did to it.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, Mutex},
};

use app::{
    api::UiError,
    live::{
        morph::morph,
        page_refresh::{PageRefresh, use_page_refresh},
        source::PageSource,
    },
    ui::{board::filter::matches_search, layout::freshness::PageFreshness},
};
use futures::channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use super::support::{
    page::{NEVER, Page, settle, until},
    script::Script,
};

fn element(html: &str) -> Element {
    let parent = document().create_element("div").expect("a name");
    parent.set_inner_html(html);
    parent.first_element_child().expect("there is one")
}

/// Any page becomes what the server renders now.
#[wasm_bindgen_test]
fn morph_reaches_the_new_markup() {
    let pages = [
        "<div></div>",
        "<div>text</div>",
        "<div class=\"a\" title=\"t\">text <b>bold</b> more</div>",
        "<div class=\"b\"><b>bold</b></div>",
        "<div><ul><li id=\"one\">1</li><li id=\"two\">2</li></ul></div>",
        "<div><ul><li id=\"two\">2</li></ul><p>after</p></div>",
        "<div><svg viewBox=\"0 0 16 16\"><path d=\"M1 1\"></path></svg><!-- a note -->text</div>",
        "<div data-x=\"&quot;&lt;script&gt;\">&lt;script&gt;alert(1)&lt;/script&gt;</div>",
    ];
    for before in pages {
        for after in pages {
            let shown = element(before);
            morph(&shown, &element(after));
            assert_eq!(shown.outer_html(), element(after).outer_html(), "from {before}");
        }
    }
}

#[wasm_bindgen_test]
fn user_changes_survive() {
    let shown = element(
        "<div><button id=\"b\" class=\"old\">Deploy</button><details open>why</details><p hidden>x</p></div>",
    );
    document().body().expect("a page").append_child(&shown).expect("a new element");
    let button: HtmlElement = shown.first_element_child().expect("it is there").unchecked_into();
    button.focus().expect("a button");
    let now = "<div><button id=\"b\" class=\"new\" aria-disabled=\"true\">Deploy</button><details>why not</details><p>y</p></div>";
    morph(&shown, &element(now));
    let focused = document().active_element().expect("something has it");
    assert!(focused.is_same_node(Some(&button)) && focused.class_name() == "new");
    assert!(shown.query_selector("details[open]").expect("a selector").is_some());
    assert!(shown.query_selector("p[hidden]").expect("a selector").is_some());
    assert!(shown.inner_html().contains("why not"));
    shown.remove();
}

#[wasm_bindgen_test]
fn filter_requires_every_typed_word() {
    for (wanted, is_found) in [
        ("", true),
        ("SHOP", true),
        ("acme prod", true),
        ("prod acme", true),
        ("acme dev", false),
        ("shop ", true),
    ] {
        assert_eq!(matches_search("shop acme/shop production staging", wanted), is_found, "{wanted}");
    }
}

type Pages = Arc<Mutex<Vec<Result<String, UiError>>>>;

/// A page with one part, which is read again when the test says so.
fn mounted(pages: &Pages) -> (Page, Rc<RefCell<Option<PageRefresh>>>) {
    let (source, parts) = (Arc::clone(pages), Rc::new(RefCell::new(None)));
    let kept = Rc::clone(&parts);
    let page = Page::new(&Script::default(), NEVER, move || {
        provide_context(PageSource::new(move |_| {
            let page = source.lock().expect("one thread").remove(0);
            Box::pin(async move { page })
        }));
        let page = use_page_refresh();
        kept.replace(Some(page));
        view! { <PageFreshness page /> <p data-part="news">"old"</p> }
    });
    (page, parts)
}

fn refresh(parts: &Rc<RefCell<Option<PageRefresh>>>) {
    parts.borrow().expect("it is mounted").refresh.run(());
}

/// A part is what the server renders now, and an old page says how old it is.
#[wasm_bindgen_test]
async fn part_refreshes_or_shows_its_age() {
    let page = |text: &str| Ok(format!("<title>{text}</title><p data-part='news' data-follow>{text}</p>"));
    let pages: Pages = Arc::new(Mutex::new(vec![page("new"), Err(UiError::Unreachable), page("newer")]));
    let (shown, parts) = mounted(&pages);
    refresh(&parts);
    until("new", || shown.get("[data-part='news']").text_content().as_deref() == Some("new")).await;
    assert_eq!(document().title(), "new");
    refresh(&parts);
    until("trouble", || shown.has("The console does not answer. This page is as it was at ")).await;
    assert_eq!(shown.get("[data-part='news']").text_content().as_deref(), Some("new"));
    refresh(&parts);
    until("newer", || shown.get("[data-part='news']").text_content().as_deref() == Some("newer")).await;
    until("no trouble", || !shown.has("does not answer")).await;
}

/// A page of another build is offered, and not mixed in.
#[wasm_bindgen_test]
async fn f66_newer_build_is_offered_not_merged() {
    let newer = "<html data-build='another'><body><p data-part='news' data-follow>new</p></body></html>";
    let pages: Pages = Arc::new(Mutex::new(vec![Ok(newer.to_owned())]));
    let (shown, parts) = mounted(&pages);
    refresh(&parts);
    until("offered", || shown.has("The console was updated.") && shown.has("Load it again")).await;
    assert_eq!(shown.get("[data-part='news']").text_content().as_deref(), Some("old"));
}

/// A page that was asked for before the one that is shown is dropped.
#[wasm_bindgen_test]
async fn f64_stale_page_answer_is_dropped() {
    let waiting: Arc<Mutex<Vec<oneshot::Sender<String>>>> = Arc::default();
    let (asked, parts) = (Arc::clone(&waiting), Rc::new(RefCell::new(None)));
    let kept = Rc::clone(&parts);
    let shown = Page::new(&Script::default(), NEVER, move || {
        provide_context(PageSource::new(move |_| {
            let (answer, answered) = oneshot::channel();
            asked.lock().expect("one thread").push(answer);
            Box::pin(async move { answered.await.map_err(|_| UiError::Unreachable) })
        }));
        let page = use_page_refresh();
        kept.replace(Some(page));
        view! { <PageFreshness page /> <p data-part="news">"old"</p> }
    });
    refresh(&parts);
    refresh(&parts);
    until("both are asked for", || waiting.lock().expect("one thread").len() == 2).await;
    let mut answers = std::mem::take(&mut *waiting.lock().expect("one thread"));
    let page = |text: &str| format!("<p data-part='news' data-follow>{text}</p>");
    let (second, first) = (answers.pop().expect("it waits"), answers.pop().expect("it waits"));
    second.send(page("second")).expect("it is heard");
    until("the second", || shown.get("[data-part='news']").text_content().as_deref() == Some("second")).await;
    first.send(page("first")).expect("it is heard");
    settle().await;
    assert_eq!(shown.get("[data-part='news']").text_content().as_deref(), Some("second"));
}

#[wasm_bindgen_test]
async fn f65_signed_out_page_says_so_and_stays() {
    let pages: Pages = Arc::new(Mutex::new(vec![Err(UiError::SignedOut)]));
    let (shown, parts) = mounted(&pages);
    refresh(&parts);
    until("the way back", || {
        shown.has("You are signed out. This page is as it was at ") && shown.has("Sign in")
    })
    .await;
    assert_eq!(shown.get("[data-part='news']").text_content().as_deref(), Some("old"));
}
