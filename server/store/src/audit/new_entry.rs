//! What each operation writes into the journal.

use app::domain::{
    DeployId, Freeze, FreezeVerdict, Frozen, JournalEntry, Source, Status, StoredStatus, Timestamp,
};

use super::{
    CONSOLE, Event, GENESIS, WORKFLOW,
    event::{
        Abandoned, Approved, CallbackDecision, CallbackOutcome, CancelAnswered, CancelRequested,
        Contradiction, FlagPromoted, FreezeDeclared, FreezeLifted, InputLeftOut, NotApplied,
        ProtectionApproval, ProtectionDecided, Rejected, Requested, SessionRevoked, TokenRevoked, Transition,
    },
    hash,
};
use crate::{
    Abandon, Actor, Advance, Approve, ApproveProtection, AttachRun, Delivery, Import, Lift, NewDeploy,
    NewToken, Note, Noted, Promotion, RolledBack, StoredApproval, StoredProtectionRequest,
    ops::access::sessions::EndedSessions,
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
        Self::about(request.id, request.at, &request.actor.id, event)
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

    /// Somebody approved a deploy, perhaps the last who was missing.
    #[must_use]
    pub fn approved(approve: &Approve, complete: bool) -> Self {
        let event = Event::Approved(Approved::new(approve, complete));
        Self::about(approve.id, approve.at, &approve.by.id, event)
    }

    /// Somebody rejected a deploy.
    #[must_use]
    pub fn rejected(reject: &Approve) -> Self {
        Self::about(reject.id, reject.at, &reject.by.id, Event::Rejected(Rejected::by(reject)))
    }

    /// Not enough people approved a deploy in time.
    #[must_use]
    pub fn approval_expired(id: DeployId, approval: &StoredApproval, at: Timestamp) -> Self {
        Self::about(id, at, CONSOLE, Event::Rejected(Rejected::expired(approval)))
    }

    /// A person gave a deploy up.
    #[must_use]
    pub fn abandoned(abandon: &Abandon, previous: Status) -> Self {
        let event = Event::Abandoned(Abandoned::new(abandon, previous));
        Self::about(abandon.id, abandon.at, &abandon.actor.id, event)
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

    /// A freeze was declared, by this actor.
    #[must_use]
    pub fn freeze_declared(freeze: &Freeze, actor: &str) -> Self {
        let event = Event::FreezeDeclared(FreezeDeclared::new(freeze, actor));
        Self::about_none(freeze.declared_at, actor, event)
    }

    /// A freeze of this app was ended by hand.
    #[must_use]
    pub fn freeze_lifted(lift: &Lift, app: Option<String>) -> Self {
        Self::about_none(lift.at, &lift.by.id, Event::FreezeLifted(FreezeLifted::new(lift, app)))
    }

    /// A flag was turned on or off in an environment.
    #[must_use]
    pub fn promoted(promotion: &Promotion, previous: Option<bool>) -> Self {
        let event = Event::FlagPromoted(FlagPromoted::new(promotion, previous));
        Self::about_none(promotion.at, &promotion.by.id, event)
    }

    /// It was decided what GitHub is told about its gate: by a person, or by the console; none, if nothing is.
    #[must_use]
    pub fn protection_decided(
        request: &StoredProtectionRequest,
        by: Option<&Actor>,
        at: Timestamp,
    ) -> Option<Self> {
        let decided = ProtectionDecided::new(request, by.and_then(Actor::name_beside_id))?;
        let actor = by.map_or(CONSOLE, |by| by.id.as_str());
        let event = Event::ProtectionDecided(decided);
        Some(Self { deploy_id: request.deploy_id, ..Self::about_none(at, actor, event) })
    }

    /// Somebody approved a run that waits at GitHub's gate.
    #[must_use]
    pub fn protection_approved(approve: &ApproveProtection, request: &StoredProtectionRequest) -> Self {
        let event = Event::ProtectionApproved(ProtectionApproval::new(approve, request));
        let entry = Self::about_none(approve.at, &approve.by.id, event);
        Self { deploy_id: request.deploy_id, ..entry }
    }

    /// A token was made.
    #[must_use]
    pub fn token_created(token: &NewToken) -> Self {
        Self::about_none(token.at, &token.created_by.id, Event::TokenCreated(token.into()))
    }

    /// A token was taken back.
    #[must_use]
    pub fn token_revoked(token: &str, by: &Actor, at: Timestamp) -> Self {
        Self::about_none(at, &by.id, Event::TokenRevoked(TokenRevoked::new(token, by)))
    }

    /// Somebody's sessions were ended by another.
    pub(crate) fn sessions_ended(ended: &EndedSessions, by: &Actor, at: Timestamp) -> Self {
        Self::about_none(at, &by.id, Event::SessionRevoked(SessionRevoked::new(ended, by)))
    }

    /// Something was noted that moves no row.
    #[must_use]
    pub fn noted(note: &Note) -> Self {
        let cancel_requested = |why| CancelRequested { why, name: note.actor.name_beside_id() };
        let event = match note.what {
            Noted::Run(report) => Event::RunObserved(report),
            Noted::CancelRequested => Event::CancelRequested(cancel_requested(None)),
            Noted::Overdue(why) => Event::CancelRequested(cancel_requested(Some(why))),
            Noted::CancelAnswered(state) => Event::CancelAnswered(CancelAnswered { state }),
            Noted::InputLeftOut(input) => Event::InputLeftOut(InputLeftOut { input }),
        };
        Self::about(note.id, note.at, &note.actor.id, event)
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

    /// A callback of this app's workflow was refused, as GitHub vouched for another run than the one that it is about.
    #[must_use]
    pub fn contradicted(delivery: &Delivery, contradiction: Contradiction, current: &StoredStatus) -> Self {
        let refused = NotApplied::new(delivery, CallbackOutcome::Refused, Some(current.clone()));
        let decision = NotApplied { contradiction: Some(contradiction), ..refused };
        Self::of_delivery(delivery, Event::Callback(CallbackDecision::NotApplied(decision)))
    }

    fn not_applied(delivery: &Delivery, outcome: CallbackOutcome, current: Option<StoredStatus>) -> Self {
        let decision = CallbackDecision::NotApplied(NotApplied::new(delivery, outcome, current));
        Self::of_delivery(delivery, Event::Callback(decision))
    }

    fn of_delivery(delivery: &Delivery, event: Event) -> Self {
        Self::about(delivery.deploy_id, delivery.at, WORKFLOW, event)
    }

    fn about(id: DeployId, at: Timestamp, actor: &str, event: Event) -> Self {
        Self { deploy_id: Some(id), ..Self::about_none(at, actor, event) }
    }

    /// About no deploy.
    fn about_none(at: Timestamp, actor: &str, event: Event) -> Self {
        Self { at, actor: actor.to_owned(), deploy_id: None, event }
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
