//! What the entries of one deploy say, read back: the path that was accepted, what GitHub's record said of
//! the run, and whether somebody asked for its end.
//!
//! An entry of a newer build that cannot be read here says nothing here; it stays in the journal.

use app::domain::{
    CancelState, Cancellation, FreezeVerdict, HistoryEntry, JournalEntry, OptionalInput, Origin, RunReport,
    RunSeen,
};
use serde::Deserialize;
use serde_json::Value;

use super::{Action, ROLLBACKS_PASS, new_entry::Transition};

/// What is known of a deploy from its entries.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DeployProjection {
    /// Its accepted path, oldest first.
    pub history: Vec<HistoryEntry>,
    /// What was last noted of its run.
    pub run: Option<RunSeen>,
    /// The newest request to end it.
    pub cancellation: Option<Cancellation>,
    /// Why it was asked for though it was frozen.
    pub freeze_override: Option<String>,
    /// What its workflow was told at the freeze check.
    pub freeze: Option<FreezeVerdict>,
    /// How it came to be.
    pub origin: Origin,
    /// The inputs that its workflow does not declare.
    pub left_out: Vec<OptionalInput>,
}

impl DeployProjection {
    /// Reads the next entry, which has to be younger than those before.
    pub fn apply(&mut self, entry: &JournalEntry) {
        if let Ok(transition) = Transition::deserialize(&entry.payload) {
            self.apply_transition(entry, transition);
        } else if entry.action == Action::RunObserved.as_str() {
            if let Ok(report) = RunReport::deserialize(&entry.payload) {
                self.run = Some(RunSeen { report, at: entry.at });
            }
        } else if entry.action == Action::CancelRequested.as_str() {
            self.cancellation = Some(Cancellation {
                requested_at: entry.at,
                requested_by: entry.actor.clone(),
                state: CancelState::Requested,
            });
        } else if entry.action == Action::CancelAnswered.as_str() {
            let state = CancelState::deserialize(&entry.payload["cancellation"]);
            if let (Some(cancellation), Ok(state)) = (&mut self.cancellation, state) {
                cancellation.state = state;
            }
        } else if entry.action == Action::InputLeftOut.as_str() {
            self.left_out.extend(OptionalInput::deserialize(&entry.payload["input"]));
        }
    }

    fn apply_transition(&mut self, entry: &JournalEntry, transition: Transition) {
        self.freeze_override = override_of(&entry.payload).or(self.freeze_override.take());
        self.freeze = transition.details.freeze.or(self.freeze.take());
        if self.history.is_empty() {
            self.origin = origin_of(&entry.payload);
        }
        self.history.push(HistoryEntry {
            status: transition.status,
            at: entry.at,
            source: transition.source,
            log_line: transition.log_line,
            evidence: transition.evidence,
        });
    }
}

/// Why a deploy was asked for though it was frozen, from what its first entry says.
fn override_of(requested: &Value) -> Option<String> {
    requested["freeze_override"]["reason"].as_str().map(str::to_owned)
}

/// How a deploy came to be, from what its first entry says. Where it says nothing, somebody asked for a ref.
fn origin_of(first: &Value) -> Origin {
    match &first["origin"] {
        Value::Null => Origin::Request,
        origin => Origin::deserialize(origin).unwrap_or(Origin::Unknown),
    }
}

/// Why a deploy goes on through freezes, from the text of its first entry; none, if it does not.
pub(crate) fn freeze_override_reason(requested: &str) -> Option<String> {
    let requested = serde_json::from_str(requested).ok()?;
    let by_policy = || origin_of(&requested).passes_freezes().then(|| ROLLBACKS_PASS.to_owned());
    override_of(&requested).or_else(by_policy)
}
