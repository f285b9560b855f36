//! What is known of when the steps of a deploy happened. Pure. A bar says how long something took, so there is one only
//! where both ends were reported, or the end is now; what was read from GitHub is marked as recorded.

use crate::domain::{Deploy, Source, Step, StepKey, StepState, Timestamp};

/// A shorter gap, in seconds, is not mentioned: jobs take a moment to start.
const LONG_GAP: i64 = 15;

/// What is known of the time of a step, and of the time before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StepBar {
    pub step: StepKey,
    pub bar: Bar,
    /// The time before it in which nothing was under way.
    pub gap: Option<Gap>,
}

/// What is known of the time of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bar {
    /// It began and ended.
    Closed(Timestamp, Timestamp),
    /// It began, and is under way until now.
    Open(Timestamp, Timestamp),
    /// It was read from GitHub, and recorded from when to when. How long it took is not known.
    Recorded(Timestamp, Timestamp),
    /// Its end alone was reported.
    Ended(Timestamp),
    Nothing,
}

/// A time in which nothing was under way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Gap {
    /// When the step before ended, or GitHub could be asked for the run.
    pub from: Timestamp,
    /// When the next began, or now.
    pub to: Timestamp,
    /// Whether it goes on.
    pub is_open: bool,
    /// Whether no step was before it.
    pub is_first: bool,
}

impl Gap {
    /// Whether it is worth a word.
    #[must_use]
    pub fn is_long(self) -> bool {
        self.to.as_second() - self.from.as_second() >= LONG_GAP
    }
}

impl Bar {
    /// The times in it.
    #[must_use]
    pub fn times(self) -> [Option<Timestamp>; 2] {
        match self {
            Self::Closed(from, to) | Self::Open(from, to) | Self::Recorded(from, to) => {
                [Some(from), Some(to)]
            }
            Self::Ended(at) => [Some(at), None],
            Self::Nothing => [None, None],
        }
    }
}

/// The steps of a deploy in their order, as it is now.
#[must_use]
pub fn step_bars(deploy: &Deploy, now: Timestamp) -> Vec<StepBar> {
    let mut bars = Vec::with_capacity(deploy.steps.len());
    let mut end = Some((deploy.released_at(), true));
    for step in &deploy.steps {
        let bar = bar(step, now);
        let gap = end.and_then(|(end, is_first)| gap(deploy, step.state, end, is_first, bar, now));
        end = match bar {
            Bar::Closed(_, to) | Bar::Ended(to) => Some((to, false)),
            // Nothing is known of the time around what was only recorded; and what is under way has no end.
            Bar::Recorded(..) | Bar::Open(..) => None,
            Bar::Nothing if step.state == StepState::Pending => None,
            Bar::Nothing => end,
        };
        bars.push(StepBar { step: step.key, bar, gap });
    }
    bars
}

fn bar(step: &Step, now: Timestamp) -> Bar {
    let is_read = step.source == Some(Source::Reconciler);
    match (step.began_at, step.ended_at) {
        (Some(began), Some(ended)) if is_read => Bar::Recorded(began, ended),
        (Some(at), None) | (None, Some(at)) if is_read => Bar::Recorded(at, at),
        (Some(began), Some(ended)) => Bar::Closed(began, ended),
        (Some(began), None) if step.state == StepState::Active => Bar::Open(began, now),
        (Some(_), None) | (None, None) => Bar::Nothing,
        (None, Some(ended)) => Bar::Ended(ended),
    }
}

/// What lies between the end of the step before and this one, or now, if this one is awaited.
fn gap(
    deploy: &Deploy,
    state: StepState,
    end: Timestamp,
    is_first: bool,
    bar: Bar,
    now: Timestamp,
) -> Option<Gap> {
    let (to, is_open) = match bar {
        Bar::Closed(began, _) | Bar::Open(began, _) => (began, false),
        Bar::Nothing if state == StepState::Pending && deploy.is_live() => (now, true),
        Bar::Recorded(..) | Bar::Ended(_) | Bar::Nothing => return None,
    };
    (to > end).then_some(Gap { from: end, to, is_open, is_first })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StepKey;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_763_812_987 + second).unwrap()
    }

    fn step(state: StepState, source: Option<Source>, began: Option<i64>, ended: Option<i64>) -> Step {
        let (began_at, ended_at) = (began.map(at), ended.map(at));
        Step { key: StepKey::Deploy, state, began_at, ended_at, source, evidence: None, proved_by: None }
    }

    /// A bar is as long as is known, and no longer.
    #[test]
    fn bar_is_as_long_as_known() {
        let told = Some(Source::Callback);
        let read = Some(Source::Reconciler);
        for (step, expected) in [
            (step(StepState::Done, told, Some(1), Some(9)), Bar::Closed(at(1), at(9))),
            (step(StepState::Failed, told, Some(1), Some(9)), Bar::Closed(at(1), at(9))),
            (step(StepState::Active, told, Some(1), None), Bar::Open(at(1), at(20))),
            (step(StepState::Done, told, None, Some(9)), Bar::Ended(at(9))),
            (step(StepState::Done, told, Some(1), None), Bar::Nothing),
            (step(StepState::Done, read, Some(1), Some(9)), Bar::Recorded(at(1), at(9))),
            (step(StepState::Active, read, Some(1), None), Bar::Recorded(at(1), at(1))),
            (step(StepState::Failed, read, None, Some(9)), Bar::Recorded(at(9), at(9))),
            (step(StepState::NotReported, None, None, None), Bar::Nothing),
        ] {
            assert_eq!(bar(&step, at(20)), expected, "{step:?}");
        }
    }

    #[test]
    fn gap_is_long_from_fifteen_seconds() {
        let is_long =
            |seconds| Gap { from: at(0), to: at(seconds), is_open: false, is_first: false }.is_long();
        assert_eq!((is_long(14), is_long(15)), (false, true));
    }
}
