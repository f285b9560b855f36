//! Protected environments: which there are, what waits for them, and what was answered.

use std::collections::HashMap;

use app::domain::Timestamp;
use tokio::sync::watch;

use super::{Model, State};
use crate::{
    protection::{Check, DeploymentGate, ProtectionAnswer, ProtectionState, Reviewer},
    run::{Review, SimulatedRun},
};

/// Ids of deployments begin here.
const FIRST_DEPLOYMENT: i64 = 5_000_001;
/// Status texts that one deployment takes.
const MOST_TEXTS: usize = 10;
/// Reviewers that one environment can have.
const MOST_REVIEWERS: usize = 6;

#[derive(Debug, Default)]
pub(super) struct Protections {
    environments: HashMap<(String, String), Rules>,
    /// How many deployments were asked for.
    asked: i64,
    answers: Vec<(i64, ProtectionAnswer)>,
    /// How many answers were refused, by their run.
    refused: HashMap<i64, usize>,
    /// Changes whenever something that was waited for may have been decided.
    decisions: watch::Sender<()>,
}

/// What an environment wants before a job of it begins.
#[derive(Clone, Debug, Default)]
struct Rules {
    /// Whether the App is asked.
    custom: bool,
    reviewers: Vec<Reviewer>,
}

/// What became of an answer of the App.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answered {
    Taken,
    NoSuchRun,
    NothingWaits,
    TooManyTexts,
}

fn both(repo: &str, environment: &str) -> (String, String) {
    (repo.to_ascii_lowercase(), environment.to_ascii_lowercase())
}

impl Protections {
    fn rules(&self, repo: &str, environment: &str) -> Rules {
        self.environments.get(&both(repo, environment)).cloned().unwrap_or_default()
    }

    fn rules_mut(&mut self, repo: &str, environment: &str) -> &mut Rules {
        self.environments.entry(both(repo, environment)).or_default()
    }

    /// Lets everything that waits look again.
    pub(super) fn tell_of_decision(&self) {
        self.decisions.send_replace(());
    }

    /// The repository has another name from now on.
    pub(super) fn rename(&mut self, old: &str, new: &str) {
        let environments = std::mem::take(&mut self.environments).into_iter();
        let renamed = |((repo, environment), rules)| {
            let repo = if repo == old.to_ascii_lowercase() { new.to_ascii_lowercase() } else { repo };
            ((repo, environment), rules)
        };
        self.environments = environments.map(renamed).collect();
    }
}

impl State {
    /// The jobs of this key are next: they wait, if their environment is protected.
    fn ask_protection(&mut self, run: i64, job: &str, more: Vec<Reviewer>) -> Option<i64> {
        let found = self.find(run).filter(|run| run.now.conclusion.is_none() && run.gate(job).is_none())?;
        let next = found.now.jobs.iter().find(|known| known.key == job && known.status == "queued")?;
        let of_run = || (!more.is_empty()).then(|| found.inputs.environment().to_owned());
        let environment = next.environment.clone().or_else(of_run)?;
        let Rules { custom, mut reviewers } = self.protections.rules(&found.repo, &environment);
        reviewers.extend(more);
        if !custom && reviewers.is_empty() {
            return None;
        }
        self.protections.asked += 1;
        let deployment = FIRST_DEPLOYMENT + self.protections.asked - 1;
        let gate = DeploymentGate {
            deployment,
            job: job.to_owned(),
            environment,
            rule: Check::needed(custom),
            review: Check::needed(!reviewers.is_empty()),
            reviewers,
            texts: 0,
        };
        let run = self.find_mut(run)?;
        run.set_queued(job, "queued", "waiting");
        run.now.gates.push(gate);
        Some(deployment)
    }

    /// Lets the jobs go on whose deployments were approved, or ends the run with those that were not.
    fn act_on_decisions(&mut self, run: i64, at: Timestamp) {
        let Some(found) = self.find_mut(run) else { return };
        let gates = found.now.gates.clone();
        for gate in gates.iter().filter(|gate| gate.passes()) {
            found.set_queued(&gate.job, "waiting", "queued");
        }
        let rejected: Vec<_> = gates.iter().filter(|gate| gate.is_rejected()).collect();
        for job in found.now.jobs.iter_mut().filter(|job| job.status == "waiting") {
            if rejected.iter().any(|gate| gate.job == job.key) {
                job.end_unbegun("failure", at);
            }
        }
        if !rejected.is_empty() {
            self.end(run, "failure", at);
        }
        self.protections.tell_of_decision();
    }

    /// Whether a person is one of the reviewers, or in one of their teams.
    fn may_review(&self, by: &str, reviewers: &[Reviewer]) -> bool {
        reviewers.iter().any(|reviewer| match reviewer {
            Reviewer::User(login) => login.eq_ignore_ascii_case(by),
            Reviewer::Team(team) => self.people.is_in_team(by, team),
        })
    }

    /// Writes down what a person decides about everything that waits for them. Gives whether anything did.
    fn review(&mut self, run: i64, state: ProtectionState, by: &str, comment: &str) -> bool {
        let Some(found) = self.find(run).filter(|run| run.now.conclusion.is_none()) else { return false };
        let gates = found.now.gates.iter().filter(|gate| gate.is_open() && gate.review == Check::Open);
        let theirs = gates.filter(|gate| self.may_review(by, &gate.reviewers));
        let theirs: Vec<_> = theirs.map(|gate| gate.deployment).collect();
        let Some(found) = self.find_mut(run) else { return false };
        for gate in found.now.gates.iter_mut().filter(|gate| theirs.contains(&gate.deployment)) {
            gate.review = Check::Decided(state);
            found.reviews.push(Review::new(state, by, comment, &gate.environment));
        }
        !theirs.is_empty()
    }
}

impl SimulatedRun {
    /// Changes the jobs of a key from one way of waiting to another.
    fn set_queued(&mut self, key: &str, from: &str, to: &'static str) {
        for job in self.now.jobs.iter_mut().filter(|job| job.key == key && job.status == from) {
            job.status = to;
        }
    }
}

impl Model {
    pub(crate) fn protect(&self, repo: &str, environment: &str, is_protected: bool) {
        self.state().protections.rules_mut(repo, environment).custom = is_protected;
    }

    pub(crate) fn is_protected(&self, repo: &str, environment: &str) -> bool {
        self.state().protections.rules_mut(repo, environment).custom
    }

    /// GitHub takes no more than six.
    pub(crate) fn require_reviewers(&self, repo: &str, environment: &str, reviewers: &[Reviewer]) {
        let reviewers = reviewers.iter().take(MOST_REVIEWERS).cloned().collect();
        self.state().protections.rules_mut(repo, environment).reviewers = reviewers;
    }

    /// Lets the jobs of a key wait, if their environment is protected, or these reviewers are wanted besides. Gives the
    /// deployment, if it is a new one.
    pub(crate) fn ask_protection(&self, run: i64, job: &str, more: Vec<Reviewer>) -> Option<i64> {
        self.state().ask_protection(run, job, more)
    }

    /// The same for the next job that has an environment.
    pub(crate) fn ask_next_protection(&self, run: i64) -> Option<i64> {
        let mut state = self.state();
        let jobs = state.find(run)?.now.jobs.iter();
        let mut next = jobs.filter(|job| job.status == "queued" && job.environment.is_some());
        let key = next.next()?.key.clone();
        state.ask_protection(run, &key, Vec::new())
    }

    /// Waits until it is decided whether the jobs of a key may begin in this attempt. They may not, if the run has ended.
    pub(crate) async fn may_begin(&self, run: i64, attempt: i64, job: &str) -> bool {
        let mut decisions = self.state().protections.decisions.subscribe();
        loop {
            if let Some(decided) = self.decided(run, attempt, job) {
                return decided;
            }
            if decisions.changed().await.is_err() {
                return false;
            }
        }
    }

    fn decided(&self, run: i64, attempt: i64, job: &str) -> Option<bool> {
        let state = self.state();
        let is_there = |run: &&SimulatedRun| run.now.conclusion.is_none() && run.now.number == attempt;
        let Some(run) = state.find(run).filter(is_there) else { return Some(false) };
        match run.gate(job) {
            Some(gate) if gate.is_open() => None,
            Some(gate) => Some(gate.passes()),
            None => Some(true),
        }
    }

    /// Takes an answer of the App.
    pub(crate) fn answer_protection(
        &self,
        (repo, run): (&str, i64),
        environment: &str,
        state: Option<ProtectionState>,
        comment: &str,
        at: Timestamp,
    ) -> Answered {
        let mut all = self.state();
        let Some(found) = all.find_mut(run).filter(|run| run.repo == repo) else {
            return Answered::NoSuchRun;
        };
        let is_under_way = found.now.conclusion.is_none();
        let mut gates = found.now.gates.iter_mut().filter(|gate| is_under_way && gate.is_for(environment));
        let Some(gate) = gates.find(|gate| gate.rule == Check::Open) else {
            *all.protections.refused.entry(run).or_default() += 1;
            return Answered::NothingWaits;
        };
        match state {
            Some(state) => gate.rule = Check::Decided(state),
            None if gate.texts == MOST_TEXTS => return Answered::TooManyTexts,
            None => gate.texts += 1,
        }
        let (environment, deployment) = (gate.environment.clone(), gate.deployment);
        let answer = ProtectionAnswer { environment, state, comment: comment.to_owned(), deployment };
        all.protections.answers.push((run, answer));
        all.act_on_decisions(run, at);
        Answered::Taken
    }

    /// What the App answered for a run, in its order: what was taken.
    pub(crate) fn protection_answers(&self, run: i64) -> Vec<ProtectionAnswer> {
        let state = self.state();
        let of_run = state.protections.answers.iter().filter(|(of, _)| *of == run);
        of_run.map(|(_, answer)| answer.clone()).collect()
    }

    pub(crate) fn refused_protection_answers(&self, run: i64) -> usize {
        self.state().protections.refused.get(&run).copied().unwrap_or_default()
    }

    /// Decides as a person. Gives whether anything waited for them.
    pub(crate) fn review(
        &self,
        run: i64,
        state: ProtectionState,
        by: &str,
        comment: &str,
        at: Timestamp,
    ) -> bool {
        let mut all = self.state();
        let is_theirs = all.review(run, state, by, comment);
        all.act_on_decisions(run, at);
        is_theirs
    }

    /// Fails what waits, as GitHub does after thirty days.
    pub(crate) fn expire_protection(&self, run: i64, at: Timestamp) {
        let mut state = self.state();
        let Some(found) = state.find_mut(run).filter(|run| run.now.conclusion.is_none()) else { return };
        for gate in found.now.gates.iter_mut().filter(|gate| gate.is_open()) {
            let check = if gate.rule == Check::Open { &mut gate.rule } else { &mut gate.review };
            *check = Check::Decided(ProtectionState::Rejected);
        }
        state.act_on_decisions(run, at);
    }
}
