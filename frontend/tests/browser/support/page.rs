//! The page of one test, asked by role and name.

use std::{any::Any, time::Duration};

use app::{
    api::PollAnswer,
    clock,
    domain::{Deploy, Timestamp},
    live::{
        drafts::Drafts,
        source::{PageSource, PollInterval, PollIntervalWithEvents},
        submission::RetryPolicy,
        use_deploy::use_deploy,
    },
    request::rehearsal::Rehearsal,
    ui::{deploy::progress::DeployProgress, kit::announcement::Announcement},
};
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::script::Script;

/// Frames after which a condition counts as never met.
const MAX_FRAMES: usize = 400;

/// A poll so quick that no test waits for it.
pub(crate) const AT_ONCE: Duration = Duration::from_millis(1);
/// A poll that no test lives to see.
pub(crate) const NEVER: Duration = Duration::from_hours(1);

/// Something mounted, until it is dropped.
pub(crate) struct Page {
    root: HtmlElement,
    mounted: Option<Box<dyn Any>>,
}

/// A dialog names itself in the address, which outlives the page of a test.
fn forget_address() {
    let history = window().history().expect("a page has one");
    history.replace_state_with_url(&JsValue::NULL, "", Some("?")).expect("an address");
}

impl Page {
    /// Mounts a view that asks this script.
    pub(crate) fn new<V: IntoView + 'static>(
        script: &Script,
        every: Duration,
        view: impl FnOnce() -> V + 'static,
    ) -> Self {
        forget_address();
        let root: HtmlElement = document().create_element("div").expect("a name").unchecked_into();
        document().body().expect("a page").append_child(&root).expect("a new element");
        let (source, target, cancel) = (script.source(), script.target(), script.cancel_target());
        let (abandon, review) = (script.abandon_target(), script.review_target());
        let mounted = mount_to(root.clone(), move || {
            provide_context(source);
            provide_context(target);
            provide_context(cancel);
            provide_context(abandon);
            provide_context(review);
            // There is no server to render pages.
            provide_context(PageSource::new(|_| Box::pin(std::future::pending())));
            provide_context(PollInterval(every));
            provide_context(PollIntervalWithEvents(NEVER));
            provide_context(RetryPolicy { interval: every, ..RetryPolicy::default() });
            provide_context(Rehearsal(true));
            provide_context(Drafts::default());
            view()
        });
        Self { root, mounted: Some(Box::new(mounted)) }
    }

    /// Mounts the progress of a deploy, as the modal and the deploy page show it.
    pub(crate) fn watching(script: &Script, every: Duration, first: impl Into<PollAnswer>) -> Self {
        let first = first.into();
        Self::new(script, every, move || {
            let known = first.deploy.history.len();
            let signals = use_deploy(first);
            let (said, say) = signal(String::new());
            view! { <DeployProgress signals known say /> <Announcement text=said /> }
        })
    }

    pub(crate) fn unmount(&mut self) {
        self.mounted.take();
    }

    pub(crate) fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).expect("a selector")
    }

    pub(crate) fn get(&self, selector: &str) -> Element {
        self.find(selector).unwrap_or_else(|| panic!("no {selector} in {}", self.root.inner_html()))
    }

    pub(crate) fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The state of each step, in order.
    pub(crate) fn states(&self) -> Vec<String> {
        let steps = self.root.query_selector_all("[aria-label='Deploy steps'] > li").expect("a selector");
        (0..steps.length())
            .filter_map(|index| steps.get(index)?.dyn_into::<Element>().ok()?.get_attribute("data-state"))
            .collect()
    }

    /// The recorded status that is shown.
    pub(crate) fn status(&self) -> Option<String> {
        self.find("[data-status]")?.get_attribute("data-status")
    }

    pub(crate) fn words(&self) -> String {
        self.get("[data-status]").text_content().unwrap_or_default()
    }

    /// The button of this name.
    pub(crate) fn button(&self, name: &str) -> Option<HtmlElement> {
        let buttons = self.root.query_selector_all("button").expect("a selector");
        (0..buttons.length()).filter_map(|index| buttons.get(index)?.dyn_into::<HtmlElement>().ok()).find(
            |button| {
                let label = button.get_attribute("aria-label").or_else(|| button.text_content());
                label.is_some_and(|label| label.trim() == name)
            },
        )
    }

    pub(crate) fn click(&self, name: &str) {
        self.button(name).unwrap_or_else(|| panic!("no button {name} in {}", self.root.inner_html())).click();
    }

    /// The field of this label.
    pub(crate) fn field(&self, label: &str) -> HtmlInputElement {
        let labels = self.root.query_selector_all("label").expect("a selector");
        let found = (0..labels.length())
            .filter_map(|index| labels.get(index)?.dyn_into::<Element>().ok())
            .find(|element| element.text_content().is_some_and(|text| text == label))
            .and_then(|element| element.get_attribute("for"));
        let id = found.unwrap_or_else(|| panic!("no field {label}"));
        self.get(&format!("#{id}")).unchecked_into()
    }

    /// Types into a field, as a person would.
    pub(crate) fn fill(&self, label: &str, text: &str) {
        let field = self.field(label);
        field.set_value(text);
        field.dispatch_event(&web_sys::Event::new("input").expect("a name")).expect("an event");
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.unmount();
        self.root.remove();
    }
}

/// Waits until it is so, frame by frame; fails if it never is.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..MAX_FRAMES {
        if is_so() {
            return;
        }
        frame().await;
    }
    panic!("never: {what}");
}

/// Lets everything happen that is about to.
pub(crate) async fn settle() {
    for _ in 0..5 {
        frame().await;
    }
}

async fn frame() {
    let next = js_sys::Promise::new(&mut |resolve, _| {
        window().request_animation_frame(&resolve).expect("a window");
    });
    JsFuture::from(next).await.expect("frames come");
}

/// The same deploy, whose last entry was made this many seconds ago.
pub(crate) fn ago(seconds: i64, deploy: Deploy) -> Deploy {
    let shift = clock::now().as_second() - seconds - deploy.updated_at.as_second();
    let moved = |at: Timestamp| Timestamp::from_second(at.as_second() + shift).expect("it is this century");
    let mut deploy = Deploy { requested_at: moved(deploy.requested_at), ..deploy };
    deploy.updated_at = moved(deploy.updated_at);
    for entry in &mut deploy.history {
        entry.at = moved(entry.at);
    }
    for step in &mut deploy.steps {
        (step.began_at, step.ended_at) = (step.began_at.map(moved), step.ended_at.map(moved));
    }
    deploy
}
