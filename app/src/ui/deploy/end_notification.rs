//! A desktop notification when a deploy ends, for an operator who looks at something else.

use leptos::{either::EitherOf3, prelude::*, task::spawn_local};

use crate::{
    domain::Deploy,
    live::{notifications, use_deploy::DeploySignals},
    text::status::status_text,
};

/// What the browser says of notifications.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Permission {
    /// The browser has none, the server does not know of any, or they were blocked before.
    Unavailable,
    /// It can be asked.
    Undecided,
    Granted,
    /// It was asked here, and said no.
    Blocked,
}

/// Offers the notification, where the operator has not decided about it yet, and says what came of that. Shows it once,
/// when the deploy ends.
#[component]
pub fn EndNotification(signals: DeploySignals) -> impl IntoView {
    let is_live = signals.is_live();
    let permission = RwSignal::new(Permission::Unavailable);
    // The server has no notifications.
    Effect::new(move || {
        permission.set(if notifications::can_request_permission() {
            Permission::Undecided
        } else if notifications::is_allowed() {
            Permission::Granted
        } else {
            Permission::Unavailable
        });
    });
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
            let answer = if notifications::is_allowed() {
                Permission::Granted
            } else if notifications::can_request_permission() {
                Permission::Undecided
            } else {
                Permission::Blocked
            };
            // The page may be gone.
            let _ = permission.try_set(answer);
        });
    };
    move || {
        if !is_live.get() {
            return EitherOf3::A(());
        }
        match permission.get() {
            Permission::Unavailable => EitherOf3::A(()),
            Permission::Undecided => EitherOf3::B(view! {
                <button type="button" class="button button--plain" on:click=ask>"Notify me when it ends"</button>
            }),
            Permission::Granted => EitherOf3::C(said("You will be notified when it ends")),
            Permission::Blocked => EitherOf3::C(said("The browser blocks notifications")),
        }
    }
}

fn said(words: &'static str) -> impl IntoView {
    view! { <span class="quiet" role="status">{words}</span> }
}

fn title(deploy: &Deploy) -> String {
    format!("{} to {}: {}", deploy.app, deploy.environment, status_text(deploy))
}
