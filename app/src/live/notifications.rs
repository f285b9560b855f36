//! Desktop notifications, and whether the operator looks at this page.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationPermission, VisibilityState};

/// Whether the tab is hidden.
#[must_use]
pub fn is_hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

/// Whether events are of use: the tab is seen, or the operator allowed notifications.
#[must_use]
pub fn wants_events() -> bool {
    !is_hidden() || is_allowed()
}

/// Whether the operator has not decided about notifications yet.
#[must_use]
pub fn can_request_permission() -> bool {
    permission() == Some(NotificationPermission::Default)
}

/// Whether the operator allowed notifications.
#[must_use]
pub fn is_allowed() -> bool {
    permission() == Some(NotificationPermission::Granted)
}

/// Asks the operator.
pub async fn request_permission() {
    if let Ok(request) = Notification::request_permission() {
        // The browser remembers the answer, so it is not needed here.
        let _ = JsFuture::from(request).await;
    }
}

/// Shows a notification, if that is allowed and the operator does something else.
pub fn notify(title: &str) {
    let is_elsewhere = !document().has_focus().unwrap_or(false);
    if is_elsewhere && is_allowed() {
        // Where the system refuses, the page still says it.
        let _ = Notification::new(title);
    }
}

/// `None` if the browser has no notifications.
fn permission() -> Option<NotificationPermission> {
    let is_there = js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false);
    is_there.then(Notification::permission)
}
