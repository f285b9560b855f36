//! The result of the last check of the journal: at the start, and once a day.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use app::{
    api::{AuditHead, ErrorCode, ServiceError},
    domain::Timestamp,
};
use store::audit::Chain;

use crate::{
    audit::{self, AuditError, Verified},
    service::{Console, from_store},
};

/// When to try again if the database does not answer.
const RETRY: Duration = Duration::from_secs(60);

/// The result of the last check of the journal.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum JournalState {
    /// It was not checked yet, or could not be.
    #[default]
    Unknown,
    /// Its last entries are as they were written, and the live rows agree with it.
    Whole,
    /// An entry or a row does not: which one.
    Broken(String),
}

/// The state, shared by all requests.
#[derive(Debug, Default)]
pub(in crate::service) struct JournalCheck {
    state: Mutex<JournalState>,
    /// The entries that are known to follow from one another. Locked while new entries are checked.
    checked: tokio::sync::Mutex<Option<Checked>>,
}

impl JournalCheck {
    fn set(&self, state: JournalState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// Entries that follow from one another.
#[derive(Debug)]
struct Checked {
    first: i64,
    chain: Chain,
    at: Timestamp,
}

impl Console {
    /// Checks the last entries and the live rows, and logs the result. It stops nothing: what is broken is the past.
    /// While the database does not answer, it waits.
    pub async fn check_journal(&self) {
        let state = loop {
            match audit::verify_recent(&*self.store).await {
                Ok(Verified { first, chain, deploys }) => {
                    tracing::info!(
                        entries = chain.length,
                        live = deploys,
                        "the journal is as it was written, and the live rows as it says"
                    );
                    *self.journal_check.checked.lock().await =
                        Some(Checked { first, chain, at: self.clock.now() });
                    break JournalState::Whole;
                }
                Err(error) => {
                    if let Some(place) = broken(&error) {
                        break JournalState::Broken(place);
                    }
                    tracing::warn!(%error, "the journal cannot be checked");
                }
            }
            tokio::time::sleep(RETRY).await;
        };
        self.journal_check.set(state);
    }

    /// The result of the last check.
    #[must_use]
    pub fn journal_state(&self) -> JournalState {
        self.journal_check.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Checks what was written since the last check, and says what is known of the journal up to its end.
    pub(in crate::service) async fn check_head(&self) -> Result<AuditHead, ServiceError> {
        let mut checked = self.journal_check.checked.lock().await;
        if let JournalState::Broken(place) = self.journal_state() {
            return Ok(AuditHead::Broken { place });
        }
        let Some(Checked { first, chain, at: checked_at }) = &mut *checked else {
            let Chain { length, head } = self.journal_head().await.map_err(from_store)?;
            return Ok(AuditHead::Unverified { last: length, hash: head });
        };
        if let Err(error) = audit::catch_up(&*self.store, chain).await {
            let Some(place) = broken(&error) else {
                return Err(match error {
                    AuditError::Store(error) => from_store(error),
                    AuditError::Broken(_)
                    | AuditError::Row(_)
                    | AuditError::NotAnchored(_)
                    | AuditError::Output(_) => ServiceError::new(ErrorCode::Internal),
                });
            };
            self.journal_check.set(JournalState::Broken(place.clone()));
            return Ok(AuditHead::Broken { place });
        }
        let Chain { length, head } = chain.clone();
        Ok(AuditHead::Verified {
            first: *first,
            last: length,
            hash: head,
            checked_at: *checked_at,
            at: self.clock.now(),
        })
    }

    /// An error only if the last check found the journal broken.
    ///
    /// # Errors
    /// If it did: a console that cannot prove what it shows needs attention, although it continues to run. Readiness is
    /// public, so the answer says only where; the log says what.
    pub fn check_proof(&self) -> Result<(), ServiceError> {
        match self.journal_state() {
            JournalState::Unknown | JournalState::Whole => Ok(()),
            JournalState::Broken(place) => {
                Err(ServiceError::new(ErrorCode::JournalBroken).with_detail(place))
            }
        }
    }
}

/// Where the journal is broken, after logging it; none if it only could not be checked.
fn broken(error: &AuditError) -> Option<String> {
    let place = error.place()?;
    tracing::error!(%error, "the journal is broken");
    Some(format!("First: {place}."))
}
