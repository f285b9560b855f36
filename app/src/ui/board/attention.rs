//! What asks for attention on the board: counted above it, and a filter of it in the address.

use leptos::prelude::*;

use super::{favourite::FavouriteChip, filter::BoardQuery};
use crate::{
    api::{BoardApp, BoardEnvironment, VersionCheck},
    ui::kit::{
        icon::{Icon, IconImage},
        status::Tone,
    },
};

/// A reason to look at an environment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Attention {
    /// Its newest deploy failed, or was not heard of any more.
    Failing,
    /// A deploy is under way.
    UnderWay,
    /// A deploy waits for the viewer's approval.
    AwaitsYou,
    Frozen,
    /// Something else than what is recorded runs there, or is claimed to.
    Drift,
}

impl Attention {
    pub const ALL: [Self; 5] = [Self::Failing, Self::UnderWay, Self::AwaitsYou, Self::Frozen, Self::Drift];

    /// Its name in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::UnderWay => "under-way",
            Self::AwaitsYou => "awaits-you",
            Self::Frozen => "frozen",
            Self::Drift => "drift",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attention| attention.as_str() == name)
    }

    /// Whether an environment has this reason.
    #[must_use]
    pub fn is_of(self, environment: &BoardEnvironment) -> bool {
        match self {
            Self::Failing => {
                environment.under_way.is_none() && has_failed(environment) && !was_stopped(environment)
            }
            Self::UnderWay => environment.under_way.is_some(),
            Self::AwaitsYou => environment.awaits_caller,
            Self::Frozen => environment.frozen.is_some(),
            Self::Drift => environment.claim.is_some() || drifts(environment),
        }
    }

    /// Whether any environment of an app has it.
    #[must_use]
    pub fn is_in(self, app: &BoardApp) -> bool {
        app.environments.iter().any(|environment| self.is_of(environment))
    }

    /// So many environments, in words.
    fn count_text(self, count: usize) -> String {
        let words = match self {
            Self::Failing => "failing",
            Self::UnderWay => "under way",
            Self::AwaitsYou if count == 1 => "awaits you",
            Self::AwaitsYou => "await you",
            Self::Frozen => "frozen",
            Self::Drift if count == 1 => "drifts",
            Self::Drift => "drift",
        };
        format!("{count} {words}")
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Failing => Icon::Cross,
            Self::UnderWay => Icon::Turning,
            Self::AwaitsYou => Icon::Clock,
            Self::Frozen => Icon::Snow,
            Self::Drift => Icon::Warning,
        }
    }
}

/// Whether its newest deploy is a run that was stopped at GitHub's gate: that is no failure of what is deployed.
fn was_stopped(environment: &BoardEnvironment) -> bool {
    let stopped = environment.gate.as_ref().and_then(|gate| gate.deploy_id);
    stopped.is_some() && stopped == environment.last_ended.as_ref().map(|ended| ended.id)
}

fn has_failed(environment: &BoardEnvironment) -> bool {
    environment.last_ended.as_ref().map(Tone::of).is_some_and(|tone| match tone {
        Tone::Bad | Tone::Late | Tone::Unknown => true,
        Tone::Good | Tone::Stopped | Tone::Moving | Tone::Waiting => false,
    })
}

/// Whether the environment answers another commit than what is live. While a deploy is under way it may answer either.
pub(super) fn drifts(environment: &BoardEnvironment) -> bool {
    environment.under_way.is_none() && matches!(environment.version, Some(VersionCheck::Differs { .. }))
}

/// How many environments ask for attention, and why; each leads to those alone.
#[component]
pub fn AttentionStrip(apps: Vec<BoardApp>, query: BoardQuery) -> impl IntoView {
    let environments = || apps.iter().flat_map(|app| &app.environments);
    let chips = Attention::ALL.into_iter().filter_map(|attention| {
        let count = environments().filter(|environment| attention.is_of(environment)).count();
        let is_chosen = query.show == Some(attention);
        (count > 0 || is_chosen).then(|| chip(attention, count, is_chosen, &query))
    });
    let chips: Vec<_> = chips.collect();
    let quiet = (chips.is_empty() && !apps.is_empty())
        .then(|| view! { <li class="quiet">"Nothing asks for attention"</li> });
    view! { <ul class="strip__chips" role="list" aria-label="What asks for attention">{chips}{quiet}<FavouriteChip /></ul> }
}

fn chip(attention: Attention, count: usize, is_chosen: bool, query: &BoardQuery) -> impl IntoView + use<> {
    let wanted = BoardQuery { show: (!is_chosen).then_some(attention), ..query.clone() };
    view! {
        <li>
            <a
                class="chip"
                data-show=attention.as_str()
                href=wanted.address()
                aria-current=is_chosen.then_some("true")
            >
                <IconImage icon=attention.icon() />
                {attention.count_text(count)}
            </a>
        </li>
    }
}
