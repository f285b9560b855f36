//! Places at which a test stops the console dead, to see what a crash there leaves behind.
//!
//! A process is told by the variable `CONSOLE_FAIL_POINT`, in debug builds alone; it says in its log that it
//! has arrived, goes no further, and waits to be killed. A release build has no way to arm one.
//!
//! `panic:` and the name of a background task makes that task panic at SIGUSR1.

use std::{fmt, str::FromStr, sync::Arc};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
};

use crate::Task;

/// A place at which to stop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Point {
    /// A dispatch was requested; nothing is recorded.
    BeforeIntent,
    /// A dispatch or a cancellation is recorded; GitHub was not asked.
    AfterIntent,
    /// GitHub was asked and has answered; the answer is not recorded.
    AfterPost,
    /// A transaction has written all that it has to, and is not committed.
    BeforeCommit,
    /// The answer is recorded; the client, or the sender of the callback, has not received it.
    AfterCommit,
}

impl Point {
    pub const ALL: [Self; 5] =
        [Self::BeforeIntent, Self::AfterIntent, Self::AfterPost, Self::BeforeCommit, Self::AfterCommit];

    /// The spelling in the variable and in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeIntent => "before_intent",
            Self::AfterIntent => "after_intent",
            Self::AfterPost => "after_post",
            Self::BeforeCommit => "before_commit",
            Self::AfterCommit => "after_commit",
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|point| point.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is no fail point"))
    }
}

/// The point at which to stop, if any, or the task that is to panic.
#[derive(Clone, Debug, Default)]
pub struct FailPoint(Option<Arc<Armed>>);

#[derive(Debug)]
enum Armed {
    Stop { point: Point, reached: Notify },
    Panic(Task),
}

impl FailPoint {
    /// Stops every task that reaches this point, for good.
    #[must_use]
    pub fn at(point: Point) -> Self {
        Self(Some(Arc::new(Armed::Stop { point, reached: Notify::new() })))
    }

    /// Called at `point`: continues, unless that is the armed one.
    pub async fn pass(&self, point: Point) {
        if let Some((_, reached)) = self.stop().filter(|(at, _)| *at == point) {
            tracing::warn!("fail point {point} reached");
            reached.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the point was reached.
    pub async fn reached(&self) {
        match self.stop() {
            Some((_, reached)) => reached.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Awaited beside a background task: panics at SIGUSR1, if that task was chosen for it.
    pub async fn panic_in(&self, task: Task) {
        let is_armed = matches!(self.0.as_deref(), Some(Armed::Panic(armed)) if *armed == task);
        let told = is_armed.then(|| signal(SignalKind::user_defined1()));
        if let Some(Ok(mut told)) = told {
            tracing::warn!("fail point in {task} armed");
            told.recv().await;
            #[allow(clippy::panic, reason = "this is what a test asked for")]
            {
                panic!("the fail point in {task}")
            }
        }
        std::future::pending().await
    }

    fn stop(&self) -> Option<(Point, &Notify)> {
        match self.0.as_deref()? {
            Armed::Stop { point, reached } => Some((*point, reached)),
            Armed::Panic(_) => None,
        }
    }
}

impl FromStr for FailPoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(name) = text.strip_prefix("panic:") else { return text.parse().map(Self::at) };
        let task = Task::ALL.into_iter().find(|task| task.as_str() == name);
        let task = task.ok_or_else(|| format!("`{name}` is no background task"))?;
        Ok(Self(Some(Arc::new(Armed::Panic(task)))))
    }
}
