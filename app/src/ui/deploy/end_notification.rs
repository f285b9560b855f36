//! A word from the desktop when a deploy ends, for whoever looks at something else.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    domain::Deploy,
    live::{notifications, use_deploy::Watch},
    text::status::status_text,
};

/// Asks whether it may, where nobody has said so yet. Says it, once, when the deploy ends.
#[component]
pub fn Ending(
    /// The deploy.
    watch: Watch,
) -> impl IntoView {
    let is_live = watch.is_live();
    let may_ask = RwSignal::new(false);
    // The server has no desktop.
    Effect::new(move || may_ask.set(notifications::may_ask()));
    Effect::new(move |was_live: Option<bool>| {
        let live = is_live.get();
        if was_live == Some(true) && !live {
            notifications::tell(&watch.deploy.with_untracked(title));
        }
        live
    });
    let ask = move |_| {
        spawn_local(async move {
            notifications::ask().await;
            // The page may be gone.
            let _ = may_ask.try_set(notifications::may_ask());
        });
    };
    move || {
        (may_ask.get() && is_live.get()).then(|| {
            view! {
                <button type="button" class="button button--plain" on:click=ask>"Tell me when it ends"</button>
            }
        })
    }
}

fn title(deploy: &Deploy) -> String {
    format!("{} to {}: {}", deploy.app, deploy.environment, status_text(deploy))
}
