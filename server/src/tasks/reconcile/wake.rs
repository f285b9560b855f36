//! What is worth a look before the timer comes round: rows, and runs that GitHub told of.

use std::{
    collections::{HashMap, HashSet},
    future::pending,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use app::domain::{DeployId, Timestamp};
use jiff::SignedDuration;
use tokio::{
    sync::Notify,
    time::{Sleep, sleep},
};

/// For how long after a webhook GitHub is taken to tell of all runs of its repository. Then it is asked as if it told of none.
const STAYS_TOLD: SignedDuration = SignedDuration::from_hours(24);
/// GitHub's record may lag behind what GitHub tells. A read of what has not changed meanwhile is free.
const RECORD_LAG: Duration = Duration::from_secs(5);

/// A run that GitHub said something of.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct TouchedRun {
    /// `owner/name`.
    pub repo: String,
    pub id: i64,
    pub attempt: i64,
}

impl TouchedRun {
    /// Whether it is of this repository.
    #[must_use]
    pub fn is_in(&self, repo: &str) -> bool {
        self.repo.eq_ignore_ascii_case(repo)
    }
}

/// Asks for a look. Cheap to clone. Many nudges about one row or run are one look.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Nudged>);

#[derive(Debug, Default)]
struct Nudged {
    due: Mutex<Due>,
    some: Notify,
    /// That GitHub asks about its gate, or can be told something about that.
    gate: Notify,
    /// When GitHub last told of a run of each repository, by its name in small letters.
    told_at: Mutex<HashMap<String, Timestamp>>,
}

/// What is worth a look.
#[derive(Debug, Default)]
pub(super) struct Due {
    pub(super) ids: HashSet<DeployId>,
    pub(super) runs: HashSet<TouchedRun>,
}

impl Wake {
    /// Asks for a look at this row.
    pub fn notify(&self, id: DeployId) {
        self.due().ids.insert(id);
        self.0.some.notify_one();
    }

    /// Asks for a look at this run, of which GitHub told at this time.
    pub fn touch(&self, run: TouchedRun, at: Timestamp) {
        let mut told_at = self.0.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        told_at.insert(run.repo.to_ascii_lowercase(), at);
        drop(told_at);
        self.due().runs.insert(run);
        self.0.some.notify_one();
    }

    /// Asks for a look at what GitHub asks about its gate.
    pub fn nudge_gate(&self) {
        self.0.gate.notify_one();
    }

    /// Waits until there is something to look at.
    pub async fn gate_nudged(&self) {
        self.0.gate.notified().await;
    }

    /// Whether GitHub tells of the runs of a repository, as far as can be known. Another one may have no webhook.
    #[must_use]
    pub fn is_told_of(&self, repo: &str, now: Timestamp) -> bool {
        let told_at = self.0.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        let last = told_at.get(&repo.to_ascii_lowercase());
        last.is_some_and(|at| now.duration_since(*at) < STAYS_TOLD)
    }

    /// Takes what was nudged; waits until there is something.
    pub(super) async fn taken(&self) -> Due {
        loop {
            self.0.some.notified().await;
            let due = mem::take(&mut *self.due());
            if !due.ids.is_empty() || !due.runs.is_empty() {
                return due;
            }
        }
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        self.0.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs that are read a second time, and until when they wait.
#[derive(Debug, Default)]
pub(super) struct SecondLooks(Option<(Pin<Box<Sleep>>, HashSet<TouchedRun>)>);

impl SecondLooks {
    /// Those that were read now are read again a little later.
    pub(super) fn add(&mut self, runs: HashSet<TouchedRun>) {
        if !runs.is_empty() {
            let (_, all) = self.0.get_or_insert_with(|| (Box::pin(sleep(RECORD_LAG)), HashSet::new()));
            all.extend(runs);
        }
    }

    /// Takes them, when it is time; never, if there are none.
    pub(super) async fn taken(&mut self) -> HashSet<TouchedRun> {
        match &mut self.0 {
            None => pending().await,
            Some((wait, _)) => wait.as_mut().await,
        }
        self.0.take().map(|(_, runs)| runs).unwrap_or_default()
    }
}
