//! What goes wrong.

use std::collections::VecDeque;

use tokio::sync::watch;

use super::Model;

/// What is wrong with reading the record.
#[derive(Clone, Copy, Debug)]
pub enum Outage {
    /// Every read is answered with this status.
    Answering(u16),
    /// Every read is refused, to be repeated after this many seconds.
    Limited(u32),
}

/// What goes wrong with a dispatch.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is refused with this status and message; no run is made.
    Refused(u16, String),
    /// It is refused for now; the answer says after how many seconds to come back.
    Limited(u32),
    /// A run is made, but the answer is this.
    AcceptedButAnswered(u16, String),
    /// The server is of before run details: it refuses the field by this status.
    NoRunDetails(u16),
}

/// What GitHub thinks of the token.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TokenState {
    /// It is known, and may do what the console needs.
    #[default]
    Accepted,
    /// It was revoked, or has expired.
    Revoked,
    /// It lacks a permission.
    Without(Permission),
    /// Its owner has not authorized it for the organization's single sign-on.
    WithoutSingleSignOn,
}

/// What a fine-grained token may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Permission {
    ReadActions,
    WriteActions,
    ReadContents,
    WriteDeployments,
}

impl Permission {
    /// As GitHub names it in `X-Accepted-GitHub-Permissions`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadActions => "actions=read",
            Self::WriteActions => "actions=write",
            Self::ReadContents => "contents=read",
            Self::WriteDeployments => "deployments=write",
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Of the next dispatches.
    next: VecDeque<Fault>,
    /// The status that answers a cancel request, instead of accepting it.
    pub(super) cancel: Option<u16>,
    /// What reading the record is answered with, while something is wrong.
    outage: Option<Outage>,
    /// Whether lists that are narrowed down show nothing new: they come from an index.
    index_is_stale: bool,
    token: TokenState,
    /// How many of the next answers to protection rules come before GitHub knows of what it asked.
    early_answers: u32,
    /// Whether answers about what lies between two commits are held back.
    comparisons_are_held: watch::Sender<bool>,
}

impl Faults {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Model {
    pub(crate) fn fail_next(&self, fault: Fault) {
        self.state().faults.next.push_back(fault);
    }

    /// Counts a dispatch that arrived, and says what goes wrong with it.
    pub(crate) fn arrive(&self) -> Option<Fault> {
        let mut state = self.state();
        state.dispatches += 1;
        state.faults.next.pop_front()
    }

    pub(crate) fn dispatches(&self) -> u32 {
        self.state().dispatches
    }

    /// Notes for which deploy a run is requested.
    pub(crate) fn ask_for(&self, deploy_id: &str) {
        self.state().asked_for.push(deploy_id.to_owned());
    }

    pub(crate) fn asked_for(&self) -> Vec<String> {
        self.state().asked_for.clone()
    }

    /// Counts a read, and says what is wrong with it.
    pub(crate) fn read(&self) -> Option<Outage> {
        let mut state = self.state();
        state.reads += 1;
        state.faults.outage
    }

    pub(crate) fn reads(&self) -> u32 {
        self.state().reads
    }

    /// Counts a read of what the reader knew.
    pub(crate) fn read_unchanged(&self) {
        self.state().unchanged += 1;
    }

    pub(crate) fn unchanged(&self) -> u32 {
        self.state().unchanged
    }

    pub(crate) fn set_cancel_fault(&self, fault: Option<u16>) {
        self.state().faults.cancel = fault;
    }

    pub(crate) fn set_index_stale(&self, is_stale: bool) {
        self.state().faults.index_is_stale = is_stale;
    }

    pub(crate) fn is_index_stale(&self) -> bool {
        self.state().faults.index_is_stale
    }

    pub(crate) fn set_outage(&self, outage: Option<Outage>) {
        self.state().faults.outage = outage;
    }

    pub(crate) fn hold_comparisons(&self, are_held: bool) {
        self.state().faults.comparisons_are_held.send_replace(are_held);
    }

    /// Waits until they are not.
    pub(crate) async fn comparisons_are_let_go(&self) {
        let mut are_held = self.state().faults.comparisons_are_held.subscribe();
        // It fails only when the model is gone.
        let _ = are_held.wait_for(|are_held| !are_held).await;
    }

    pub(crate) fn set_early_protection_answers(&self, answers: u32) {
        self.state().faults.early_answers = answers;
    }

    /// Whether an answer to a protection rule comes before GitHub knows of what it asked.
    pub(crate) fn is_early_protection_answer(&self) -> bool {
        let early = &mut self.state().faults.early_answers;
        let is_early = *early > 0;
        *early = early.saturating_sub(1);
        is_early
    }

    pub(crate) fn set_token(&self, token: TokenState) {
        self.state().faults.token = token;
    }

    pub(crate) fn token(&self) -> TokenState {
        self.state().faults.token
    }
}
