//! What the desktop may be told, and whether the operator looks at this page.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationPermission, VisibilityState};

/// Whether the tab is not seen at all.
#[must_use]
pub fn is_hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

/// Whether something is to be heard even while the tab is not seen: the operator wants to be told.
#[must_use]
pub fn is_listened_to() -> bool {
    !is_hidden() || permission() == Some(NotificationPermission::Granted)
}

/// Whether nobody has said yet if the desktop may be told.
#[must_use]
pub fn may_ask() -> bool {
    permission() == Some(NotificationPermission::Default)
}

/// Asks the operator.
pub async fn ask() {
    if let Ok(asked) = Notification::request_permission() {
        // Whatever was said, the browser knows it now.
        let _ = JsFuture::from(asked).await;
    }
}

/// Tells the desktop, if it may be told and the operator does something else.
pub fn tell(title: &str) {
    let is_elsewhere = !document().has_focus().unwrap_or(false);
    if is_elsewhere && permission() == Some(NotificationPermission::Granted) {
        // Where the system refuses, the page still says it.
        let _ = Notification::new(title);
    }
}

/// A browser may have none of it.
fn permission() -> Option<NotificationPermission> {
    let is_there = js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false);
    is_there.then(Notification::permission)
}
