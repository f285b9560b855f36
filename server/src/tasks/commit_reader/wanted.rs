//! What is to be read, each once; and what could not be read, for as long as that is not tried again.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
};

use app::domain::{Commit, Timestamp};
use store::CommitPair;

/// Questions that may wait. Others are dropped: a page that is looked at later asks them again.
const MOST: usize = 2_000;
/// Failures that are remembered.
const MOST_FAILED: usize = 10_000;

/// What GitHub is to be asked.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Question {
    /// What a commit of a repository is.
    Details { repo: String, commit: Commit },
    /// How far two of them are apart.
    Distance { repo: String, pair: CommitPair },
}

impl Question {
    pub(super) fn repo(&self) -> &str {
        match self {
            Self::Details { repo, .. } | Self::Distance { repo, .. } => repo,
        }
    }
}

/// What it is about, for the log.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Details { commit, .. } => commit.fmt(f),
            Self::Distance { pair: CommitPair { base, head }, .. } => write!(f, "{base}...{head}"),
        }
    }
}

/// Questions, in the order in which pages asked them.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    waiting: VecDeque<Question>,
    /// Those that wait, and the one that is being asked.
    pending: HashSet<Question>,
    /// When each may be asked again.
    failed: HashMap<Question, Timestamp>,
}

impl Wanted {
    /// Returns whether it is to be asked now, and was not before.
    pub(super) fn add(&mut self, question: Question, now: Timestamp) -> bool {
        let has_failed = self.failed.get(&question).is_some_and(|until| now < *until);
        if has_failed || self.pending.len() >= MOST || !self.pending.insert(question.clone()) {
            return false;
        }
        self.waiting.push_back(question);
        true
    }

    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn take(&mut self) -> Option<Question> {
        self.waiting.pop_front()
    }

    pub(super) fn finish(&mut self, question: &Question) {
        self.pending.remove(question);
        self.failed.remove(question);
    }

    pub(super) fn fail(&mut self, question: &Question, now: Timestamp, until: Timestamp) {
        self.pending.remove(question);
        if self.failed.len() >= MOST_FAILED {
            self.failed.retain(|_, until| now < *until);
        }
        // So many commits that GitHub lacks are not shown at a time: the older failures are tried again.
        if self.failed.len() >= MOST_FAILED {
            self.failed.clear();
        }
        self.failed.insert(question.clone(), until);
    }

    pub(super) fn forget_waiting(&mut self) {
        for question in self.waiting.drain(..) {
            self.pending.remove(&question);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(number: usize) -> Question {
        Question::Details { repo: "acme/shop".to_owned(), commit: format!("{number:040x}").parse().unwrap() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn question_is_pending_until_it_is_answered() {
        let mut wanted = Wanted::default();
        assert!(wanted.add(question(1), at(0)) && !wanted.add(question(1), at(0)));
        assert_eq!((wanted.take(), wanted.is_idle()), (Some(question(1)), true));
        assert!(!wanted.add(question(1), at(0)), "it is being asked");
        wanted.finish(&question(1));
        assert!(wanted.add(question(1), at(0)));
    }

    #[test]
    fn failure_is_remembered_for_its_time() {
        let mut wanted = Wanted::default();
        wanted.add(question(1), at(0));
        wanted.take();
        wanted.fail(&question(1), at(0), at(60));
        assert!(!wanted.add(question(1), at(59)) && wanted.add(question(2), at(59)));
        assert!(wanted.add(question(1), at(60)));
    }

    #[test]
    fn questions_and_failures_are_bounded() {
        let mut wanted = Wanted::default();
        assert_eq!((0..MOST + 9).filter(|number| wanted.add(question(*number), at(0))).count(), MOST);
        wanted.forget_waiting();
        assert!(wanted.is_idle() && wanted.add(question(MOST), at(0)));
        for number in 0..MOST_FAILED {
            wanted.fail(&question(number), at(0), at(if number == 7 { 90 } else { 60 }));
        }
        wanted.fail(&question(MOST_FAILED), at(60), at(120));
        assert_eq!(wanted.failed.len(), 2, "those whose time is over are forgotten first");
        for number in 0..=MOST_FAILED {
            wanted.fail(&question(number), at(60), at(120));
        }
        assert!(wanted.failed.len() <= MOST_FAILED);
    }
}
