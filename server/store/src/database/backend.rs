//! What a database has to provide to be a [`Store`]: transactions for writes, and snapshots for reads.

use std::{io, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::{database::tx::Operation, error::StoreError, outbox::Announce};

/// For a whole operation: waiting for a connection, waiting for locks, and retries.
pub(crate) const PATIENCE: Duration = Duration::from_secs(6);

/// A database.
pub(crate) trait Backend: Send + Sync {
    /// Where ends of deploys are announced: nowhere, except by [`WithOutbox`](crate::with_outbox::WithOutbox).
    fn announce(&self) -> Announce {
        Announce::default()
    }

    /// Runs it in one transaction: all of it, or nothing.
    fn write<A: Operation + Clone + 'static>(
        &self,
        operation: &A,
    ) -> impl Future<Output = Result<A::Answer, StoreError>> + Send;

    /// Runs a read in one snapshot. Waits for no writer.
    fn read<A: Operation>(&self, operation: &A)
    -> impl Future<Output = Result<A::Answer, StoreError>> + Send;

    /// Signals writes, of this store or, where several share the database, of any of them.
    fn written(&self) -> watch::Receiver<()>;

    /// How many writes it has heard of: its own when they are committed, those of others when they are signalled.
    fn writes(&self) -> u64;

    /// Counts a write that was seen in the database before it was signalled, or that is never signalled.
    fn saw_write(&self);

    /// Waits until every connection is closed.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// A database that does not answer must not hold a request up. An operation that is given up before it began does not
/// run; one that is given up at its commit may have succeeded, and a repeated request is answered from what is stored.
pub(crate) async fn in_time<T>(
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let late = || StoreError::from(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    timeout(PATIENCE, operation).await.unwrap_or_else(|_| Err(late()))
}
