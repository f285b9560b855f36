//! Concurrency groups: one run of a group goes on, and the others wait or are replaced.
//!
//! <https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency>

use app::domain::Timestamp;

use super::State;
use crate::run::SimulatedRun;

impl State {
    /// Adds a run, which goes on, or waits for its turn.
    pub(super) fn add(&mut self, mut run: SimulatedRun, at: Timestamp) {
        let others = self.under_way_with(&run);
        if let Some(group) = run.group.clone() {
            for (other, awaits_turn) in &others {
                if group.cancels || (*awaits_turn && !group.all_wait) {
                    self.end(*other, "cancelled", at);
                }
            }
            run.awaits_turn = !self.under_way_with(&run).is_empty();
        }
        self.runs.push(run);
    }

    /// The runs of the same group that have not ended, oldest first, and whether they wait for their turn.
    fn under_way_with(&self, run: &SimulatedRun) -> Vec<(i64, bool)> {
        let shares = |other: &&SimulatedRun| {
            other.id != run.id && other.repo == run.repo && other.group.is_some() && other.group == run.group
        };
        let others = self.runs.iter().filter(shares).filter(|other| other.now.conclusion.is_none());
        others.map(|other| (other.id, other.awaits_turn)).collect()
    }

    /// A run has ended, or is gone: the next of its group goes on.
    pub(super) fn pass_turn(&mut self, run: &SimulatedRun) {
        let others = self.under_way_with(run);
        if others.iter().any(|(_, awaits_turn)| !awaits_turn) {
            return;
        }
        if let Some(next) = others.first().and_then(|(next, _)| self.find_mut(*next)) {
            next.awaits_turn = false;
        }
    }
}
