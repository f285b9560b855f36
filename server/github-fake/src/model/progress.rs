//! What becomes of runs.

use app::domain::Timestamp;

use super::{Model, State};
use crate::{
    job::Jobs,
    protection::ProtectionState,
    run::{Attempt, Review, SimulatedRun},
};

/// The outcome of a cancel request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cancel {
    Accepted,
    HasEnded,
    NoSuchRun,
    Fault(u16),
}

impl State {
    /// Ends a run, once: jobs that had not ended go with it, and the next of its group goes on.
    pub(super) fn end(&mut self, run: i64, conclusion: &'static str, at: Timestamp) {
        let Some(run) = self.find_mut(run).filter(|run| run.now.conclusion.is_none()) else { return };
        run.now.conclusion = Some(conclusion);
        run.now.updated_at = at.max(run.now.started_at);
        (run.held, run.awaits_turn) = (None, false);
        for job in run.now.jobs.iter_mut().filter(|job| job.conclusion.is_none()) {
            let is_under_way = job.status == "in_progress";
            match conclusion {
                "cancelled" if is_under_way => job.set("completed", Some("cancelled"), run.now.updated_at),
                "cancelled" => job.end_unbegun("cancelled", run.now.updated_at),
                _ => job.end_unbegun("skipped", run.now.updated_at),
            }
        }
        let run = run.clone();
        self.pass_turn(&run);
        self.protections.tell_of_decision();
    }
}

impl Model {
    pub(crate) fn set_job(
        &self,
        run: i64,
        jobs: Jobs<'_>,
        status: &'static str,
        conclusion: Option<&'static str>,
        at: Timestamp,
    ) {
        self.change(run, |run| {
            for job in run.now.jobs.iter_mut().filter(|job| jobs.contain(job)) {
                job.set(status, conclusion, at);
            }
        });
    }

    /// Fails a job in this step.
    pub(crate) fn fail_step(&self, run: i64, jobs: Jobs<'_>, step: &str, at: Timestamp) {
        self.change(run, |run| {
            for job in run.now.jobs.iter_mut().filter(|job| jobs.contain(job)) {
                job.go_to(step);
                job.set("completed", Some("failure"), at);
            }
        });
    }

    /// Goes on with the first or the last step of what a job is there for.
    pub(crate) fn go_to_main_step(&self, run: i64, jobs: Jobs<'_>, last: bool) {
        self.change(run, |run| {
            for job in run.now.jobs.iter_mut().filter(|job| jobs.contain(job)) {
                let step = job.main_step(last).map(str::to_owned);
                job.go_to(&step.unwrap_or_default());
            }
        });
    }

    pub(crate) fn end(&self, run: i64, conclusion: &'static str, at: Timestamp) {
        self.state().end(run, conclusion, at);
    }

    /// Ends every job, and the run, well.
    pub(crate) fn succeed(&self, run: i64, at: Timestamp) {
        self.change(run, |run| {
            for job in &mut run.now.jobs {
                job.set("completed", Some("success"), at);
            }
        });
        self.end(run, "success", at);
    }

    pub(crate) fn retitle(&self, run: i64, title: &str) {
        self.change(run, |run| title.clone_into(&mut run.display_title));
    }

    /// Holds the run back, or lets it go on.
    pub(crate) fn hold(&self, run: i64, held: Option<&'static str>) {
        self.change(run, |run| run.held = held.filter(|_| run.now.conclusion.is_none()));
    }

    pub(crate) fn awaits_turn(&self, run: i64) -> bool {
        self.state().find(run).is_some_and(|run| run.awaits_turn)
    }

    /// Rejects the approval that the run waits for: the jobs that would be next fail without beginning, and the run with
    /// them.
    pub(crate) fn reject(&self, run: i64, by: &str, comment: &str, at: Timestamp) {
        if self.review(run, ProtectionState::Rejected, by, comment, at) {
            return;
        }
        let has_ended = self.has_ended(run);
        self.change(run, |run| {
            if has_ended {
                return;
            }
            let environment = run.inputs.environment().to_owned();
            run.reviews.push(Review::new(ProtectionState::Rejected, by, comment, &environment));
            let next = run.now.jobs.iter().find(|job| job.conclusion.is_none()).map(|job| job.key.clone());
            let is_next = |key: &str| next.as_deref() == Some(key);
            for job in run.now.jobs.iter_mut().filter(|job| is_next(&job.key) && job.conclusion.is_none()) {
                job.end_unbegun("failure", at);
            }
        });
        self.end(run, "failure", at);
    }

    /// Approves what the run waits for: it goes on.
    pub(crate) fn approve(&self, run: i64, by: &str, comment: &str, at: Timestamp) {
        if self.review(run, ProtectionState::Approved, by, comment, at) {
            return;
        }
        self.change(run, |run| {
            let environment = run.inputs.environment().to_owned();
            run.reviews.push(Review::new(ProtectionState::Approved, by, comment, &environment));
            run.held = None;
        });
    }

    /// Begins another attempt of the run: its jobs are queued again, all of them or those that did not succeed.
    pub(crate) fn rerun(&self, run: i64, only_failed: bool, by: &str, at: Timestamp) {
        let mut state = self.state();
        let Some(SimulatedRun { now, .. }) = state.find(run) else { return };
        let (number, old) = (now.number + 1, now.jobs.clone());
        let mut jobs = Vec::new();
        for job in old {
            let is_kept = only_failed && job.conclusion == Some("success");
            jobs.push(if is_kept { job } else { job.again(state.next_job(), number, at) });
        }
        let actor = by.to_owned();
        let next = Attempt {
            number,
            jobs,
            gates: Vec::new(),
            conclusion: None,
            started_at: at,
            updated_at: at,
            actor,
        };
        if let Some(run) = state.find_mut(run) {
            let past = std::mem::replace(&mut run.now, next);
            run.past.push(past);
            run.held = None;
        }
        state.protections.tell_of_decision();
    }

    /// Deletes the run: GitHub knows nothing of it any more.
    pub(crate) fn delete(&self, run: i64) {
        let mut state = self.state();
        let gone = state.find(run).cloned();
        state.runs.retain(|known| known.id != run);
        if let Some(gone) = gone {
            state.pass_turn(&gone);
        }
        state.protections.tell_of_decision();
    }

    /// Requests the cancellation of a run.
    pub(crate) fn cancel(&self, repo: &str, id: i64) -> Cancel {
        let mut state = self.state();
        if let Some(status) = state.faults.cancel {
            return Cancel::Fault(status);
        }
        match state.find(id).filter(|run| run.repo == repo).map(|run| run.now.conclusion) {
            None => Cancel::NoSuchRun,
            Some(Some(_)) => Cancel::HasEnded,
            Some(None) => {
                state.cancels.push(id);
                Cancel::Accepted
            }
        }
    }

    pub(crate) fn cancels(&self) -> usize {
        self.state().cancels.len()
    }

    /// Shows the run in lists.
    pub(crate) fn list(&self, run: i64) {
        self.change(run, |run| run.listed = true);
    }

    /// Hides the run from lists.
    pub(crate) fn hide(&self, run: i64) {
        self.change(run, |run| run.listed = false);
    }

    /// Clears every fault, and everything that hides runs or holds them back.
    pub(crate) fn put_in_order(&self) {
        let mut state = self.state();
        state.faults.clear();
        for run in &mut state.runs {
            (run.listed, run.held) = (true, None);
        }
    }
}

impl Review {
    pub(super) fn new(state: ProtectionState, by: &str, comment: &str, environment: &str) -> Self {
        let environment = environment.to_owned();
        Self { state, by: by.to_owned(), comment: comment.to_owned(), environment }
    }
}
