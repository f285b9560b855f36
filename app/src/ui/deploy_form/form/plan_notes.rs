//! What the plan says, in the form: parts of its page as they are.

use leptos::prelude::*;

use super::plan::Plan;
use crate::text::{field_problem::ref_problem, printable::printable};

impl Plan {
    /// What is in the way, and the refs that the field suggests.
    pub(super) fn in_the_way(self) -> impl IntoView {
        view! {
            <div id="deploy-in-the-way" class="in-the-way" inner_html=self.in_the_way></div>
            <div hidden inner_html=self.refs></div>
        }
    }

    /// What changes, by the ref in the field.
    pub(super) fn changes(self) -> impl IntoView {
        let shown = Memo::new(move |_| self.changes_of_typed());
        view! {
            <div class="form__plan" inner_html=move || shown.get().0></div>
            <p class="form__plan quiet">{move || shown.get().1}</p>
        }
    }

    /// The changes, or why they are not there. An empty field has none, and what cannot be a ref neither.
    fn changes_of_typed(self) -> (String, String) {
        let typed = self.git_ref.get();
        if ref_problem(&typed).is_some() {
            return Default::default();
        }
        let known = self.changes.get().filter(|(git_ref, _)| *git_ref == typed);
        let shown = printable(&typed);
        match known {
            Some((_, Some(html))) => (html, String::new()),
            Some((_, None)) => (String::new(), format!("What {shown} changes could not be read.")),
            None if self.is_locked.get() => Default::default(),
            None => (String::new(), format!("Reading what {shown} changes…")),
        }
    }
}
