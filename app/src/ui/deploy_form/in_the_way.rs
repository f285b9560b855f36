//! What is in the way of a deploy, before it is asked for, and what can be done about it. The page of the plan shows it,
//! and the dialog reads it there: the note itself as it is, and what the form makes of it from the attributes of the part.

use leptos::prelude::*;
use web_sys::Element;

use crate::{
    api::DeployPlan,
    domain::{Deploy, GitHubOutage, Timestamp},
    text::{deploy::deploy_label, printable::printable, status::status_text, time::date_and_time},
    ui::{approvals::asked::ApprovalsAsked, freezes::notes::FrozenNow, kit::requester::requested_by_text},
};

/// The name of the part.
pub const IN_THE_WAY: &str = "in-the-way";
const FROZEN: &str = "data-frozen";
/// Until when it is frozen; without it, until a freeze is lifted.
const OPENS_AT: &str = "data-opens-at";
/// Why the caller may not override a freeze.
const OVERRIDE_DENIED: &str = "data-override-denied";
/// Why the caller may not deploy.
const DENIED: &str = "data-denied";

/// What the form makes of what is in the way.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Obstacles {
    /// Whether it is frozen, and until when, where that is known.
    pub frozen: Option<Option<Timestamp>>,
    /// Why the caller may not override a freeze; none, if they may.
    pub override_denied: Option<String>,
    /// Why the caller may not deploy; none, if they may.
    pub denied: Option<String>,
}

impl Obstacles {
    /// What a part says.
    #[must_use]
    pub fn of(part: &Element) -> Self {
        let opens_at = || part.get_attribute(OPENS_AT).and_then(|text| text.parse().ok());
        Self {
            frozen: part.has_attribute(FROZEN).then(opens_at),
            override_denied: part.get_attribute(OVERRIDE_DENIED),
            denied: part.get_attribute(DENIED),
        }
    }

    /// Whether it is frozen at an instant, as far as is known.
    #[must_use]
    pub fn is_frozen_at(&self, now: Timestamp) -> bool {
        self.frozen.is_some_and(|opens_at| opens_at.is_none_or(|opens_at| now < opens_at))
    }
}

/// All of it at once; nothing, where nothing is.
#[component]
pub fn InTheWay(plan: DeployPlan) -> impl IntoView {
    let DeployPlan { app, environment, git_ref, override_denied, approvals, github, .. } = plan;
    let opens_at = environment.frozen.as_ref().and_then(|frozen| frozen.opens_at);
    let is_frozen = environment.frozen.is_some();
    let denied = override_denied.clone();
    let frozen = environment.frozen.map(|frozen| view! { <FrozenNow frozen override_denied /> });
    let under_way =
        environment.under_way.map(|deploy| under_way_note(&deploy, &app, &environment.name, &git_ref));
    view! {
        <div
            class="part in-the-way"
            data-part=IN_THE_WAY
            data-frozen=is_frozen
            data-opens-at=opens_at.map(|at| at.to_string())
            data-override-denied=denied
            data-denied=environment.denied
        >
            {under_way}
            {frozen}
            <ApprovalsAsked needed=approvals />
            {github.map(|outage| github_note(&outage))}
        </div>
    }
    .into_any()
}

/// On the board, its link opens the dialog on that deploy: it carries what the buttons there do.
fn under_way_note(deploy: &Deploy, app: &str, environment: &str, git_ref: &str) -> AnyView {
    let id = deploy.id.to_string();
    let more = format!(
        ", requested {} on {}. {}.",
        requested_by_text(deploy),
        date_and_time(deploy.requested_at),
        status_text(deploy),
    );
    view! {
        <div class="note note--late">
            <p class="note__title">"Another deploy is under way here."</p>
            <p>
                <a
                    href=format!("/deploys/{id}")
                    data-watch=id
                    data-app=app.to_owned()
                    data-environment=environment.to_owned()
                    data-ref=git_ref.to_owned()
                >
                    {deploy_label(deploy)}
                </a>
                {more}
            </p>
            <p>"One at a time: until it has ended, pressing Deploy is refused."</p>
        </div>
    }
    .into_any()
}

fn github_note(outage: &GitHubOutage) -> AnyView {
    let until = outage.until.map(|at| format!(" It asked to wait until {}.", date_and_time(at)));
    view! {
        <div class="note note--late">
            <p class="note__title">"GitHub does not answer."</p>
            <p>
                {format!("Since {}. The last try: {}.", date_and_time(outage.since), printable(&outage.what))} {until}
            </p>
            <p>"What is asked for now is recorded, and waits until GitHub answers."</p>
        </div>
    }
    .into_any()
}
