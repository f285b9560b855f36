//! How long a step usually takes, from the deploys that are over. It is said beside a step that is under way, and it
//! never moves one.
//!
//! Only what was reported at both ends counts. What was read from GitHub was recorded later than it happened: how long
//! such a step took is not known, and it never becomes a sample.

use serde::{Deserialize, Serialize};

use super::{Source, Step, StepKey, StepState};

/// Fewer samples than this say nothing.
pub const FEWEST: usize = 5;

/// What is known of one step in one environment of one app.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DurationStats {
    /// The step.
    pub step: StepKey,
    /// Half of the samples took no more than this many seconds.
    pub median: i64,
    /// Nine in ten of the samples took no more than this many seconds.
    #[serde(rename = "ninetieth")]
    pub p90: i64,
    /// How many samples there are.
    pub samples: usize,
}

/// What is usual, from the steps of the deploys that are over; of a step with too few samples, nothing.
#[must_use]
pub fn duration_stats<'a>(over: impl Iterator<Item = &'a [Step]> + Clone) -> Vec<DurationStats> {
    let of_step = |key| {
        let steps = over.clone().flatten().filter(|step| step.key == key);
        let mut seconds: Vec<_> = steps.filter_map(seconds).collect();
        seconds.sort_unstable();
        (seconds.len() >= FEWEST).then(|| DurationStats {
            step: key,
            median: nearest_rank(&seconds, 50),
            p90: nearest_rank(&seconds, 90),
            samples: seconds.len(),
        })
    };
    StepKey::ALL.into_iter().filter_map(of_step).collect()
}

/// How long a step took, if that is known. A part of a second counts as a whole one, so that "within" stays true.
fn seconds(step: &Step) -> Option<i64> {
    // The source of a step is the workflow only if the workflow reported all of it.
    let is_sample = step.state == StepState::Done && step.source == Some(Source::Callback);
    let (began, ended) = step.began_at.zip(step.ended_at).filter(|_| is_sample)?;
    let milliseconds = ended.as_millisecond() - began.as_millisecond();
    // A clock that was set back measured nothing.
    (milliseconds >= 0).then(|| (milliseconds + 999) / 1_000)
}

/// The smallest sample that this many in a hundred do not exceed. There has to be a sample.
fn nearest_rank(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Timestamp;

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(1_763_812_987_000 + millisecond).unwrap()
    }

    fn step(key: StepKey, milliseconds: i64) -> Step {
        Step {
            key,
            state: StepState::Done,
            began_at: Some(at(0)),
            ended_at: Some(at(milliseconds)),
            source: Some(Source::Callback),
            evidence: None,
            proved_by: None,
        }
    }

    fn of(over: &[Vec<Step>]) -> Vec<DurationStats> {
        duration_stats(over.iter().map(Vec::as_slice))
    }

    fn smoke_gates(seconds: impl IntoIterator<Item = i64>) -> Vec<Vec<Step>> {
        seconds.into_iter().map(|seconds| vec![step(StepKey::SmokeGate, seconds * 1_000)]).collect()
    }

    /// The median and the ninetieth percentile are samples, by their rank.
    #[test]
    fn median_and_p90_are_actual_samples() {
        for (seconds, median, p90) in [
            (1..=5, 3, 5),
            (1..=9, 5, 9),
            (1..=10, 5, 9),
            (1..=11, 6, 10),
            (1..=20, 10, 18),
            (1..=50, 25, 45),
        ] {
            let samples = seconds.clone().count();
            let usual = of(&smoke_gates(seconds.rev()));
            assert_eq!(usual, [DurationStats { step: StepKey::SmokeGate, median, p90, samples }]);
        }
    }

    #[test]
    fn fewer_than_five_samples_say_nothing() {
        assert_eq!(of(&smoke_gates(1..=4)), []);
        assert_eq!(of(&smoke_gates(1..=5)).len(), 1);
        assert_eq!(of(&[]), []);
    }

    #[test]
    fn each_step_has_its_own_samples() {
        let deploy = |seconds: i64| {
            vec![step(StepKey::HealthCheck, seconds * 2_000), step(StepKey::FreezeCheck, seconds * 1_000)]
        };
        let usual = of(&(1..=5).map(deploy).collect::<Vec<_>>());
        let medians: Vec<_> = usual.iter().map(|usual| (usual.step, usual.median)).collect();
        assert_eq!(medians, [(StepKey::FreezeCheck, 3), (StepKey::HealthCheck, 6)]);
    }

    /// What was not reported at both ends is no sample.
    #[test]
    fn unreported_times_are_no_samples() {
        let good = step(StepKey::Deploy, 7_000);
        for bad in [
            Step { source: Some(Source::Reconciler), ..good.clone() },
            Step { source: Some(Source::Console), ..good.clone() },
            Step { source: None, ..good.clone() },
            Step { began_at: None, ..good.clone() },
            Step { ended_at: None, ..good.clone() },
            Step { state: StepState::Failed, ..good.clone() },
            Step { state: StepState::Stalled, ..good.clone() },
            Step { state: StepState::Active, ..good.clone() },
            Step { state: StepState::Unknown, ..good.clone() },
        ] {
            let four_and = |fifth: &Step| {
                let mut over = vec![vec![good.clone()]; 4];
                over.push(vec![fifth.clone()]);
                of(&over)
            };
            assert_eq!(four_and(&good).len(), 1);
            assert_eq!(four_and(&bad), [], "{bad:?}");
        }
    }

    #[test]
    fn f43_clock_set_back_measures_nothing() {
        let mut over = smoke_gates(1..=4);
        over.push(vec![step(StepKey::SmokeGate, -1)]);
        assert_eq!(of(&over), []);
        over.push(vec![step(StepKey::SmokeGate, 0)]);
        assert_eq!(of(&over)[0].samples, 5);
    }

    #[test]
    fn fractions_of_seconds_round_up() {
        let over: Vec<_> =
            [1, 1, 1_000, 1_001, 1_001].iter().map(|ms| vec![step(StepKey::Deploy, *ms)]).collect();
        assert_eq!((of(&over)[0].median, of(&over)[0].p90), (1, 2));
    }

    proptest! {
        /// So many in a hundred do not exceed it, and no smaller sample would do.
        #[test]
        fn percentile_is_the_smallest_sufficient_sample(
            mut seconds in prop::collection::vec(0_i64..10_000, FEWEST..60),
        ) {
            let usual = of(&smoke_gates(seconds.clone()));
            seconds.sort_unstable();
            for (value, percent) in [(usual[0].median, 50), (usual[0].p90, 90)] {
                let within = seconds.iter().filter(|sample| **sample <= value).count();
                let below = seconds.iter().filter(|sample| **sample < value).count();
                prop_assert!(seconds.contains(&value));
                prop_assert!(within * 100 >= seconds.len() * percent);
                prop_assert!(below * 100 < seconds.len() * percent);
            }
        }
    }
}
