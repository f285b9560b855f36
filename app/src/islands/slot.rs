//! A place on the page for what is rendered later, in the browser alone: nothing of that is ever hydrated.

use leptos::{mount::mount_to, prelude::*};
use web_sys::HtmlElement;

use crate::live::page::PART;

/// An element of the page, and the reactive owner of what is put into it.
#[derive(Clone)]
pub struct Slot {
    element: HtmlElement,
    owner: Owner,
}

impl Slot {
    /// What is put into the element is dropped with the owner.
    #[must_use]
    pub const fn new(owner: Owner, element: HtmlElement) -> Self {
        Self { element, owner }
    }

    /// Acts on behalf of the owner.
    pub fn with_owner(&self, act: impl FnOnce()) {
        self.owner.with(act);
    }

    /// Replaces the content. From now on the element is not a part of the server's page.
    pub fn fill<V: IntoView + 'static>(&self, view: impl FnOnce() -> V + 'static) {
        // It fails only for what is not a name.
        let _ = self.element.remove_attribute(PART);
        self.element.set_inner_html("");
        self.with_owner(|| {
            let shown = mount_to(self.element.clone(), view);
            StoredValue::new_local(shown);
        });
    }
}
