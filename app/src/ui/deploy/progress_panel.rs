//! One deploy on its own page: its progress, followed while it is live.

use leptos::prelude::*;

use super::progress::DeployProgress;
use crate::{
    api::PollAnswer, domain::Timestamp, live::use_deploy::use_deploy, ui::kit::announcement::Announcement,
};

/// The id of the section that follows a deploy.
pub const FOLLOWED: &str = "data-followed";
/// Of that section: how many transitions it shows.
pub const KNOWN: &str = "data-known";

/// The progress on the page of a deploy, as the server renders it: a part of the page, until the browser follows it.
#[component]
pub fn ProgressPanel(
    /// As it was read for this page.
    first: PollAnswer,
    /// When that was.
    read_at: Timestamp,
) -> impl IntoView {
    let known = first.deploy.history.len();
    let followed = first.deploy.is_live().then(|| first.deploy.id.to_string());
    view! {
        <section
            class="panel"
            aria-label="Progress"
            data-part="progress"
            data-followed=followed
            data-known=known.to_string()
        >
            <DeployView first known drawn_at=read_at />
        </section>
    }
    .into_any()
}

/// The progress, and the region that says each transition.
#[component]
pub fn DeployView(
    /// As it was read first.
    first: PollAnswer,
    /// How many of its transitions were announced already.
    known: usize,
    /// When that was.
    drawn_at: Timestamp,
) -> impl IntoView {
    let signals = use_deploy(first);
    let (said, say) = signal(String::new());
    view! {
        <DeployProgress signals known say drawn_at=Some(drawn_at) />
        <Announcement text=said />
    }
}
