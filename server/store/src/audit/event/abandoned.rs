//! A deploy that a person gave up.

use app::domain::Status;
use serde::{Deserialize, Serialize};

use super::Transition;
use crate::Abandon;

/// The payload of `console.deploy.abandoned`. Who gave it up is the actor of the entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Abandoned {
    /// Why, in their words.
    pub reason: String,
    /// The edge to its end.
    #[serde(flatten)]
    pub transition: Transition,
}

impl Abandoned {
    pub(in crate::audit) fn new(abandon: &Abandon, previous: Status) -> Self {
        let said = format!("Abandoned by {}: {}", abandon.actor, abandon.reason);
        Self { reason: abandon.reason.clone(), transition: Transition::abandoned(previous, said) }
    }
}
