//! The dialog that the buttons of the board open. The server rendered the buttons; the dialog exists in the browser alone.

use leptos::{html, prelude::*, task::spawn_local};

use super::{lazy, slot::Slot};
use crate::{
    live::{dialog_address::use_dialog_address, dialog_triggers::use_dialog_triggers, drafts::Drafts},
    ui::deploy_form::{
        dialog::DialogRequest,
        target::{self, DeployTarget},
    },
};

/// Opens the dialog whenever a button of the page asks for it, and at once where a submission was left unanswered. Its
/// code comes after the page is live, so that it is there when the server is not.
#[component]
pub fn DialogHost(
    /// Called when the dialog was closed: what the page shows may be out of date.
    on_close: Callback<()>,
) -> impl IntoView {
    let request = RwSignal::new(None::<DialogRequest>);
    provide_context(Drafts::default());
    let host = NodeRef::<html::Div>::new();
    let is_loaded = StoredValue::new(false);
    let owner = Owner::current().unwrap_or_default();
    let load = Callback::new(move |()| {
        if let Some(host) = host.get_untracked().filter(|_| !is_loaded.get_value()) {
            is_loaded.set_value(true);
            spawn_local(load_dialog(Slot::new(owner.clone(), host.into()), request, is_loaded));
        }
    });
    host.on_load(move |_| load.run(()));
    use_dialog_triggers(target::TRIGGERS, move |button| {
        if let Some(target) = DeployTarget::of(button) {
            let under_way = button.get_attribute(target::WATCH).and_then(|id| id.parse().ok());
            request.set(Some(under_way.map_or(DialogRequest::Form(target), DialogRequest::Watch)));
            load.run(());
        }
    });
    use_dialog_address(request);
    Effect::new(move |was_open: Option<bool>| {
        let is_open = request.with(Option::is_some);
        if was_open == Some(true) && !is_open {
            on_close.run(());
        }
        is_open
    });
    view! { <div class="dialogs" node_ref=host></div> }
}

/// Downloads the code. Where that fails, what was to open in the dialog is shown as a page, and the next click tries
/// again.
async fn load_dialog(slot: Slot, request: RwSignal<Option<DialogRequest>>, is_loaded: StoredValue<bool>) {
    if lazy::dialog(slot, request).await.is_ok() {
        return;
    }
    // The owner may be gone.
    let _ = is_loaded.try_set_value(false);
    if let Some(to_show) = request.try_get_untracked().flatten() {
        // In place of the address of the dialog. It fails only for what is not an address.
        let _ = window().location().replace(&to_show.address());
    }
}
