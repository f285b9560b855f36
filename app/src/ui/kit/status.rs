//! The status of a deploy on the screen: its words, its icon and its colour.

use leptos::prelude::*;

use super::icon::{Icon, IconImage};
use crate::{
    domain::{Deploy, Status, StoredStatus},
    text::{
        printable::printable,
        status::{status_text, was_stopped},
    },
};

/// The colour of a status; the words and the icon say the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// It moves, or waits for its first event.
    Moving,
    /// It waits for an approval, or for another run on GitHub.
    Waiting,
    /// It ended well.
    Good,
    Bad,
    /// It was cancelled, or a newer run replaced it.
    Stopped,
    /// Nothing ended it in time.
    Late,
    /// How it goes on is not known, or this build cannot tell.
    Unknown,
}

impl Tone {
    #[must_use]
    pub fn of(deploy: &Deploy) -> Self {
        Self::of_run(deploy).unwrap_or_else(|| Self::of_status(deploy))
    }

    /// Where its run says that it does not move, or that it is not known whether it does.
    fn of_run(deploy: &Deploy) -> Option<Self> {
        let standing = deploy.standing_run()?;
        if standing.is_lost() { Some(Self::Unknown) } else { (!standing.moves()).then_some(Self::Waiting) }
    }

    fn of_status(deploy: &Deploy) -> Self {
        match &deploy.status {
            StoredStatus::Unknown(_) => Self::Unknown,
            StoredStatus::Known(Status::Succeeded) => Self::Good,
            StoredStatus::Known(Status::Failed) if was_stopped(deploy) => Self::Stopped,
            StoredStatus::Known(Status::Failed) => Self::Bad,
            StoredStatus::Known(Status::TimedOut) => Self::Late,
            StoredStatus::Known(Status::Requested) if deploy.awaited_approval().is_some() => Self::Waiting,
            StoredStatus::Known(
                Status::Requested
                | Status::Dispatched
                | Status::SmokeGateStarted
                | Status::SmokeGatePassed
                | Status::FreezeCheckStarted
                | Status::FreezeCheckPassed
                | Status::Building
                | Status::Deploying,
            ) => Self::Moving,
        }
    }

    /// Its name in the style.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moving => "moving",
            Self::Waiting => "waiting",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Stopped => "stopped",
            Self::Late => "late",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Moving => Icon::Turning,
            Self::Good => Icon::Tick,
            Self::Bad => Icon::Cross,
            Self::Stopped => Icon::Stop,
            Self::Waiting | Self::Late => Icon::Clock,
            Self::Unknown => Icon::Question,
        }
    }
}

/// The status of a deploy that may still move.
#[component]
pub fn StatusLine(deploy: Signal<Deploy>) -> impl IntoView {
    let tone = Memo::new(move |_| deploy.with(Tone::of));
    let status = Memo::new(move |_| deploy.with(|deploy| printable(deploy.status.as_str())));
    let words = Memo::new(move |_| deploy.with(status_text));
    view! {
        <p class="status" data-status=status data-tone=move || tone.get().as_str()>
            <IconImage icon=Signal::derive(move || tone.get().icon()) />
            <span class="status__words">{words}</span>
        </p>
    }
}

/// The status of a deploy in a list.
#[component]
pub fn StatusBadge(deploy: Deploy) -> impl IntoView {
    let tone = Tone::of(&deploy);
    view! {
        <span class="status status--badge" data-tone=tone.as_str()>
            <IconImage icon=tone.icon() />
            <span class="status__words">{status_text(&deploy)}</span>
        </span>
    }
}
