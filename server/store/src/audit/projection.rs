//! What the entries of one deploy say, read back: the accepted path, what GitHub's record said of the run, and whether
//! its cancellation was requested.
//!
//! An entry of a newer build that cannot be read adds nothing here; it stays in the journal.

use app::domain::{
    Abandonment, CancelState, Cancellation, FreezeVerdict, HistoryEntry, JournalEntry, OptionalInput, Origin,
    Overdue, RunSeen, Timestamp,
};
use serde_json::Value;

use super::{
    Event,
    event::{Abandoned, CallbackDecision, CancelRequested, Imported, Provenance, Requested, Transition},
};

/// What is known of a deploy from its entries.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DeployProjection {
    /// Its accepted path, oldest first.
    pub history: Vec<HistoryEntry>,
    /// What was last noted of its run.
    pub run: Option<RunSeen>,
    /// The newest request to end it.
    pub cancellation: Option<Cancellation>,
    /// When it was found to have run past which limit, the first time.
    pub overdue: Option<(Timestamp, Overdue)>,
    /// Who gave it up, if that is how it ended.
    pub abandoned: Option<Abandonment>,
    /// Why it was requested although it was frozen.
    pub freeze_override: Option<String>,
    /// What its workflow was told at the freeze check.
    pub freeze: Option<FreezeVerdict>,
    /// How it came to be.
    pub origin: Origin,
    /// The inputs that its workflow does not declare.
    pub left_out: Vec<OptionalInput>,
}

impl DeployProjection {
    /// Reads the next entry, which has to be newer than those before.
    pub fn apply(&mut self, entry: &JournalEntry) {
        let at = entry.at;
        match Event::read_or_unknown(&entry.action, &entry.payload) {
            Event::Requested(requested) => self.requested(at, requested),
            Event::Imported(imported) => self.imported(at, imported),
            Event::Dispatched(transition)
            | Event::Refused(transition)
            | Event::Callback(CallbackDecision::Applied(transition))
            | Event::Reconciled(transition)
            | Event::RolledBack(transition) => self.moved(at, transition),
            Event::Abandoned(abandoned) => self.abandoned(at, entry.actor.clone(), abandoned),
            Event::RunObserved(report) => self.run = Some(RunSeen { report, at }),
            Event::CancelRequested(CancelRequested { why }) => {
                self.overdue = self.overdue.or(why.map(|why| (at, why)));
                self.cancellation = Some(cancellation(at, &entry.actor, why));
            }
            Event::CancelAnswered(answered) => {
                if let Some(cancellation) = &mut self.cancellation {
                    cancellation.state = answered.state;
                }
            }
            Event::InputLeftOut(left_out) => self.left_out.push(left_out.input),
            Event::Unknown(unknown) => {
                if let Some(transition) = unknown.transition() {
                    self.came_to_be(unknown.provenance());
                    self.moved(at, transition);
                }
            }
            Event::Callback(CallbackDecision::NotApplied(_))
            | Event::RunFound(_)
            | Event::FlagPromoted(_)
            | Event::FreezeDeclared(_)
            | Event::FreezeLifted(_) => {}
        }
    }

    fn requested(&mut self, at: Timestamp, requested: Requested) {
        let Requested { status, source, provenance, .. } = requested;
        self.came_to_be(provenance);
        self.history.push(HistoryEntry { status, at, source, log_line: None, evidence: None });
    }

    fn imported(&mut self, at: Timestamp, imported: Imported) {
        let Imported { status, source, evidence, origin, .. } = imported;
        self.came_to_be(Provenance { origin, freeze_override: None });
        self.history.push(HistoryEntry { status, at, source, log_line: None, evidence: Some(evidence) });
    }

    /// Only the first entry tells the origin of a deploy. An override of a newer build may come later.
    fn came_to_be(&mut self, Provenance { origin, freeze_override }: Provenance) {
        if self.history.is_empty() {
            self.origin = origin;
        }
        if let Some(said) = freeze_override {
            self.freeze_override = Some(said.reason);
        }
    }

    fn abandoned(&mut self, at: Timestamp, by: String, abandoned: Abandoned) {
        let Abandoned { reason, transition } = abandoned;
        self.abandoned = Some(Abandonment { by, at, reason });
        self.moved(at, transition);
    }

    fn moved(&mut self, at: Timestamp, transition: Transition) {
        let Transition { status, source, log_line, evidence, freeze, .. } = transition;
        self.freeze = freeze.or(self.freeze.take());
        self.history.push(HistoryEntry { status, at, source, log_line, evidence });
    }
}

fn cancellation(at: Timestamp, by: &str, why: Option<Overdue>) -> Cancellation {
    Cancellation { requested_at: at, requested_by: by.to_owned(), state: CancelState::Requested, why }
}

/// Why a deploy passes freezes, from the text of its first entry; none if it does not.
pub(crate) fn freeze_override_reason(requested: &str) -> Option<String> {
    let payload: Value = serde_json::from_str(requested).ok()?;
    Provenance::read(&payload).freeze_override_reason()
}
