//! What is told of runs: each change of one, or of a job of it, once.

use std::{
    collections::{HashMap, HashSet},
    ops::{Deref, DerefMut},
    sync::MutexGuard,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Model, State};
use crate::{
    job::SimulatedJob,
    protection::{Check, DeploymentGate},
    run::SimulatedRun,
};

/// A run as it was after a change, and what changed.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) run: SimulatedRun,
    pub(crate) subject: Subject,
    /// GitHub's word for it.
    pub(crate) action: &'static str,
}

/// What of a run changed.
#[derive(Debug)]
pub(crate) enum Subject {
    Run,
    Job(SimulatedJob),
    /// A deployment about which the App is asked.
    Protection(DeploymentGate),
}

/// What was told, and to whom.
#[derive(Debug, Default)]
pub(super) struct Changes {
    told: HashMap<i64, Told>,
    listener: Option<UnboundedSender<Change>>,
}

/// How a run and its jobs were when they were last told of.
#[derive(Debug, Default)]
struct Told {
    run: (i64, &'static str),
    jobs: HashMap<i64, &'static str>,
    /// The deployments about which the App was asked.
    deployments: HashSet<i64>,
}

/// The state while it is looked at or changed. When that is over, what changed is told.
pub(super) struct StateGuard<'m> {
    state: MutexGuard<'m, State>,
    may_have_changed: bool,
}

impl<'m> StateGuard<'m> {
    pub(super) const fn of(state: MutexGuard<'m, State>) -> Self {
        Self { state, may_have_changed: false }
    }
}

impl Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for StateGuard<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.may_have_changed = true;
        &mut self.state
    }
}

impl Drop for StateGuard<'_> {
    fn drop(&mut self) {
        if self.may_have_changed {
            self.state.tell();
        }
    }
}

impl State {
    fn tell(&mut self) {
        let Self { runs, changes: Changes { told, listener: Some(listener) }, .. } = self else { return };
        for run in runs {
            for change in told.entry(run.id).or_default().update(run) {
                // It fails only when the listener is gone.
                let _ = listener.send(change);
            }
        }
    }
}

impl Told {
    /// What changed since the last time, in GitHub's order: the run begins before its jobs, and ends after them.
    fn update(&mut self, run: &SimulatedRun) -> Vec<Change> {
        let now = (run.now.number, run.status());
        let of_run = (self.run != now).then(|| (run_action(self.run, now), Subject::Run));
        self.run = now;
        let mut of_jobs = Vec::new();
        for job in run.listed_jobs() {
            if self.jobs.insert(job.id, job.status) != Some(job.status) {
                of_jobs.push((job.status, Subject::Job(job.clone())));
            }
        }
        let ended = of_run.iter().all(|(action, _)| *action == "completed");
        let in_order: Vec<_> = if ended {
            of_jobs.into_iter().chain(of_run).collect()
        } else {
            of_run.into_iter().chain(of_jobs).collect()
        };
        let in_order = in_order.into_iter().chain(self.asks(run));
        in_order.map(|(action, subject)| Change { run: run.clone(), subject, action }).collect()
    }

    /// What the App was not asked yet.
    fn asks(&mut self, run: &SimulatedRun) -> Vec<(&'static str, Subject)> {
        let open = run.now.gates.iter().filter(|gate| gate.rule == Check::Open);
        let new = open.filter(|gate| self.deployments.insert(gate.deployment));
        new.map(|gate| ("requested", Subject::Protection(gate.clone()))).collect()
    }
}

/// GitHub has three words for what becomes of a run. One that is held back is requested.
fn run_action((attempt_before, _): (i64, &str), (attempt, status): (i64, &str)) -> &'static str {
    match status {
        "completed" => "completed",
        "in_progress" if attempt == attempt_before => "in_progress",
        _ => "requested",
    }
}

impl Model {
    /// Tells of each change from now on.
    pub(crate) fn changes(&self) -> UnboundedReceiver<Change> {
        let (listener, changes) = unbounded_channel();
        self.state().changes.listener = Some(listener);
        changes
    }
}
