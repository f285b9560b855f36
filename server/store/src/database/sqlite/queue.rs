//! The queue for the one connection that writes. Operations that wait together are committed together: a commit waits
//! for the disk, however much it holds, so under load the cost is shared.
//!
//! Operations know nothing of this. Each sees what those before it wrote; if one of them fails, all are rolled back,
//! and each runs again in a transaction of its own.

use std::slice;

use async_trait::async_trait;
use runtime::{
    Task,
    fail_point::{FailPoint, Point},
    supervisor::Group,
};
use sqlx::{Connection, SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{file::DatabaseFile, tx::SqliteTx};
use crate::{
    StoreError,
    database::{tx::Operation, writes::Writes},
};

/// How many operations one commit holds at most.
const AT_ONCE: usize = 64;

/// Writers, one after the other.
#[derive(Debug)]
pub(super) struct Queue {
    // Dropped first, so that the worker is told to stop before its queue is closed.
    tasks: Group,
    jobs: mpsc::Sender<Box<dyn QueuedOperation>>,
}

impl Queue {
    /// A queue for a pool of one connection. Its task ends with the queue.
    pub(super) fn new(
        writer: SqlitePool,
        file: DatabaseFile,
        writes: Writes,
        fail_point: FailPoint,
        tasks: Group,
    ) -> Self {
        let (jobs, waiting) = mpsc::channel(AT_ONCE);
        let worker = Worker { writer, file, writes, fail_point, closing: tasks.stopping().clone() };
        tasks.spawn_to_end(Task::SqliteWriter, worker.work(waiting));
        Self { tasks, jobs }
    }

    /// Accepts no more, and waits until what is queued is committed.
    pub(super) async fn close(&self) {
        self.tasks.stop().await;
    }

    /// Waits until the operation is committed. A caller that stops waiting before it began leaves the queue.
    pub(super) async fn perform<A: Operation + Clone + 'static>(
        &self,
        operation: &A,
    ) -> Result<A::Answer, StoreError> {
        let (reply, replied) = oneshot::channel();
        let job = Request { operation: operation.clone(), answer: None, reply: Some(reply) };
        self.jobs.send(Box::new(job)).await.map_err(|_| sqlx::Error::PoolClosed)?;
        replied.await.unwrap_or_else(|_| Err(sqlx::Error::PoolClosed.into()))
    }
}

/// An operation whose answer is awaited, with its type erased.
#[async_trait]
trait QueuedOperation: Send {
    fn is_awaited(&self) -> bool;

    /// Whether it writes what is shown anywhere.
    fn is_shown(&self) -> bool;

    /// Runs it, and keeps the answer until it is committed.
    async fn perform(&mut self, tx: &mut SqliteTx<'_>) -> Result<(), StoreError>;

    /// Sends the answer to the caller.
    fn reply(&mut self, committed: Result<(), StoreError>);
}

struct Request<A: Operation> {
    operation: A,
    answer: Option<A::Answer>,
    reply: Option<oneshot::Sender<Result<A::Answer, StoreError>>>,
}

#[async_trait]
impl<A: Operation + Send> QueuedOperation for Request<A> {
    fn is_awaited(&self) -> bool {
        self.reply.as_ref().is_some_and(|reply| !reply.is_closed())
    }

    fn is_shown(&self) -> bool {
        A::IS_SHOWN
    }

    async fn perform(&mut self, tx: &mut SqliteTx<'_>) -> Result<(), StoreError> {
        self.answer = Some(self.operation.perform(tx).await?);
        Ok(())
    }

    fn reply(&mut self, committed: Result<(), StoreError>) {
        if let Some(reply) = self.reply.take() {
            let answer = committed.and_then(|()| {
                self.answer
                    .take()
                    .ok_or(StoreError::Invariant("an operation that was committed has an answer"))
            });
            // A caller that no longer waits repeats the request, and is answered from what is stored.
            drop(reply.send(answer));
        }
    }
}

struct Worker {
    writer: SqlitePool,
    file: DatabaseFile,
    writes: Writes,
    fail_point: FailPoint,
    closing: CancellationToken,
}

impl Worker {
    async fn work(self, mut waiting: mpsc::Receiver<Box<dyn QueuedOperation>>) {
        let mut jobs = Vec::with_capacity(AT_ONCE);
        loop {
            tokio::select! {
                biased;
                () = self.closing.cancelled(), if !waiting.is_closed() => {
                    waiting.close();
                    continue;
                }
                taken = waiting.recv_many(&mut jobs, AT_ONCE) => if taken == 0 { return },
            }
            self.serve(&mut jobs).await;
            jobs.clear();
        }
    }

    async fn serve(&self, jobs: &mut [Box<dyn QueuedOperation>]) {
        match self.commit(jobs).await {
            // The database itself fails, and would fail for each of them.
            Err(error @ (StoreError::Unavailable(_) | StoreError::FileReplaced)) => reply(jobs, &Err(error)),
            Err(_) if jobs.len() > 1 => {
                for job in jobs {
                    let job = slice::from_mut(job);
                    let committed = self.commit(job).await;
                    reply(job, &committed);
                }
            }
            committed => reply(jobs, &committed),
        }
    }

    async fn commit(&self, jobs: &mut [Box<dyn QueuedOperation>]) -> Result<(), StoreError> {
        self.file.check()?;
        let mut connection = self.writer.acquire().await?;
        let committed = self.commit_on(&mut connection, jobs).await;
        // Before anybody is answered, and also where it failed: whether a commit that broke off holds is not known.
        if jobs.iter().any(|job| job.is_shown()) {
            self.writes.signal();
        }
        if committed.is_err() {
            // When the disk fails, SQLite rolls back by itself, and the driver waits for a rollback that cannot come:
            // every later write on this connection would be refused.
            connection.close_on_drop();
        }
        committed
    }

    /// IMMEDIATE, because a transaction that reads before it writes would otherwise find that the file was changed
    /// meanwhile, and get a BUSY that waiting does not cure. The caller may have given up while this waited.
    async fn commit_on(
        &self,
        connection: &mut SqliteConnection,
        jobs: &mut [Box<dyn QueuedOperation>],
    ) -> Result<(), StoreError> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut tx = SqliteTx::of(&mut transaction);
        for job in jobs.iter_mut().filter(|job| job.is_awaited()) {
            job.perform(&mut tx).await?;
        }
        self.fail_point.pass(Point::BeforeCommit).await;
        Ok(transaction.commit().await?)
    }
}

fn reply(jobs: &mut [Box<dyn QueuedOperation>], committed: &Result<(), StoreError>) {
    jobs.iter_mut().for_each(|job| job.reply(committed.clone()));
}
