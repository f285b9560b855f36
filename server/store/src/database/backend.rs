//! What a database has to offer to be a [`Store`]: transactions to write in, and snapshots to read in.

use std::{io, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::{database::tx::Operation, error::StoreError, outbox::Announce};

/// For a whole operation: waiting for a connection, waiting for locks, and running it anew.
pub(crate) const PATIENCE: Duration = Duration::from_secs(6);

/// A database.
pub(crate) trait Backend: Send + Sync {
    /// Where the ends of deploys are announced: nowhere, unless it is [`WithOutbox`](crate::with_outbox::WithOutbox).
    fn announce(&self) -> Announce {
        Announce::default()
    }

    /// Does it in one transaction: all of it, or nothing.
    fn write<A: Operation + Clone + 'static>(
        &self,
        operation: &A,
    ) -> impl Future<Output = Result<A::Answer, StoreError>> + Send;

    /// Does what only reads, in one snapshot. Waits for no writer.
    fn read<A: Operation>(&self, operation: &A)
    -> impl Future<Output = Result<A::Answer, StoreError>> + Send;

    /// Says when something was written, here or, where several share the database, anywhere.
    fn written(&self) -> watch::Receiver<()>;

    /// Waits until every connection is closed.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// A database that says nothing at all does not hold a request up. What was given up before it began is not
/// begun; given up at its commit, nobody knows, and whoever asks again is answered from what is there.
pub(crate) async fn in_time<T>(
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let late = || StoreError::from(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    timeout(PATIENCE, operation).await.unwrap_or_else(|_| Err(late()))
}
