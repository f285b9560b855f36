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
    let run_before = environment.run_before().map(|(ended, run)| {
        let link = DialogLink { deploy: ended, app: &app, environment: &environment.name, git_ref: &git_ref };
        run_before_note(&link, run)
    });
    let under_way = environment.under_way.as_ref().map(|deploy| {
        under_way_note(&DialogLink { deploy, app: &app, environment: &environment.name, git_ref: &git_ref })
    });
    let frozen = environment.frozen.map(|frozen| view! { <FrozenNow frozen override_denied /> });
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
            {run_before}
            {frozen}
            <ApprovalsAsked needed=approvals />
            {github.map(|outage| github_note(&outage))}
        </div>
    }
    .into_any()
}

/// A link to a deploy. On the board it opens the dialog on that deploy: it carries what the buttons there do.
struct DialogLink<'a> {
    deploy: &'a Deploy,
    app: &'a str,
    environment: &'a str,
    git_ref: &'a str,
}

impl DialogLink<'_> {
    fn view(&self, words: String) -> impl IntoView + use<> {
        let id = self.deploy.id.to_string();
        view! {
            <a
                href=format!("/deploys/{id}")
                data-watch=id
                data-app=self.app.to_owned()
                data-environment=self.environment.to_owned()
                data-ref=self.git_ref.to_owned()
            >
                {words}
            </a>
        }
    }
}

fn under_way_note(link: &DialogLink<'_>) -> AnyView {
    let deploy = link.deploy;
    let more = format!(
        ", requested {} on {}. {}.",
        requested_by_text(deploy),
        date_and_time(deploy.requested_at),
        status_text(deploy),
    );
    view! {
        <div class="note note--late">
            <p class="note__title">"Another deploy is under way here."</p>
            <p>{link.view(deploy_label(deploy))} {more}</p>
            <p>"One at a time: until it has ended, pressing Deploy is refused."</p>
        </div>
    }
    .into_any()
}

fn run_before_note(link: &DialogLink<'_>, run: i64) -> AnyView {
    view! {
        <div class="note note--late">
            <p class="note__title">{format!("Run {run} of an earlier deploy may still go on.")}</p>
            <p>{link.view(deploy_label(link.deploy))} {format!(": {}. It can be cancelled there.", status_text(link.deploy))}</p>
            <p>"While GitHub says that it goes on, pressing Deploy is refused."</p>
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
