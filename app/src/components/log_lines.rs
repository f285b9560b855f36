//! What the workflow said, as text.

use leptos::{either::Either, prelude::*};

use super::{text::plain, time::At};
use crate::domain::{Deploy, HistoryEntry, Timestamp};

/// The log lines of the history, oldest first, each with the time at which it was accepted.
#[component]
pub fn LogLines(
    /// The deploy.
    deploy: Signal<Deploy>,
) -> impl IntoView {
    let lines = Memo::new(move |_| deploy.with(lines));
    let list = move || match lines.get() {
        lines if lines.is_empty() => {
            let words = if deploy.with(Deploy::is_live) { "Nothing yet." } else { "Nothing." };
            Either::Left(view! { <p class="quiet">{words}</p> })
        }
        lines => Either::Right(view! { <ol role="list">{lines.into_iter().map(line).collect_view()}</ol> }),
    };
    view! {
        <section class="log-lines">
            <h2>"What the workflow said"</h2>
            <div class="log-lines__scroll" tabindex="0" role="region" aria-label="Log lines">{list}</div>
        </section>
    }
}

fn lines(deploy: &Deploy) -> Vec<(Timestamp, String)> {
    let said = |entry: &HistoryEntry| Some((entry.at, plain(entry.log_line.as_deref()?)));
    deploy.history.iter().filter_map(said).collect()
}

fn line((at, text): (Timestamp, String)) -> impl IntoView {
    view! { <li class="log__line"><At at />" "<span class="log__text">{text}</span></li> }
}
