//! The dialog of the buttons that the server rendered.

use leptos::{html, prelude::*, task::spawn_local};

use super::{lazy, slot::Slot};
use crate::{
    components::{
        deploy_modal::Opening,
        place::{self, Place},
    },
    hooks::openers::use_openers,
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
    let code = StoredValue::new(Code::Missing);
    let owner = Owner::current().unwrap_or_default();
    let bring = Callback::new(move |()| {
        if let Some(host) = host.get_untracked().filter(|_| code.get_value() == Code::Missing) {
            spawn_local(bring(Slot::new(owner.clone(), host.into()), opening, code));
        }
    });
    host.on_load(move |_| bring.run(()));
    use_openers(place::OPENERS, move |button| {
        if let Some(place) = Place::of(button) {
            let under_way = button.get_attribute(place::WATCH).and_then(|id| id.parse().ok());
            opening.set(Some(Opening { place, under_way }));
            bring.run(());
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

/// How far the code of the dialog has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Code {
    Missing,
    OnItsWay,
    Here,
}

/// Brings the code. Where it cannot be had, what was to open in the dialog is shown as a page.
async fn bring(slot: Slot, opening: RwSignal<Option<Opening>>, code: StoredValue<Code>) {
    code.set_value(Code::OnItsWay);
    let brought = lazy::dialog(slot, opening).await;
    // The owner may be gone.
    let _ = code.try_set_value(if brought.is_ok() { Code::Here } else { Code::Missing });
    let to_show = opening.try_get_untracked().flatten().filter(|_| brought.is_err());
    if let Some(to_show) = to_show {
        opening.set(None);
        // It can only fail for what is no address.
        let _ = window().location().set_href(&to_show.address());
    }
}
