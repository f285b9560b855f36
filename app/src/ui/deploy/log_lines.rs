//! The log lines of a deploy: those that its workflow sent, and those that the console wrote itself.

use leptos::{either::Either, prelude::*};

use crate::{
    domain::{Deploy, HistoryEntry, Source, Timestamp},
    text::printable::printable,
    ui::kit::time::At,
};

/// The log lines of the history, oldest first, each with the time at which it was accepted.
#[component]
pub fn LogLines(deploy: Signal<Deploy>) -> impl IntoView {
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
            <h2>"Log lines"</h2>
            <div class="log-lines__scroll" tabindex="0" role="region" aria-label="Log lines">{list}</div>
        </section>
    }
}

/// A line, when it was accepted, and whether the workflow sent it.
type LogLine = (Timestamp, bool, String);

fn lines(deploy: &Deploy) -> Vec<LogLine> {
    let said = |entry: &HistoryEntry| {
        let by_the_workflow = match entry.source {
            Source::Callback => true,
            Source::Reconciler | Source::Console => false,
        };
        Some((entry.at, by_the_workflow, printable(entry.log_line.as_deref()?)))
    };
    deploy.history.iter().filter_map(said).collect()
}

fn line((at, by_the_workflow, text): LogLine) -> impl IntoView {
    let who = (!by_the_workflow).then(|| view! { <span class="log__who">"console "</span> });
    view! { <li class="log__line"><At at />" "{who}<span class="log__text">{text}</span></li> }
}
