//! The time that a step under way has taken, and how that compares with the deploys before, in words. Words alone: no
//! elapsed time moves a step, and nothing is drawn from what is usual.

use super::time::{duration_between, duration_of_seconds};
use crate::domain::{DurationStats, Source, Step, StepKey, StepState, Timestamp};

/// Seconds without an event that are never mentioned, even if the step is usually shorter.
const QUIET: i64 = 120;

/// Since when the step is under way. When one began that was read from GitHub is not known.
#[must_use]
pub fn under_way_since(step: &Step) -> Option<Timestamp> {
    let is_told = step.state == StepState::Active && step.source != Some(Source::Reconciler);
    step.began_at.filter(|_| is_told)
}

/// What is usual for a step.
#[must_use]
pub fn usual_of(usual: &[DurationStats], step: StepKey) -> Option<&DurationStats> {
    usual.iter().find(|usual| usual.step == step)
}

/// For how long; nothing where no clock ticks.
#[must_use]
pub fn elapsed_text(began: Timestamp, now: Option<Timestamp>) -> Option<String> {
    now.map(|now| format!("for {}", duration_between(began, now)))
}

/// `usually 1 min 10 s, 9 in 10 within 2 min 5 s (20 deploys)`.
#[must_use]
pub fn usual_text(usual: &DurationStats) -> String {
    let DurationStats { median, p90, samples, .. } = usual;
    format!(
        "usually {}, 9 in 10 within {} ({samples} deploys)",
        duration_of_seconds(*median),
        duration_of_seconds(*p90)
    )
}

/// Whether it has taken longer than nine in ten did.
#[must_use]
pub fn is_longer_than_usual(usual: &DurationStats, began: Timestamp, now: Option<Timestamp>) -> bool {
    now.is_some_and(|now| now.as_second() - began.as_second() > usual.p90)
}

/// Whether nothing has come for so long that it should be seen: longer than two minutes, and than nine in ten of
/// the step under way took.
#[must_use]
pub fn is_silent(since: Timestamp, now: Timestamp, steps: &[Step], usual: &[DurationStats]) -> bool {
    let active = steps.iter().find(|step| step.state == StepState::Active);
    let p90 = active.and_then(|step| usual_of(usual, step.key)).map_or(0, |usual| usual.p90);
    now.as_second() - since.as_second() > p90.max(QUIET)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_763_812_987 + second).unwrap()
    }

    fn usual_deploy() -> DurationStats {
        DurationStats { step: StepKey::Deploy, median: 70, p90: 125, samples: 20 }
    }

    fn step(state: StepState, source: Source) -> Step {
        Step {
            key: StepKey::Deploy,
            state,
            began_at: Some(at(0)),
            ended_at: None,
            source: Some(source),
            evidence: None,
            proved_by: None,
        }
    }

    #[test]
    fn usual_duration_names_its_sample_count() {
        assert_eq!(usual_text(&usual_deploy()), "usually 1 min 10 s, 9 in 10 within 2 min 5 s (20 deploys)");
        assert_eq!(elapsed_text(at(0), Some(at(72))).as_deref(), Some("for 1 min 12 s"));
        assert_eq!(elapsed_text(at(0), None), None);
    }

    /// "Longer than nine in ten" begins after the ninetieth percentile.
    #[test]
    fn slow_begins_after_ninetieth_percentile() {
        let is_long = |second| is_longer_than_usual(&usual_deploy(), at(0), Some(at(second)));
        assert_eq!((is_long(125), is_long(126)), (false, true));
    }

    /// A step that was read from GitHub has no time of its own.
    #[test]
    fn healed_step_has_no_duration() {
        let since = |state, source| under_way_since(&step(state, source));
        assert_eq!(since(StepState::Active, Source::Callback), Some(at(0)));
        assert_eq!(since(StepState::Active, Source::Reconciler), None);
        assert_eq!(since(StepState::Done, Source::Callback), None);
    }

    /// Silence is longer than two minutes, and longer than nine in ten.
    #[test]
    fn silence_exceeds_two_minutes_and_p90() {
        let active = [step(StepState::Active, Source::Callback)];
        let slow = [DurationStats { p90: 300, ..usual_deploy() }];
        let quick = [DurationStats { p90: 3, ..usual_deploy() }];
        let of_another_step = [DurationStats { step: StepKey::SmokeGate, p90: 300, ..usual_deploy() }];
        for (steps, usual, last) in [
            (&active[..], &slow[..], 300),
            (&active, &quick, 120),
            (&active, &[], 120),
            (&active, &of_another_step, 120),
            (&[], &slow, 120),
        ] {
            let is_silent = |second| is_silent(at(0), at(second), steps, usual);
            assert_eq!((is_silent(last), is_silent(last + 1)), (false, true), "{steps:?} {usual:?}");
        }
    }
}
