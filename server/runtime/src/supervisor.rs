//! Background tasks, and what happens when one of them ends.
//!
//! Every task that runs beside the requests is spawned here, under a name. A task that ends or panics before it is told
//! to stop leaves a process that looks well and is not: a console without its reconciler, or SQLite without its writer.
//! So the first such end is logged, `/readyz` answers 503 from then on, and the process drains and ends with 1.
//!
//! Tasks are in groups, which are stopped one after the other: what others still need stops last.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use futures::FutureExt;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{Task, fail_point::FailPoint};

/// A task that ended before it was told to stop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TaskEnded {
    pub task: Task,
    /// Whether it panicked. With what message is not kept: it may hold anything.
    pub has_panicked: bool,
}

impl fmt::Display for TaskEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.has_panicked { "panicked" } else { "ended" };
        write!(f, "the background task {} {how}", self.task)
    }
}

impl std::error::Error for TaskEnded {}

/// Knows whether every background task of the process still runs. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Supervisor(Arc<SupervisorState>);

#[derive(Debug, Default)]
struct SupervisorState {
    /// The first task that ended.
    ended: watch::Sender<Option<TaskEnded>>,
    fail_point: FailPoint,
}

impl Supervisor {
    /// Supervises nothing yet. A fail point may make one of the tasks panic.
    #[must_use]
    pub fn new(fail_point: FailPoint) -> Self {
        Self(Arc::new(SupervisorState { ended: watch::Sender::default(), fail_point }))
    }

    /// A group of tasks that will stop together.
    #[must_use]
    pub fn group(&self) -> Group {
        Group { supervisor: self.clone(), stopping: CancellationToken::new(), tasks: Mutex::default() }
    }

    /// The first task that ended before it was told to stop.
    #[must_use]
    pub fn ended(&self) -> Option<TaskEnded> {
        *self.0.ended.borrow()
    }

    /// Waits until a task has ended before it was told to stop.
    pub async fn any_ended(&self) {
        // The sender is our own, so that this never fails.
        let _ = self.0.ended.subscribe().wait_for(Option::is_some).await;
    }

    fn report(&self, ended: TaskEnded) {
        self.0.ended.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(ended);
            is_first
        });
        let TaskEnded { task, has_panicked } = ended;
        tracing::error!(%task, has_panicked, "a background task ended; the console stops");
    }
}

/// Tasks that stop together. If the group is dropped, they end at their next await.
#[derive(Debug)]
pub struct Group {
    supervisor: Supervisor,
    stopping: CancellationToken,
    tasks: Mutex<JoinSet<()>>,
}

impl Drop for Group {
    fn drop(&mut self) {
        // A group that is dropped is no longer needed: the end of its tasks is not an alarm.
        self.stopping.cancel();
    }
}

impl Group {
    /// Begins a task that is dropped at its next await when the group stops.
    pub fn spawn(&self, task: Task, work: impl Future<Output = ()> + Send + 'static) {
        let stopping = self.stopping.clone();
        self.spawn_to_end(task, async move {
            stopping.run_until_cancelled(work).await;
        });
    }

    /// Begins a task that heeds [`stopping`](Self::stopping) by itself, and is waited for.
    pub fn spawn_to_end(&self, task: Task, work: impl Future<Output = ()> + Send + 'static) {
        let (supervisor, stopping) = (self.supervisor.clone(), self.stopping.clone());
        let supervised = async move {
            let work = async {
                tokio::select! {
                    () = work => {}
                    () = supervisor.0.fail_point.panic_in(task) => {}
                }
            };
            // State that it left half changed is not used again: the process ends.
            let ended = AssertUnwindSafe(work).catch_unwind().await;
            if ended.is_err() || !stopping.is_cancelled() {
                supervisor.report(TaskEnded { task, has_panicked: ended.is_err() });
            }
        };
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(supervised);
    }

    /// Cancelled when the group stops.
    #[must_use]
    pub const fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Tells its tasks to stop, and waits until they have.
    pub async fn stop(&self) {
        self.stopping.cancel();
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
    }
}
