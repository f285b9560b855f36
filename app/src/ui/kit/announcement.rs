//! What a screen reader announces: each accepted transition, once. A poll that changes nothing is silent.

use leptos::prelude::*;

use crate::{
    domain::Deploy,
    text::status::{status_text, transition_text},
};

/// The one polite live region. It is on the page before its text changes, else screen readers skip the first change.
#[component]
pub fn Announcement(text: ReadSignal<String>) -> impl IntoView {
    view! { <p class="visually-hidden" role="status">{text}</p> }
}

/// Says every transition beyond the first `known` ones.
pub fn announce(deploy: Signal<Deploy>, known: usize, say: WriteSignal<String>) {
    let said = StoredValue::new(known);
    Effect::new(move || {
        let news = deploy.with(|deploy| news(deploy, said.get_value()));
        if let Some(news) = news {
            said.set_value(deploy.with_untracked(|deploy| deploy.history.len()));
            say.set(news);
        }
    });
}

fn news(deploy: &Deploy, said: usize) -> Option<String> {
    let entries = deploy.history.get(said..).filter(|entries| !entries.is_empty())?;
    // Where it failed is known from the whole, not from the entry.
    let (last, before) = entries.split_last()?;
    let mut sentences: Vec<_> = before.iter().map(|entry| transition_text(&entry.status)).collect();
    let ended = last.status == deploy.status && deploy.status.is_terminal();
    sentences.push(if ended { status_text(deploy) } else { transition_text(&last.status) });
    Some(sentences.join(". ") + ".")
}
