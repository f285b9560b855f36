//! Whether the console can do its work: proved by a real write, at most once a second for all callers.

use app::{api::ServiceError, domain::Timestamp};
use jiff::SignedDuration;
use tokio::sync::Mutex;

use crate::service::{Console, from_store};

/// For how long an answer is valid.
const FRESH: SignedDuration = SignedDuration::from_secs(1);

/// The last answer, and its time. Concurrent callers wait for it.
#[derive(Debug, Default)]
pub(in crate::service) struct Readiness(Mutex<Option<(Timestamp, Result<(), ServiceError>)>>);

impl Console {
    /// Answers if the database can be read and written to, and has a schema that this build can work on.
    ///
    /// # Errors
    /// If not, now or at the last check a moment ago.
    pub async fn check(&self) -> Result<(), ServiceError> {
        let mut last = self.readiness.0.lock().await;
        let now = self.clock.now();
        match &*last {
            // A clock that was set back must not extend an answer.
            Some((at, answer)) if (SignedDuration::ZERO..FRESH).contains(&now.duration_since(*at)) => {
                answer.clone()
            }
            _ => {
                let answer = self.probe().await;
                *last = Some((self.clock.now(), answer.clone()));
                answer
            }
        }
    }

    async fn probe(&self) -> Result<(), ServiceError> {
        let (read, written) = tokio::join!(self.store.check(), self.store.probe());
        read.map_err(from_store)?;
        written.map_err(from_store).map_err(|problem| match problem.detail {
            Some(_) => problem,
            None => problem.with_detail("It can be read, and not written to."),
        })
    }
}
