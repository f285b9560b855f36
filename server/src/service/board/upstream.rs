//! What would be promoted to an environment: what is live in the one before it.

use app::{
    api::{BoardEnvironment, Upstream},
    domain::Commit,
};
use store::CommitPair;

use crate::service::Console;

/// What is live before an environment, and the two commits to compare, if something is live in both.
type Before = (Upstream, Option<CommitPair>);

impl Console {
    /// Says of each environment of these repositories what is live before it, and how far that is from what is live here.
    pub(super) async fn fill_in_upstreams(&self, places: &mut [(&str, &mut [BoardEnvironment])]) {
        let before: Vec<Vec<Option<Before>>> = places
            .iter()
            .map(|(_, environments)| {
                (0..environments.len()).map(|index| before(environments, index)).collect()
            })
            .collect();
        let pairs = places.iter().zip(&before).flat_map(|((repo, _), before)| {
            before.iter().flatten().filter_map(|(_, pair)| Some((*repo, pair.clone()?)))
        });
        let distances = self.distances_of(pairs.collect()).await;
        for ((_, environments), before) in places.iter_mut().zip(before) {
            for (environment, before) in environments.iter_mut().zip(before) {
                environment.upstream = before.map(|(upstream, pair)| {
                    let distance = pair.and_then(|pair| distances.get(&pair).copied());
                    Upstream { distance, ..upstream }
                });
            }
        }
    }
}

/// The nearest environment before this one that has a live deploy whose commit is known; none, if the same is live here,
/// or if it is not known what is.
fn before(environments: &[BoardEnvironment], index: usize) -> Option<Before> {
    let (earlier, rest) = environments.split_at_checked(index)?;
    let here = rest.first()?.last_success.as_ref();
    let (environment, live, head) = earlier.iter().rev().find_map(live)?;
    let upstream = Upstream { environment: environment.name.clone(), deploy_id: live, distance: None };
    match here {
        None => Some((upstream, None)),
        Some(here) => {
            let base = here.commit.clone().filter(|base| base != head)?;
            Some((upstream, Some(CommitPair { base, head: head.clone() })))
        }
    }
}

/// An environment with its live deploy and the commit of that, if both are known.
fn live(environment: &BoardEnvironment) -> Option<(&BoardEnvironment, app::domain::DeployId, &Commit)> {
    let live = environment.last_success.as_ref()?;
    Some((environment, live.id, live.commit.as_ref()?))
}
