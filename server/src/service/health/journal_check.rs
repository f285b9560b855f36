//! What the last look at the journal found: at the start, and once a day.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use app::api::{ErrorCode, ServiceError};

use crate::audit::{self, Verified};
use crate::service::Console;

/// Until it is tried again, when the database does not answer.
const RETRY: Duration = Duration::from_secs(60);

/// What the last look at the journal found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum JournalState {
    /// It was not looked at yet, or could not be.
    #[default]
    Unknown,
    /// Its last entries are as they were written, and the live rows are as it says.
    Whole,
    /// One of them is not: which.
    Broken(String),
}

/// The state, for all who ask.
#[derive(Debug, Default)]
pub(in crate::service) struct JournalCheck(Mutex<JournalState>);

impl Console {
    /// Looks at the last entries and the live rows, and says in the log what it found. It stops nothing: what is broken
    /// is the past. While the database does not answer, it waits.
    pub async fn check_journal(&self) {
        let state = loop {
            match audit::verify_recent(&*self.store).await {
                Ok(Verified { chain, deploys }) => {
                    tracing::info!(
                        entries = chain.length,
                        live = deploys,
                        "the journal is as it was written, and the live rows as it says"
                    );
                    break JournalState::Whole;
                }
                Err(error) => {
                    if let Some(place) = error.place() {
                        tracing::error!(%error, "the journal is broken");
                        break JournalState::Broken(format!("First: {place}."));
                    }
                    tracing::warn!(%error, "the journal cannot be checked");
                }
            }
            tokio::time::sleep(RETRY).await;
        };
        *self.journal_check.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// What the last look found.
    #[must_use]
    pub fn journal_state(&self) -> JournalState {
        self.journal_check.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers unless the last look found the journal broken.
    ///
    /// # Errors
    /// If it did: a console that cannot prove what it shows has to be looked at. It goes on all the same. Anybody may ask
    /// whether the console is ready, so the answer says where; the log says what.
    pub fn check_proof(&self) -> Result<(), ServiceError> {
        match self.journal_state() {
            JournalState::Unknown | JournalState::Whole => Ok(()),
            JournalState::Broken(place) => {
                Err(ServiceError::new(ErrorCode::JournalBroken).with_detail(place))
            }
        }
    }
}
