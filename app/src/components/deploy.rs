//! One deploy on its own page: its progress, followed while it is live.

use leptos::prelude::*;

use super::{announcement::Announcement, progress::Progress};
use crate::{api::PollAnswer, hooks::watch::use_watch};

/// The progress, and the region that says each transition.
#[component]
pub fn DeployView(
    /// As it was read for this page.
    first: PollAnswer,
) -> impl IntoView {
    let known = first.deploy.history.len();
    let watch = use_watch(first);
    let (said, say) = signal(String::new());
    view! {
        <section class="panel" aria-label="Progress">
            <Progress watch known say />
            <Announcement text=said />
        </section>
    }
}
