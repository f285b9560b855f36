//! The dialog of the buttons that the server rendered.

use leptos::{html, prelude::*, task::spawn_local};

use super::{lazy, slot::Slot};
use crate::{
    live::dialog_triggers::use_openers,
    ui::deploy_form::{
        dialog::Opening,
        target::{self, Place},
    },
};

/// Opens the dialog whenever a button of the page asks for it, and at once where a press was left unanswered. Its code
/// comes after the page is live, so that it is there when the server is not.
#[component]
pub fn DeployDialogs(
    /// Hears that the dialog was closed: what the page shows may be out of date.
    closed: Callback<()>,
) -> impl IntoView {
    let opening = RwSignal::new(None::<Opening>);
    let host = NodeRef::<html::Div>::new();
    let is_wanted = StoredValue::new(false);
    let owner = Owner::current().unwrap_or_default();
    let want = Callback::new(move |()| {
        if let Some(host) = host.get_untracked().filter(|_| !is_wanted.get_value()) {
            is_wanted.set_value(true);
            spawn_local(bring(Slot::new(owner.clone(), host.into()), opening, is_wanted));
        }
    });
    host.on_load(move |_| want.run(()));
    use_openers(target::OPENERS, move |button| {
        if let Some(place) = Place::of(button) {
            let under_way = button.get_attribute(target::WATCH).and_then(|id| id.parse().ok());
            opening.set(Some(Opening { place, under_way }));
            want.run(());
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = opening.with(Option::is_some);
        if was_open == Some(true) && !is_open {
            closed.run(());
        }
        is_open
    });
    view! { <div class="dialogs" node_ref=host></div> }
}

/// Brings the code. Where it cannot be had, what was to open in the dialog is shown as a page, and the next press wants
/// it again.
async fn bring(slot: Slot, opening: RwSignal<Option<Opening>>, is_wanted: StoredValue<bool>) {
    if lazy::dialog(slot, opening).await.is_ok() {
        return;
    }
    // The owner may be gone.
    let _ = is_wanted.try_set_value(false);
    if let Some(to_show) = opening.try_get_untracked().flatten() {
        opening.set(None);
        // It can only fail for what is no address.
        let _ = window().location().set_href(&to_show.address());
    }
}
