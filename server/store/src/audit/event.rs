//! What an entry of the journal says: its action with the payload of that action.
//!
//! Payloads are written and read only here. Every entry is hashed over the text of its payload, so a member that was
//! written once is never renamed, and a new one is left out where it says nothing. Reading accepts the shapes of every
//! older build, and ignores members that a newer one added.

mod abandoned;
mod access;
mod approval;
mod callback;
mod note;
mod protection;
mod request;
mod setting;
#[cfg(test)]
mod tests;
mod transition;
mod unknown;

use app::domain::{Source, StoredStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::{
    abandoned::Abandoned,
    access::{SessionRevoked, TokenCreated, TokenRevoked},
    approval::{Approved, Rejected},
    callback::{CallbackDecision, CallbackOutcome, Contradiction, NotApplied},
    note::{CancelAnswered, CancelRequested, InputLeftOut, RunFound, RunObserved},
    protection::{ProtectedRun, ProtectionApproval, ProtectionDecided, ProtectionDecision},
    request::{FreezeOverride, Imported, Provenance, Requested},
    setting::{FlagPromoted, FreezeDeclared, FreezeLifted},
    transition::{Reported, Transition},
    unknown::Unknown,
};
use super::Action;

/// What an entry of the journal says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// A deploy was requested.
    Requested(Requested),
    /// A run was found that was started on GitHub.
    Imported(Imported),
    /// Somebody approved the deploy.
    Approved(Approved),
    /// Somebody rejected it, or nobody approved it in time.
    Rejected(Rejected),
    /// GitHub accepted the deploy.
    Dispatched(Transition),
    /// GitHub refused it, or never started a run.
    Refused(Transition),
    /// A callback was decided.
    Callback(CallbackDecision),
    /// The reconciler moved the row, with GitHub's record as evidence.
    Reconciled(Transition),
    /// The run of the deploy was found.
    RunFound(RunFound),
    /// GitHub's record says something about the run that moves no row.
    RunObserved(RunObserved),
    /// A cancellation was requested.
    CancelRequested(CancelRequested),
    /// What GitHub answered to that.
    CancelAnswered(CancelAnswered),
    /// A person gave the deploy up.
    Abandoned(Abandoned),
    /// An input was left out that the workflow does not declare.
    InputLeftOut(InputLeftOut),
    /// A migration down ended a deploy that the older build could not follow.
    RolledBack(Transition),
    /// A flag was turned on or off in an environment.
    FlagPromoted(FlagPromoted),
    /// A freeze was declared.
    FreezeDeclared(FreezeDeclared),
    /// A freeze was ended by hand.
    FreezeLifted(FreezeLifted),
    /// It was decided what GitHub is told about its gate.
    ProtectionDecided(ProtectionDecided),
    /// Somebody approved a run that waits there.
    ProtectionApproved(ProtectionApproval),
    /// A token was made.
    TokenCreated(TokenCreated),
    /// A token was taken back.
    TokenRevoked(TokenRevoked),
    /// Somebody's sessions were ended by another.
    SessionRevoked(SessionRevoked),
    /// An action that only a newer build knows.
    Unknown(Unknown),
}

/// The action is one of this build, and the payload is not of its shape.
#[derive(Debug, thiserror::Error)]
#[error("this is no payload of {}: {error}", .action.as_str())]
pub struct WrongShape {
    /// The action.
    pub action: Action,
    /// What is missing, or is of another type.
    #[source]
    error: serde_json::Error,
}

impl Event {
    /// Reads an entry. An action that this build does not know is [`Event::Unknown`].
    ///
    /// # Errors
    /// If the action is one of this build, and the payload is not of its shape.
    pub fn read(action: &str, payload: &Value) -> Result<Self, WrongShape> {
        let Some(action) = Action::of_text(action) else { return Ok(Unknown::new(action, payload).into()) };
        match action {
            Action::Requested => Requested::deserialize(payload).map(Self::Requested),
            Action::Imported => Imported::deserialize(payload).map(Self::Imported),
            Action::Approved => Approved::deserialize(payload).map(Self::Approved),
            Action::Rejected => Rejected::deserialize(payload).map(Self::Rejected),
            Action::Dispatched => Transition::deserialize(payload).map(Self::Dispatched),
            Action::Refused => Transition::deserialize(payload).map(Self::Refused),
            Action::Callback => CallbackDecision::deserialize(payload).map(Self::Callback),
            Action::Reconciled => Transition::deserialize(payload).map(Self::Reconciled),
            Action::RunFound => RunFound::deserialize(payload).map(Self::RunFound),
            Action::RunObserved => RunObserved::deserialize(payload).map(Self::RunObserved),
            Action::CancelRequested => CancelRequested::deserialize(payload).map(Self::CancelRequested),
            Action::CancelAnswered => CancelAnswered::deserialize(payload).map(Self::CancelAnswered),
            Action::Abandoned => Abandoned::deserialize(payload).map(Self::Abandoned),
            Action::InputLeftOut => InputLeftOut::deserialize(payload).map(Self::InputLeftOut),
            Action::RolledBack => Transition::deserialize(payload).map(Self::RolledBack),
            Action::FlagPromoted => FlagPromoted::deserialize(payload).map(Self::FlagPromoted),
            Action::FreezeDeclared => FreezeDeclared::deserialize(payload).map(Self::FreezeDeclared),
            Action::FreezeLifted => FreezeLifted::deserialize(payload).map(Self::FreezeLifted),
            Action::ProtectionDecided => ProtectionDecided::deserialize(payload).map(Self::ProtectionDecided),
            Action::ProtectionApproved => {
                ProtectionApproval::deserialize(payload).map(Self::ProtectionApproved)
            }
            Action::TokenCreated => TokenCreated::deserialize(payload).map(Self::TokenCreated),
            Action::TokenRevoked => TokenRevoked::deserialize(payload).map(Self::TokenRevoked),
            Action::SessionRevoked => SessionRevoked::deserialize(payload).map(Self::SessionRevoked),
        }
        .map_err(|error| WrongShape { action, error })
    }

    /// Reads an entry for callers that cannot fail. A payload without the shape of its action was written by a newer
    /// build, since the chain of hashes shows whether it was changed later: it is treated as an unknown action.
    #[must_use]
    pub fn read_or_unknown(action: &str, payload: &Value) -> Self {
        Self::read(action, payload).unwrap_or_else(|_| Unknown::new(action, payload).into())
    }

    /// The status that a deploy reached, and who caused that, as far as it can be read; none if the entry moves no row.
    #[must_use]
    pub fn reached(self) -> Option<(StoredStatus, Option<Source>)> {
        match self {
            Self::Requested(Requested { status, source, .. })
            | Self::Imported(Imported { status, source, .. })
            | Self::Dispatched(Transition { status, source, .. })
            | Self::Refused(Transition { status, source, .. })
            | Self::Callback(CallbackDecision::Applied(Transition { status, source, .. }))
            | Self::Reconciled(Transition { status, source, .. })
            | Self::Abandoned(Abandoned { transition: Transition { status, source, .. }, .. })
            | Self::Rejected(Rejected { transition: Transition { status, source, .. }, .. })
            | Self::RolledBack(Transition { status, source, .. }) => Some((status, Some(source))),
            Self::Unknown(unknown) => Some((unknown.status()?.into(), unknown.source())),
            Self::Approved(_)
            | Self::Callback(CallbackDecision::NotApplied(_))
            | Self::RunFound(_)
            | Self::RunObserved(_)
            | Self::CancelRequested(_)
            | Self::CancelAnswered(_)
            | Self::InputLeftOut(_)
            | Self::FlagPromoted(_)
            | Self::FreezeDeclared(_)
            | Self::FreezeLifted(_)
            | Self::ProtectionDecided(_)
            | Self::ProtectionApproved(_)
            | Self::TokenCreated(_)
            | Self::TokenRevoked(_)
            | Self::SessionRevoked(_) => None,
        }
    }

    /// The name of its action.
    #[must_use]
    pub fn action(&self) -> &str {
        let action = match self {
            Self::Requested(_) => Action::Requested,
            Self::Imported(_) => Action::Imported,
            Self::Approved(_) => Action::Approved,
            Self::Rejected(_) => Action::Rejected,
            Self::Dispatched(_) => Action::Dispatched,
            Self::Refused(_) => Action::Refused,
            Self::Callback(_) => Action::Callback,
            Self::Reconciled(_) => Action::Reconciled,
            Self::RunFound(_) => Action::RunFound,
            Self::RunObserved(_) => Action::RunObserved,
            Self::CancelRequested(_) => Action::CancelRequested,
            Self::CancelAnswered(_) => Action::CancelAnswered,
            Self::Abandoned(_) => Action::Abandoned,
            Self::InputLeftOut(_) => Action::InputLeftOut,
            Self::RolledBack(_) => Action::RolledBack,
            Self::FlagPromoted(_) => Action::FlagPromoted,
            Self::FreezeDeclared(_) => Action::FreezeDeclared,
            Self::FreezeLifted(_) => Action::FreezeLifted,
            Self::ProtectionDecided(_) => Action::ProtectionDecided,
            Self::ProtectionApproved(_) => Action::ProtectionApproved,
            Self::TokenCreated(_) => Action::TokenCreated,
            Self::TokenRevoked(_) => Action::TokenRevoked,
            Self::SessionRevoked(_) => Action::SessionRevoked,
            Self::Unknown(unknown) => return &unknown.action,
        };
        action.as_str()
    }

    /// Its payload, as it is stored and hashed.
    #[must_use]
    pub fn to_payload(&self) -> Value {
        match self {
            Self::Requested(payload) => to_value(payload),
            Self::Imported(payload) => to_value(payload),
            Self::Approved(payload) => to_value(payload),
            Self::Rejected(payload) => to_value(payload),
            Self::Dispatched(payload)
            | Self::Refused(payload)
            | Self::Reconciled(payload)
            | Self::RolledBack(payload) => to_value(payload),
            Self::Callback(payload) => to_value(payload),
            Self::RunFound(payload) => to_value(payload),
            Self::RunObserved(payload) => to_value(payload),
            Self::CancelRequested(payload) => to_value(payload),
            Self::CancelAnswered(payload) => to_value(payload),
            Self::Abandoned(payload) => to_value(payload),
            Self::InputLeftOut(payload) => to_value(payload),
            Self::FlagPromoted(payload) => to_value(payload),
            Self::FreezeDeclared(payload) => to_value(payload),
            Self::FreezeLifted(payload) => to_value(payload),
            Self::ProtectionDecided(payload) => to_value(payload),
            Self::ProtectionApproved(payload) => to_value(payload),
            Self::TokenCreated(payload) => to_value(payload),
            Self::TokenRevoked(payload) => to_value(payload),
            Self::SessionRevoked(payload) => to_value(payload),
            Self::Unknown(unknown) => unknown.payload.clone(),
        }
    }
}

impl From<Unknown> for Event {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}

fn to_value<T: Serialize>(payload: &T) -> Value {
    // A struct of strings and numbers can always be written as JSON.
    serde_json::to_value(payload).unwrap_or_default()
}
