//! What the entries of one deploy say, read back: the accepted path, what GitHub's record said of the run, and whether
//! its cancellation was requested.
//!
//! An entry of a newer build that cannot be read adds nothing here; it stays in the journal.

use app::domain::{
    Abandonment, Approval, CancelState, Cancellation, FreezeVerdict, GivenApproval, HistoryEntry,
    InputValues, JournalEntry, LegReport, OptionalInput, Origin, Overdue, RunSeen, StoredStatus, Timestamp,
    ended_without_its_run,
};
use serde_json::Value;

use crate::{NeededApproval, StoredApproval};

use super::{
    Event,
    event::{
        Abandoned, Approved, CallbackDecision, CallbackOutcome, CancelRequested, Imported, NotApplied,
        Provenance, Reported, Requested, Transition,
    },
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
    /// The approvals that it needs and was given; none, if it needs none.
    pub approval: Option<StoredApproval>,
    /// Why it was requested although it was frozen.
    pub freeze_override: Option<String>,
    /// What its workflow was told at the freeze check.
    pub freeze: Option<FreezeVerdict>,
    /// The latest attempt of the run that anything was about.
    pub attempt: Option<i64>,
    /// What legs reported, oldest first.
    pub legs: Vec<LegReport>,
    /// How it came to be.
    pub origin: Origin,
    /// The inputs that its workflow does not declare.
    pub left_out: Vec<OptionalInput>,
    /// The inputs that were sent beside the console's own.
    pub inputs: InputValues,
}

impl DeployProjection {
    /// Which attempt of its run the deploy follows, from 1.
    #[must_use]
    pub fn attempt(&self) -> i64 {
        let own = match self.origin {
            Origin::Rerun { attempt, .. } => Some(attempt),
            Origin::Request
            | Origin::Rollback { .. }
            | Origin::Promotion { .. }
            | Origin::GitHub { .. }
            | Origin::Unknown => None,
        };
        self.attempt.max(own).unwrap_or(1)
    }

    /// Reads the next entry, which has to be newer than those before.
    pub fn apply(&mut self, entry: &JournalEntry) {
        let at = entry.at;
        match Event::read_or_unknown(&entry.action, &entry.payload) {
            Event::Requested(requested) => self.requested(at, &entry.actor, requested),
            Event::Imported(imported) => self.imported(at, imported),
            Event::Callback(CallbackDecision::Applied(transition)) => {
                self.heard(at, &transition.status, &transition.reported, transition.log_line.as_ref());
                self.moved(at, transition);
            }
            Event::Dispatched(transition)
            | Event::Refused(transition)
            | Event::Reconciled(transition)
            | Event::RolledBack(transition) => self.moved(at, transition),
            Event::RunObserved(report) => {
                self.attempt = self.attempt.max(report.attempt);
                self.run = Some(RunSeen { report, at });
            }
            Event::Approved(approved) => self.approved(at, &entry.actor, approved),
            Event::Rejected(rejected) => self.moved(at, rejected.transition),
            Event::Abandoned(abandoned) => self.abandoned(at, &entry.actor, abandoned),
            Event::CancelRequested(CancelRequested { why, name }) => {
                self.overdue = self.overdue.or(why.map(|why| (at, why)));
                self.cancellation = Some(cancellation(at, name.as_deref().unwrap_or(&entry.actor), why));
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
            Event::Callback(CallbackDecision::NotApplied(callback)) => self.not_applied(at, &callback),
            Event::RunFound(_)
            | Event::FlagPromoted(_)
            | Event::FreezeDeclared(_)
            | Event::FreezeLifted(_)
            | Event::ProtectionDecided(_)
            | Event::ProtectionApproved(_)
            | Event::TokenCreated(_)
            | Event::TokenRevoked(_)
            | Event::SessionRevoked(_) => {}
        }
    }

    fn requested(&mut self, at: Timestamp, actor: &str, requested: Requested) {
        let Requested { status, source, provenance, inputs, approval, .. } = requested;
        self.approval = approval.map(|needed| awaited(needed, actor));
        self.came_to_be(provenance);
        self.inputs = inputs;
        self.history.push(HistoryEntry {
            status,
            at,
            source,
            log_line: None,
            evidence: None,
            proved_by: None,
        });
    }

    fn imported(&mut self, at: Timestamp, imported: Imported) {
        let Imported { status, source, evidence, origin, .. } = imported;
        self.came_to_be(Provenance { origin, freeze_override: None });
        let evidence = Some(evidence);
        self.history.push(HistoryEntry { status, at, source, log_line: None, evidence, proved_by: None });
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

    fn approved(&mut self, at: Timestamp, actor: &str, approved: Approved) {
        let Some(approval) = &mut self.approval else { return };
        let Approved { comment, complete, name } = approved;
        let by = name.unwrap_or_else(|| actor.to_owned());
        approval.shown.given.push(GivenApproval { by, at, comment });
        approval.approved_by.push(actor.to_owned());
        approval.complete_at = approval.complete_at.or(complete.then_some(at));
    }

    fn abandoned(&mut self, at: Timestamp, actor: &str, abandoned: Abandoned) {
        let Abandoned { reason, name, transition } = abandoned;
        let by = name.unwrap_or_else(|| actor.to_owned());
        self.abandoned = Some(Abandonment { by, at, reason });
        self.moved(at, transition);
    }

    /// Whether it ended here and not on GitHub, and nothing in GitHub's record has said since that its run ended.
    pub(crate) fn lacks_end_of_run(&self, status: &StoredStatus) -> bool {
        let has_ended = self.run.is_some_and(|seen| seen.report.state.has_ended());
        !has_ended && ended_without_its_run(status, self.abandoned.is_some())
    }

    /// A callback that moved nothing, but may have been counted.
    fn not_applied(&mut self, at: Timestamp, callback: &NotApplied) {
        match (callback.outcome, &callback.claimed) {
            (CallbackOutcome::Noted, Some(claimed)) => {
                self.heard(at, claimed, &callback.reported, callback.log_line.as_ref());
            }
            (
                CallbackOutcome::Noted
                | CallbackOutcome::Applied
                | CallbackOutcome::Repeated
                | CallbackOutcome::Refused
                | CallbackOutcome::Unknown,
                _,
            ) => {}
        }
    }

    /// A leg said this, if it was one.
    fn heard(&mut self, at: Timestamp, status: &StoredStatus, reported: &Reported, line: Option<&String>) {
        if let (Some(leg), Some(status)) = (reported.leg(), status.known()) {
            let stage = reported.failure_stage.as_deref().and_then(|stage| stage.parse().ok());
            self.legs.push(LegReport { leg, status, stage, log_line: line.cloned(), at });
        }
    }

    fn moved(&mut self, at: Timestamp, transition: Transition) {
        let Transition { status, source, log_line, evidence, proved_by, freeze, reported, .. } = transition;
        self.attempt = self.attempt.max(reported.run_attempt);
        self.freeze = freeze.or(self.freeze.take());
        self.history.push(HistoryEntry { status, at, source, log_line, evidence, proved_by });
    }
}

/// Before anybody has approved it.
fn awaited(needed: NeededApproval, requested_by: &str) -> StoredApproval {
    let NeededApproval { needed, expires_at } = needed;
    StoredApproval {
        shown: Approval { needed, given: Vec::new(), expires_at },
        requested_by: requested_by.to_owned(),
        approved_by: Vec::new(),
        complete_at: None,
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
