//! A job of a run and its steps, as GitHub records them. No I/O.

use app::domain::Timestamp;
use serde::Serialize;

use super::workflow_file::{Condition, JobTemplate, StepTemplate, cut};

/// One job of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SimulatedJob {
    /// Unique in this GitHub.
    pub(super) id: i64,
    /// Its key in the workflow file.
    #[serde(skip)]
    pub(super) key: String,
    /// As GitHub shows it.
    pub(super) name: String,
    /// Which of several jobs with the same key it is.
    #[serde(skip)]
    pub(super) leg: Option<Leg>,
    /// The attempt of the run in which it ran.
    pub(super) attempt: i64,
    /// Where it deploys to.
    #[serde(skip)]
    pub(super) environment: Option<String>,
    /// `queued`, `waiting`, `in_progress` or `completed`.
    pub(super) status: &'static str,
    /// How it ended.
    pub(super) conclusion: Option<&'static str>,
    /// Whether a runner ever took it.
    pub(super) began: bool,
    pub(super) queued_at: Timestamp,
    /// When a runner took it. GitHub sets it before that, too.
    pub(super) started_at: Timestamp,
    pub(super) completed_at: Option<Timestamp>,
    #[serde(skip)]
    steps: Vec<StepTemplate>,
    /// The place of the step that is under way, or with which it ended.
    #[serde(skip)]
    step: usize,
}

/// One of several jobs that roll out together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Leg {
    pub(super) index: usize,
    pub(super) total: usize,
    pub(super) name: String,
}

/// Which jobs of a run are meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Jobs<'a> {
    /// Every one of this name.
    Named(&'a str),
    /// That of this key in the workflow file, and of this leg.
    Of(&'a str, Option<usize>),
}

impl Jobs<'_> {
    pub(super) fn contain(self, job: &SimulatedJob) -> bool {
        match self {
            Self::Named(name) => job.name == cut(name),
            Self::Of(key, leg) => job.key == key && job.leg.as_ref().map(|leg| leg.index) == leg,
        }
    }
}

/// A step, as GitHub lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SimulatedStep<'a> {
    pub(super) name: &'a str,
    pub(super) status: &'static str,
    pub(super) conclusion: Option<&'static str>,
}

impl SimulatedJob {
    pub(super) fn queued(id: i64, template: &JobTemplate, name: &str, attempt: i64, at: Timestamp) -> Self {
        Self {
            id,
            key: template.id.clone(),
            name: cut(name),
            leg: None,
            attempt,
            environment: template.environment.clone(),
            status: "queued",
            conclusion: None,
            began: false,
            queued_at: at,
            started_at: at,
            completed_at: None,
            steps: template.steps.clone(),
            step: 0,
        }
    }

    /// The same job, queued again for another attempt.
    pub(super) fn again(&self, id: i64, attempt: i64, at: Timestamp) -> Self {
        Self {
            id,
            attempt,
            status: "queued",
            conclusion: None,
            began: false,
            queued_at: at,
            started_at: at,
            completed_at: None,
            step: 0,
            ..self.clone()
        }
    }

    /// Goes on, or ends: if it fails, with the step that is under way, or the first main one after it.
    pub(super) fn set(&mut self, status: &'static str, conclusion: Option<&'static str>, at: Timestamp) {
        (self.status, self.conclusion) = (status, conclusion);
        let begins = status == "in_progress" || conclusion.is_some_and(|how| how != "skipped");
        if begins && !self.began {
            (self.began, self.started_at) = (true, at);
        }
        self.completed_at = conclusion.map(|_| self.completed_at.unwrap_or(at));
        if conclusion == Some("failure") {
            let main = self.steps.iter().skip(self.step).position(|step| step.is_main);
            self.step += main.unwrap_or_default();
        }
    }

    /// Ends without having begun.
    pub(super) fn end_unbegun(&mut self, conclusion: &'static str, at: Timestamp) {
        (self.status, self.conclusion, self.completed_at) = ("completed", Some(conclusion), Some(at));
    }

    /// Goes on with a step of this name; with none, if it has no such step.
    pub(super) fn go_to(&mut self, step: &str) {
        let place = self.steps.iter().position(|candidate| candidate.name == step);
        self.step = place.unwrap_or(self.step);
    }

    /// The step that does the first or the last part of what the job is there for.
    pub(super) fn main_step(&self, last: bool) -> Option<&str> {
        let mut main = self.steps.iter().filter(|step| step.is_main).map(|step| step.name.as_str());
        if last { main.next_back() } else { main.next() }
    }

    /// Its steps: none, before a runner has taken it.
    pub(super) fn steps(&self) -> Vec<SimulatedStep<'_>> {
        if !self.began {
            return Vec::new();
        }
        let ended = self.conclusion.is_some();
        let own = self.steps.iter().enumerate().map(|(place, step)| self.listed(place, step));
        let (before, after) = (done("Set up job"), done("Complete job"));
        let after = if ended { after } else { SimulatedStep { status: "queued", conclusion: None, ..after } };
        std::iter::once(before).chain(own).chain([after]).collect()
    }

    fn listed<'a>(&self, place: usize, step: &'a StepTemplate) -> SimulatedStep<'a> {
        let runs = match (step.condition, self.conclusion) {
            (Condition::OnOutputs, _) => false,
            (Condition::AfterFailure, how) => how == Some("failure"),
            (Condition::WhileWell, Some("success")) => true,
            (Condition::WhileWell, _) => place <= self.step,
        };
        let is_at = place == self.step;
        let (status, conclusion) = match self.conclusion {
            None if place > self.step => ("queued", None),
            None if is_at => ("in_progress", None),
            Some(how) if is_at && how != "success" => ("completed", Some(how)),
            _ => ("completed", Some(if runs { "success" } else { "skipped" })),
        };
        SimulatedStep { name: &step.name, status, conclusion }
    }
}

const fn done(name: &str) -> SimulatedStep<'_> {
    SimulatedStep { name, status: "completed", conclusion: Some("success") }
}
