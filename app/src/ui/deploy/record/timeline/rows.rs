//! The rows of a deploy's timeline. Pure. A bar says how long something took, so there is one only
//! where both ends were reported, or the end is now; what was read from GitHub is marked as recorded.

use crate::domain::{Deploy, Source, Status, Step, StepState, Timestamp};

/// A shorter gap, in seconds, is not mentioned: jobs take a moment to start.
const LONG_GAP: i64 = 15;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimelineRow {
    /// What it is about.
    pub name: &'static str,
    /// The state of the step; none, for the time before the steps.
    pub state: Option<StepState>,
    /// What is known of its time.
    pub bar: Bar,
    /// The time before it in which nothing was under way.
    pub gap: Option<Gap>,
}

/// What is known of the time of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bar {
    /// It began and ended.
    Closed(Timestamp, Timestamp),
    /// It began, and is under way until now.
    Open(Timestamp, Timestamp),
    /// It was read from GitHub, and recorded from when to when. How long it took is not known.
    StoredStatus(Timestamp, Timestamp),
    /// Its end alone was reported.
    Ended(Timestamp),
    Nothing,
}

/// A time in which nothing was under way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Gap {
    /// When the step before ended.
    pub from: Timestamp,
    /// When the next began, or now.
    pub to: Timestamp,
    /// Whether it goes on.
    pub is_open: bool,
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
            Self::Closed(from, to) | Self::Open(from, to) | Self::StoredStatus(from, to) => {
                [Some(from), Some(to)]
            }
            Self::Ended(at) => [Some(at), None],
            Self::Nothing => [None, None],
        }
    }
}

/// The rows of a deploy, as it is now: what came before the steps, then the steps in their order.
#[must_use]
pub fn rows(deploy: &Deploy, now: Timestamp) -> Vec<TimelineRow> {
    let waiting =
        TimelineRow { name: "Waiting for GitHub", state: None, bar: waiting(deploy, now), gap: None };
    let mut rows = vec![waiting];
    let mut end = None;
    for step in &deploy.steps {
        let bar = bar(step, now);
        let gap = end.and_then(|end| gap(deploy, step.state, end, bar, now));
        end = match bar {
            Bar::Closed(_, to) | Bar::Ended(to) => Some(to),
            // Nothing is known of the time around what was only recorded; and what is under way has no end.
            Bar::StoredStatus(..) | Bar::Open(..) => None,
            Bar::Nothing if step.state == StepState::Pending => None,
            Bar::Nothing => end,
        };
        rows.push(TimelineRow { name: step.key.label(), state: Some(step.state), bar, gap });
    }
    rows
}

/// From the request to the first report of the run.
fn waiting(deploy: &Deploy, now: Timestamp) -> Bar {
    let is_report = |status: Status| status > Status::Dispatched;
    let mut entries = deploy.history.iter();
    let first = entries.find(|entry| entry.status.known().is_none_or(is_report));
    match first {
        Some(first) if first.source == Source::Reconciler => Bar::StoredStatus(deploy.requested_at, first.at),
        Some(first) => Bar::Closed(deploy.requested_at, first.at),
        None => Bar::Open(deploy.requested_at, now),
    }
}

fn bar(step: &Step, now: Timestamp) -> Bar {
    let is_read = step.source == Some(Source::Reconciler);
    match (step.began_at, step.ended_at) {
        (Some(began), Some(ended)) if is_read => Bar::StoredStatus(began, ended),
        (Some(at), None) | (None, Some(at)) if is_read => Bar::StoredStatus(at, at),
        (Some(began), Some(ended)) => Bar::Closed(began, ended),
        (Some(began), None) if step.state == StepState::Active => Bar::Open(began, now),
        (Some(_), None) | (None, None) => Bar::Nothing,
        (None, Some(ended)) => Bar::Ended(ended),
    }
}

/// What lies between the end of the step before and this one, or now, if this one is awaited.
fn gap(deploy: &Deploy, state: StepState, end: Timestamp, bar: Bar, now: Timestamp) -> Option<Gap> {
    let (to, is_open) = match bar {
        Bar::Closed(began, _) | Bar::Open(began, _) => (began, false),
        Bar::Nothing if state == StepState::Pending && deploy.is_live() => (now, true),
        Bar::StoredStatus(..) | Bar::Ended(_) | Bar::Nothing => return None,
    };
    (to > end).then_some(Gap { from: end, to, is_open })
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
        Step { key: StepKey::Deploy, state, began_at, ended_at, source, evidence: None }
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
            (step(StepState::Done, read, Some(1), Some(9)), Bar::StoredStatus(at(1), at(9))),
            (step(StepState::Active, read, Some(1), None), Bar::StoredStatus(at(1), at(1))),
            (step(StepState::Failed, read, None, Some(9)), Bar::StoredStatus(at(9), at(9))),
            (step(StepState::NotReported, None, None, None), Bar::Nothing),
        ] {
            assert_eq!(bar(&step, at(20)), expected, "{step:?}");
        }
    }

    #[test]
    fn gap_is_long_from_fifteen_seconds() {
        let is_long = |seconds| Gap { from: at(0), to: at(seconds), is_open: false }.is_long();
        assert_eq!((is_long(14), is_long(15)), (false, true));
    }
}
