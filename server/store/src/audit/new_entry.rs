//! What each operation writes into the journal.

use app::domain::{
    DeployId, Freeze, FreezeVerdict, Frozen, JournalEntry, Source, Status, StoredStatus, Timestamp,
};

use super::{
    CONSOLE, Event, GENESIS, WORKFLOW,
    event::{
        Abandoned, CallbackDecision, CallbackOutcome, CancelAnswered, CancelRequested, FlagPromoted,
        InputLeftOut, NotApplied, Requested, Transition,
    },
    hash,
};
use crate::{
    Abandon, Advance, AttachRun, Delivery, Import, Lift, NewDeploy, Note, Noted, Promotion, RolledBack,
};

/// An entry that has no place in the chain yet.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// The deploy that it concerns, if any.
    pub deploy_id: Option<DeployId>,
    /// What.
    pub event: Event,
}

impl NewEntry {
    /// A deploy was requested, perhaps despite a freeze.
    #[must_use]
    pub fn requested(request: &NewDeploy, overridden: Option<&Frozen>) -> Self {
        let event = Event::Requested(Requested::new(request, overridden));
        Self::about(request.id, request.at, &request.actor, event)
    }

    /// A run was found that was started on GitHub.
    #[must_use]
    pub fn imported(import: &Import) -> Self {
        Self::about(import.id, import.at, &import.actor, Event::Imported(import.into()))
    }

    /// The console or the reconciler walked an edge.
    #[must_use]
    pub fn advanced(advance: &Advance, previous: Status) -> Self {
        let transition = Transition::advanced(advance, previous);
        let event = match advance.source {
            Source::Callback => Event::Callback(CallbackDecision::Applied(transition)),
            Source::Reconciler => Event::Reconciled(transition),
            Source::Console if advance.to == Status::Failed => Event::Refused(transition),
            Source::Console => Event::Dispatched(transition),
        };
        Self::about(advance.id, advance.at, &advance.actor, event)
    }

    /// A person gave a deploy up.
    #[must_use]
    pub fn abandoned(abandon: &Abandon, previous: Status) -> Self {
        let event = Event::Abandoned(Abandoned::new(abandon, previous));
        Self::about(abandon.id, abandon.at, &abandon.actor, event)
    }

    /// The run of a deploy was found.
    #[must_use]
    pub fn run_found(attach: &AttachRun) -> Self {
        Self::about(attach.id, attach.at, &attach.actor, Event::RunFound(attach.into()))
    }

    /// A migration down ended a deploy.
    #[must_use]
    pub fn rolled_back(ended: &RolledBack, at: Timestamp) -> Self {
        Self::about(ended.id, at, CONSOLE, Event::RolledBack(Transition::rolled_back(ended)))
    }

    /// A freeze was declared.
    #[must_use]
    pub fn freeze_declared(freeze: &Freeze) -> Self {
        let event = Event::FreezeDeclared(freeze.into());
        Self { at: freeze.declared_at, actor: freeze.declared_by.clone(), deploy_id: None, event }
    }

    /// A freeze was ended by hand.
    #[must_use]
    pub fn freeze_lifted(lift: &Lift) -> Self {
        let event = Event::FreezeLifted(lift.into());
        Self { at: lift.at, actor: lift.by.clone(), deploy_id: None, event }
    }

    /// A flag was turned on or off in an environment.
    #[must_use]
    pub fn promoted(promotion: &Promotion, previous: Option<bool>) -> Self {
        let event = Event::FlagPromoted(FlagPromoted::new(promotion, previous));
        Self { at: promotion.at, actor: promotion.by.clone(), deploy_id: None, event }
    }

    /// Something was noted that moves no row.
    #[must_use]
    pub fn noted(note: &Note) -> Self {
        let event = match note.what {
            Noted::Run(report) => Event::RunObserved(report),
            Noted::CancelRequested => Event::CancelRequested(CancelRequested { why: None }),
            Noted::Overdue(why) => Event::CancelRequested(CancelRequested { why: Some(why) }),
            Noted::CancelAnswered(state) => Event::CancelAnswered(CancelAnswered { state }),
            Noted::InputLeftOut(input) => Event::InputLeftOut(InputLeftOut { input }),
        };
        Self::about(note.id, note.at, &note.actor, event)
    }

    /// A callback walked an edge. The edge to `dispatched` is GitHub's acceptance, which the callback proves. The edge
    /// into the freeze check also records the verdict that the workflow got.
    #[must_use]
    pub fn applied(delivery: &Delivery, previous: Status, to: Status, freeze: Option<FreezeVerdict>) -> Self {
        let transition = Transition::applied(delivery, previous, to, freeze);
        let event = if to == Status::Dispatched {
            Event::Dispatched(transition)
        } else {
            Event::Callback(CallbackDecision::Applied(transition))
        };
        Self::of_delivery(delivery, event)
    }

    /// A callback repeated what was known.
    #[must_use]
    pub fn repeated(delivery: &Delivery) -> Self {
        Self::not_applied(delivery, CallbackOutcome::Repeated, None)
    }

    /// A leg was counted.
    #[must_use]
    pub fn counted(delivery: &Delivery) -> Self {
        Self::not_applied(delivery, CallbackOutcome::Noted, None)
    }

    /// An authentic callback was refused.
    #[must_use]
    pub fn refused(delivery: &Delivery, current: &StoredStatus) -> Self {
        Self::not_applied(delivery, CallbackOutcome::Refused, Some(current.clone()))
    }

    fn not_applied(delivery: &Delivery, outcome: CallbackOutcome, current: Option<StoredStatus>) -> Self {
        let decision = CallbackDecision::NotApplied(NotApplied::new(delivery, outcome, current));
        Self::of_delivery(delivery, Event::Callback(decision))
    }

    fn of_delivery(delivery: &Delivery, event: Event) -> Self {
        Self::about(delivery.deploy_id, delivery.at, WORKFLOW, event)
    }

    fn about(id: DeployId, at: Timestamp, actor: &str, event: Event) -> Self {
        Self { at, actor: actor.to_owned(), deploy_id: Some(id), event }
    }

    /// Gives the entry its place after `previous`, and its hash.
    #[must_use]
    pub fn chained(self, previous: Option<(i64, String)>) -> JournalEntry {
        let (sequence, previous_hash) = previous.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let mut entry = JournalEntry {
            sequence: sequence + 1,
            at: self.at,
            actor: self.actor,
            action: self.event.action().to_owned(),
            deploy_id: self.deploy_id,
            payload: self.event.to_payload(),
            previous_hash,
            hash: String::new(),
        };
        entry.hash = hash(&entry);
        entry
    }
}
