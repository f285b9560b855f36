//! Places at which a test stops the console dead, to see what a crash there leaves behind.
//!
//! A process is told by the variable `CONSOLE_FAIL_POINT`, in debug builds alone; it says in its log that it
//! has arrived, goes no further, and waits to be killed. A release build has no way to arm one.

use std::{fmt, str::FromStr, sync::Arc};

use tokio::sync::Notify;

/// A place at which to stop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Point {
    /// A dispatch was asked for; nothing is recorded.
    BeforeIntent,
    /// It is recorded; GitHub was not asked.
    AfterIntent,
    /// GitHub was asked and has answered; the answer is not recorded.
    AfterPost,
    /// A transaction has written all that it has to, and is not committed.
    BeforeCommit,
    /// The answer is recorded; whoever asked, or posted a callback, has not heard of it.
    AfterCommit,
}

impl Point {
    /// Every point.
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

/// The point at which to stop, if any.
#[derive(Clone, Debug, Default)]
pub struct FailPoint(Option<Arc<Armed>>);

#[derive(Debug)]
struct Armed {
    point: Point,
    reached: Notify,
}

impl FailPoint {
    /// Stops whoever comes to this point, for ever.
    #[must_use]
    pub fn at(point: Point) -> Self {
        Self(Some(Arc::new(Armed { point, reached: Notify::new() })))
    }

    /// To be called at `point`: goes on, unless that is where to stop.
    pub async fn pass(&self, point: Point) {
        if let Some(armed) = self.0.as_ref().filter(|armed| armed.point == point) {
            tracing::warn!("fail point {point} reached");
            armed.reached.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Waits until somebody has come to the point.
    pub async fn reached(&self) {
        match &self.0 {
            Some(armed) => armed.reached.notified().await,
            None => std::future::pending().await,
        }
    }
}
