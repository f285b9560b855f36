//! What an environment is in, the most pressing first: what the one line of its cell says.

use crate::{
    api::{BoardEnvironment, Outcome, VersionCheck},
    domain::{Claim, Deploy, Frozen, ProtectionRequest, Timestamp},
    text::{freeze::frozen_text, outcome::outcome_words, printable::printable, status::status_text},
    ui::{
        board::attention::drifts,
        kit::{icon::Icon, requester::requested_by_text, status::Tone},
        protection::note::tried_text,
    },
};

/// What is so in an environment. The first that holds is shown; the rest is in the details.
#[derive(Debug)]
pub enum CellState<'a> {
    UnderWay(&'a Deploy),
    /// The newest deploy did not succeed, and that matters still.
    Ended(&'a Deploy, Box<Outcome>),
    /// It answers another commit than that of its live deploy.
    Drift(&'a Deploy),
    /// A run that was not requested here was stopped at GitHub's gate, or waits there.
    Gate(&'a ProtectionRequest, Option<&'a Deploy>),
    Frozen(&'a Frozen, Option<&'a Deploy>),
    /// A run claims to have deployed, and is not believed.
    Claimed(&'a Claim, Option<&'a Deploy>),
    Live(&'a Deploy),
    Empty,
}

impl<'a> CellState<'a> {
    #[must_use]
    pub fn of(environment: &'a BoardEnvironment) -> Self {
        let live = environment.last_success.as_ref();
        if let Some(deploy) = &environment.under_way {
            return Self::UnderWay(deploy);
        }
        if let Some((deploy, outcome)) = ended_badly(environment) {
            return Self::Ended(deploy, Box::new(outcome));
        }
        if let Some(live) = live.filter(|_| drifts(environment)) {
            return Self::Drift(live);
        }
        if let Some(request) = &environment.gate {
            return Self::Gate(request, live);
        }
        match (&environment.frozen, &environment.claim, live) {
            (Some(frozen), ..) => Self::Frozen(frozen, live),
            (None, Some(claim), _) => Self::Claimed(claim, live),
            (None, None, Some(live)) => Self::Live(live),
            (None, None, None) => Self::Empty,
        }
    }

    /// The deploy that the line is about.
    #[must_use]
    pub const fn deploy(&self) -> Option<&'a Deploy> {
        match self {
            Self::UnderWay(deploy) | Self::Ended(deploy, _) | Self::Drift(deploy) | Self::Live(deploy) => {
                Some(deploy)
            }
            Self::Gate(_, live) | Self::Frozen(_, live) | Self::Claimed(_, live) => *live,
            Self::Empty => None,
        }
    }

    #[must_use]
    pub fn is_moving(&self) -> bool {
        matches!(self, Self::UnderWay(deploy) if deploy.awaited_approval().is_none())
    }

    /// Whether what is live there is not in question: only then it is said what could come next.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        match self {
            Self::UnderWay(_) | Self::Ended(..) | Self::Drift(_) => false,
            Self::Gate(..) | Self::Frozen(..) | Self::Claimed(..) | Self::Live(_) | Self::Empty => true,
        }
    }

    /// Since when it is so: when what is under way was requested, when what is live became so.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        match self {
            Self::UnderWay(deploy) => Some(deploy.requested_at),
            Self::Ended(..)
            | Self::Drift(_)
            | Self::Gate(..)
            | Self::Frozen(..)
            | Self::Claimed(..)
            | Self::Live(_)
            | Self::Empty => self.deploy().map(|deploy| deploy.finished_at.unwrap_or(deploy.updated_at)),
        }
    }

    /// The colour, by its role.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        match self {
            Self::UnderWay(deploy) | Self::Ended(deploy, _) => Tone::of(deploy).as_str(),
            Self::Drift(_) | Self::Gate(..) | Self::Claimed(..) => "late",
            Self::Frozen(..) => "frozen",
            Self::Live(_) => "good",
            Self::Empty => "none",
        }
    }

    #[must_use]
    pub fn icon(&self) -> Icon {
        match self {
            Self::UnderWay(deploy) | Self::Ended(deploy, _) => Tone::of(deploy).icon(),
            Self::Drift(_) | Self::Gate(..) | Self::Claimed(..) => Icon::Warning,
            Self::Frozen(..) => Icon::Snow,
            Self::Live(_) => Icon::Tick,
            Self::Empty => Icon::Gaps,
        }
    }

    /// The state in a word, for those who do not see the icon.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::UnderWay(_) => "Under way",
            Self::Ended(..) => "Not live",
            Self::Drift(_) => "Drift",
            Self::Gate(_, Some(_)) | Self::Frozen(_, Some(_)) | Self::Claimed(_, Some(_)) | Self::Live(_) => {
                "Live"
            }
            Self::Gate(_, None) | Self::Frozen(_, None) | Self::Claimed(_, None) | Self::Empty => {
                "Nothing live"
            }
        }
    }

    /// What is said beside the ref.
    #[must_use]
    pub fn words(&self, environment: &BoardEnvironment) -> String {
        match self {
            Self::UnderWay(deploy) if environment.awaits_caller => {
                format!("Awaits your approval, requested {}", requested_by_text(deploy))
            }
            Self::UnderWay(deploy) => status_text(deploy),
            Self::Ended(deploy, outcome) => outcome_words(deploy, outcome),
            Self::Drift(_) => drift_text(environment.version.as_ref()),
            Self::Gate(request, _) => tried_text(request),
            Self::Frozen(frozen, _) => frozen_text(frozen),
            Self::Claimed(claim, _) => {
                format!(
                    "A run by {} claims to have deployed {}",
                    printable(&claim.by),
                    printable(&claim.git_ref)
                )
            }
            Self::Live(deploy) => live_text(deploy),
            Self::Empty => "No successful deploy is recorded".to_owned(),
        }
    }
}

/// The newest deploy that ended, unless it is what is live, or ended early and touched nothing.
fn ended_badly(environment: &BoardEnvironment) -> Option<(&Deploy, Outcome)> {
    let (ended, outcome) = (environment.last_ended.as_ref()?, environment.outcome()?);
    let matters = match Tone::of(ended) {
        Tone::Bad | Tone::Late | Tone::Unknown => true,
        Tone::Stopped => outcome.is_in_doubt(),
        Tone::Good | Tone::Moving | Tone::Waiting => false,
    };
    matters.then_some((ended, outcome))
}

fn drift_text(check: Option<&VersionCheck>) -> String {
    match check {
        Some(VersionCheck::Differs { answer, .. }) => {
            format!("The app answers {}", printable(answer.get(..7).unwrap_or(answer)))
        }
        Some(
            VersionCheck::Agrees { .. } | VersionCheck::Answers { .. } | VersionCheck::Unreadable { .. },
        )
        | None => "The app answers another commit".to_owned(),
    }
}

/// What people know its commit by; else who requested it.
fn live_text(deploy: &Deploy) -> String {
    match &deploy.commit_details {
        Some(details) => printable(&details.subject),
        None => requested_by_text(deploy),
    }
}
