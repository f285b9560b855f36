//! A desktop notification when a deploy ends, for an operator who looks at something else.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    domain::Deploy,
    live::{notifications, use_deploy::DeploySignals},
    text::status::status_text,
};

/// Offers the notification, where the operator has not decided about it yet. Shows it once, when the deploy ends.
#[component]
pub fn EndNotification(signals: DeploySignals) -> impl IntoView {
    let is_live = signals.is_live();
    let can_ask = RwSignal::new(false);
    // The server has no notifications.
    Effect::new(move || can_ask.set(notifications::can_request_permission()));
    Effect::new(move |was_live: Option<bool>| {
        let live = is_live.get();
        if was_live == Some(true) && !live {
            notifications::notify(&signals.deploy.with_untracked(title));
        }
        live
    });
    let ask = move |_| {
        spawn_local(async move {
            notifications::request_permission().await;
            // The page may be gone.
            let _ = can_ask.try_set(notifications::can_request_permission());
        });
    };
    move || {
        (can_ask.get() && is_live.get()).then(|| {
            view! {
                <button type="button" class="button button--plain" on:click=ask>"Notify me when it ends"</button>
            }
        })
    }
}

fn title(deploy: &Deploy) -> String {
    format!("{} to {}: {}", deploy.app, deploy.environment, status_text(deploy))
}
