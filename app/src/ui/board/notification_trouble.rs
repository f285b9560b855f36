//! What channels have not taken: one calm line each. Deploys go on without them.

use leptos::prelude::*;

use crate::{
    api::NotificationTrouble,
    text::{printable::printable, time::time_of_day},
};

/// The lines; nothing while all is well.
#[component]
pub fn NotificationTroubles(troubles: Vec<NotificationTrouble>) -> impl IntoView {
    (!troubles.is_empty()).then(|| {
        let lines = troubles.iter().map(|trouble| view! { <p class="trouble">{sentence(trouble)}</p> });
        view! { <div class="notification-troubles">{lines.collect_view()}</div> }
    })
}

fn sentence(trouble: &NotificationTrouble) -> String {
    let NotificationTrouble { channel, messages, since, last_error } = trouble;
    let messages = if *messages == 1 { "1 message".to_owned() } else { format!("{messages} messages") };
    let error = last_error.as_ref().map(|error| format!(" ({})", printable(error))).unwrap_or_default();
    let since = time_of_day(*since);
    format!("{channel} has not taken {messages} since {since}{error}. Deploys are not affected.")
}
