//! The actions of the journal, and their names.

/// What was done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// A deploy was requested.
    Requested,
    /// A run was found that was started on GitHub.
    Imported,
    /// Somebody approved it.
    Approved,
    /// Somebody rejected it, or nobody approved it in time.
    Rejected,
    /// GitHub accepted it.
    Dispatched,
    /// GitHub refused it, or never started a run.
    Refused,
    /// A callback was decided: applied, repeated or refused.
    Callback,
    /// The reconciler moved the row, with GitHub's record as evidence.
    Reconciled,
    /// Its run was found.
    RunFound,
    /// GitHub's record says something about the run that moves no row.
    RunObserved,
    /// Its cancellation was requested.
    CancelRequested,
    /// What GitHub answered to that.
    CancelAnswered,
    /// A person gave it up.
    Abandoned,
    /// An input was left out that the workflow does not declare.
    InputLeftOut,
    /// A migration down ended a deploy that the older build could not follow.
    RolledBack,
    /// A flag was turned on or off in an environment.
    FlagPromoted,
    /// A freeze was declared.
    FreezeDeclared,
    /// A freeze was ended by hand.
    FreezeLifted,
    /// It was decided what GitHub is told about its gate.
    ProtectionDecided,
    /// Somebody approved a run that waits there.
    ProtectionApproved,
    /// A token was made.
    TokenCreated,
    /// A token was taken back.
    TokenRevoked,
    /// Somebody's sessions were ended by another.
    SessionRevoked,
}

impl Action {
    /// Every action that this build writes.
    pub const ALL: [Self; 23] = [
        Self::Requested,
        Self::Imported,
        Self::Approved,
        Self::Rejected,
        Self::Dispatched,
        Self::Refused,
        Self::Callback,
        Self::Reconciled,
        Self::RunFound,
        Self::RunObserved,
        Self::CancelRequested,
        Self::CancelAnswered,
        Self::Abandoned,
        Self::InputLeftOut,
        Self::RolledBack,
        Self::FlagPromoted,
        Self::FreezeDeclared,
        Self::FreezeLifted,
        Self::ProtectionDecided,
        Self::ProtectionApproved,
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::SessionRevoked,
    ];

    /// The action of this name; none if a newer build wrote it.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// Its name in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "console.deploy.requested",
            Self::Imported => "console.deploy.imported",
            Self::Approved => "console.deploy.approved",
            Self::Rejected => "console.deploy.rejected",
            Self::Dispatched => "console.deploy.dispatched",
            Self::Refused => "console.deploy.refused",
            Self::Callback => "console.deploy.callback",
            Self::Reconciled => "console.deploy.reconciled",
            Self::RunFound => "console.deploy.run_found",
            Self::RunObserved => "console.deploy.run_observed",
            Self::CancelRequested => "console.deploy.cancel_requested",
            Self::CancelAnswered => "console.deploy.cancel_answered",
            Self::Abandoned => "console.deploy.abandoned",
            Self::InputLeftOut => "console.deploy.input_left_out",
            Self::RolledBack => "console.schema.rolled_back",
            Self::FlagPromoted => "console.flag.promoted",
            Self::FreezeDeclared => "console.freeze.declared",
            Self::FreezeLifted => "console.freeze.lifted",
            Self::ProtectionDecided => "console.protection.decided",
            Self::ProtectionApproved => "console.protection.approved",
            Self::TokenCreated => "console.token.created",
            Self::TokenRevoked => "console.token.revoked",
            Self::SessionRevoked => "console.session.revoked",
        }
    }

    /// Whether a deploy's journal can begin with it.
    #[must_use]
    pub const fn is_first(self) -> bool {
        match self {
            Self::Requested | Self::Imported => true,
            Self::Approved
            | Self::Rejected
            | Self::Dispatched
            | Self::Refused
            | Self::Callback
            | Self::Reconciled
            | Self::RunFound
            | Self::RunObserved
            | Self::CancelRequested
            | Self::CancelAnswered
            | Self::Abandoned
            | Self::InputLeftOut
            | Self::RolledBack
            | Self::FlagPromoted
            | Self::FreezeDeclared
            | Self::FreezeLifted
            | Self::ProtectionDecided
            | Self::ProtectionApproved
            | Self::TokenCreated
            | Self::TokenRevoked
            | Self::SessionRevoked => false,
        }
    }
}
