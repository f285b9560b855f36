//! Legs: a workflow may do a step in several jobs of one matrix, such as a roll-out to three regions.
//!
//! A step begins with its first leg, and is done only when every leg has said so; the first leg that fails has failed
//! the deploy. What a leg says is counted here; whether the deploy may move then is for the table of edges.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::{
    StepKey, Timestamp,
    status::{FailureStage, Status},
};

/// Legs that a step can have: as many as a matrix of GitHub can have jobs.
const MOST: u32 = 256;
/// Characters of the name of a leg: GitHub cuts the name of a job here.
const LONGEST_NAME: usize = 100;

/// Which leg of how many.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(try_from = "Claimed")]
pub struct Leg {
    /// From 0.
    index: u32,
    /// How many there are, from 2.
    total: u32,
    /// What it is called, where it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Claimed {
    index: u32,
    total: u32,
    name: Option<String>,
}

/// The numbers are of no leg.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("leg: total is 2 to {MOST}, and index is 0 to total - 1")]
pub struct NotALeg;

impl TryFrom<Claimed> for Leg {
    type Error = NotALeg;

    fn try_from(claimed: Claimed) -> Result<Self, NotALeg> {
        let Claimed { index, total, name } = claimed;
        Self::new(index, total, name.as_deref())
    }
}

impl Leg {
    /// A leg, counted from 0.
    ///
    /// # Errors
    /// If there are not 2 to 256 of them, or fewer than its number says.
    pub fn new(index: u32, total: u32, name: Option<&str>) -> Result<Self, NotALeg> {
        if !(2..=MOST).contains(&total) || index >= total {
            return Err(NotALeg);
        }
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let name = name.map(|name| name.chars().take(LONGEST_NAME).collect());
        Ok(Self { index, total, name })
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.index
    }

    /// How many there are.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.total
    }

    /// What it is called, where it has a name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// The part of a workflow whose job is a matrix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    SmokeGate,
    FreezeCheck,
    /// One job rolls out and checks the health.
    RollOut,
}

/// When a status that a leg claims counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Counts {
    /// With the first leg that claims it.
    First,
    /// When every leg has claimed it.
    All,
}

/// What a leg can claim: which part of the workflow it is about, how far in it, and when it counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Rule {
    /// None for a failure, which may be one of any part.
    part: Option<Part>,
    /// How far in its part, from 0.
    rank: u8,
    counts: Counts,
}

const fn rule(part: Part, rank: u8, counts: Counts) -> Option<Rule> {
    Some(Rule { part: Some(part), rank, counts })
}

impl Rule {
    const fn of(status: Status) -> Option<Self> {
        match status {
            Status::SmokeGateStarted => rule(Part::SmokeGate, 0, Counts::First),
            Status::SmokeGatePassed => rule(Part::SmokeGate, 1, Counts::All),
            Status::FreezeCheckStarted => rule(Part::FreezeCheck, 0, Counts::First),
            Status::FreezeCheckPassed => rule(Part::FreezeCheck, 1, Counts::All),
            Status::Building => rule(Part::RollOut, 0, Counts::First),
            Status::Deploying => rule(Part::RollOut, 1, Counts::All),
            Status::Succeeded => rule(Part::RollOut, 2, Counts::All),
            Status::Failed => Some(Self { part: None, rank: u8::MAX, counts: Counts::First }),
            Status::Requested | Status::Dispatched | Status::TimedOut => None,
        }
    }
}

/// Something that a leg said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LegReport {
    /// Which leg.
    pub leg: Leg,
    /// What it claimed.
    pub status: Status,
    /// With a failure: the stage that it named.
    pub stage: Option<FailureStage>,
    /// What the workflow said with it.
    pub log_line: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl LegReport {
    fn is_about(&self, part: Part) -> bool {
        Rule::of(self.status).is_some_and(|rule| rule.part == Some(part))
    }

    fn rank(&self) -> u8 {
        Rule::of(self.status).map_or(0, |rule| rule.rank)
    }

    /// The step that it is about: the job that rolls out checks the health, too. A failure is one of the stage that it
    /// names, or of the step that its leg last spoke of.
    pub(in crate::domain) fn step(&self, before: &[Self]) -> StepKey {
        match self.part(before) {
            Part::SmokeGate => StepKey::SmokeGate,
            Part::FreezeCheck => StepKey::FreezeCheck,
            Part::RollOut => StepKey::Deploy,
        }
    }

    fn part(&self, before: &[Self]) -> Part {
        let named = self.stage.map(|stage| match stage {
            FailureStage::SmokeGate => Part::SmokeGate,
            FailureStage::FreezeCheck => Part::FreezeCheck,
            FailureStage::Deploy | FailureStage::HealthCheck => Part::RollOut,
        });
        let own = Rule::of(self.status).and_then(|rule| rule.part);
        let last = || {
            let same = before.iter().rev().filter(|report| report.leg.index == self.leg.index);
            same.filter_map(|report| Rule::of(report.status)?.part).next()
        };
        own.or(named).or_else(last).unwrap_or(Part::RollOut)
    }
}

/// What a claim of a leg comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LegVerdict {
    /// It speaks for the whole deploy: the table of edges decides.
    Speaks,
    /// It is counted, and others are still to say the same, or one has said it before.
    Counted,
    /// This leg has said it before.
    Repeated,
    /// It contradicts what was said, or what comes before it was never said.
    Contradicts,
}

/// What a claim of a leg comes to, for a deploy in this status whose legs said this before.
#[must_use]
pub fn count(current: Status, claimed: Status, leg: &Leg, heard: &[LegReport]) -> LegVerdict {
    let Some(Rule { part: Some(part), rank, counts }) = Rule::of(claimed) else { return LegVerdict::Speaks };
    let of_part = || heard.iter().filter(|report| report.is_about(part));
    let mut own = of_part().filter(|report| report.leg.index == leg.index);
    if of_part().any(|report| report.leg.total != leg.total) {
        return LegVerdict::Contradicts;
    }
    if own.clone().any(|report| report.status == claimed) {
        return LegVerdict::Repeated;
    }
    if own.any(|report| report.rank() > rank) {
        return LegVerdict::Contradicts;
    }
    if current == claimed {
        return if current.is_terminal() { LegVerdict::Repeated } else { LegVerdict::Counted };
    }
    let others: BTreeSet<u32> =
        of_part().filter(|report| report.status == claimed).map(|report| report.leg.index).collect();
    let is_last = others.len() + 1 == leg.total as usize;
    // Otherwise its part is not under way: what comes before it was never said, or it is over.
    let is_here = Rule::of(current).is_some_and(|here| here.part == Some(part) && here.rank < rank);
    match counts {
        Counts::All if is_here && !is_last => LegVerdict::Counted,
        Counts::All | Counts::First => LegVerdict::Speaks,
    }
}

#[cfg(test)]
mod tests;
