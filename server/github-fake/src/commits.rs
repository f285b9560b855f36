//! The commits of a repository that is not there: a line of them, always the same for the same name, which pushes
//! make longer. No I/O.

use sha2::{Digest, Sha256};

/// Commits that exist before the first push.
const FIRST: usize = 12;
/// Digits of an id.
const DIGITS: usize = 40;

/// What the messages say, over and over.
const SUBJECTS: [&str; 6] = [
    "Round prices the way invoices do",
    "Say which field is wrong",
    "Update the dependencies",
    "Keep the basket when the session ends",
    "Take two queries out of the front page",
    "Let the search find plurals",
];
const AUTHORS: [&str; 3] = ["octocat", "hubot", "monalisa"];

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SimulatedCommit {
    pub(super) id: String,
    pub(super) subject: &'static str,
    pub(super) author: &'static str,
}

/// What lies between two commits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SimulatedComparison {
    pub(super) base: SimulatedCommit,
    /// The newest commit that both have.
    pub(super) merge_base: SimulatedCommit,
    /// The commits that only the second has, oldest first.
    pub(super) ahead: Vec<SimulatedCommit>,
    /// How many commits only the first has.
    pub(super) behind: usize,
}

/// The line of one repository.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct CommitHistory {
    repo: String,
    length: usize,
}

impl CommitHistory {
    pub(super) fn of(repo: &str) -> Self {
        Self { repo: repo.to_owned(), length: FIRST }
    }

    /// Adds a commit, and returns it.
    pub(super) fn push(&mut self) -> String {
        self.length += 1;
        self.at(self.length - 1).id
    }

    /// The commit that a ref names: `main` and `HEAD` the newest, a full id itself, and any other name always the same
    /// one of the line, which is older.
    pub(super) fn resolve(&self, git_ref: &str) -> String {
        if ["main", "HEAD"].contains(&git_ref) {
            return self.at(self.length - 1).id;
        }
        if git_ref.parse::<app::domain::Commit>().is_ok() {
            return git_ref.to_owned();
        }
        let sum: usize = git_ref.bytes().map(usize::from).sum();
        self.at(sum % (FIRST - 1)).id
    }

    /// What lies between two commits or refs; `None` if one of them is not of this line.
    pub(super) fn compare(&self, base: &str, head: &str) -> Option<SimulatedComparison> {
        let place = |id: &str| (0..self.length).find(|place| self.at(*place).id == id);
        let (base, head) = (place(&self.resolve(base))?, place(&self.resolve(head))?);
        Some(SimulatedComparison {
            base: self.at(base),
            merge_base: self.at(base.min(head)),
            ahead: (base + 1..=head).map(|place| self.at(place)).collect(),
            behind: base.saturating_sub(head),
        })
    }

    fn at(&self, place: usize) -> SimulatedCommit {
        let digest = hex::encode(Sha256::digest(format!("{} {place}", self.repo)));
        SimulatedCommit {
            id: digest[..DIGITS].to_owned(),
            subject: SUBJECTS[place % SUBJECTS.len()],
            author: AUTHORS[place % AUTHORS.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of commits grows, and is compared both ways.
    #[test]
    fn commit_line_compares_both_ways() {
        let mut line = CommitHistory::of("acme/shop");
        let before = line.resolve("main");
        let (first, second) = (line.push(), line.push());
        assert_eq!((line.resolve("main"), line.resolve(&before)), (second.clone(), before.clone()));
        let compared = |base: &str, head: &str| {
            let compared = line.compare(base, head)?;
            let ids: Vec<_> = compared.ahead.into_iter().map(|commit| commit.id).collect();
            Some((ids, compared.behind, compared.merge_base.id))
        };
        assert_eq!(compared(&before, &second), Some((vec![first, second.clone()], 0, before.clone())));
        assert_eq!(compared(&second, &before), Some((vec![], 2, before.clone())));
        assert_eq!(line.compare(&second, &"0".repeat(40)), None);
        assert_eq!(line.resolve("v1"), line.resolve("v1"));
        assert!(["v1", "v2", "next"].iter().all(|name| line.resolve(name) != before));
        assert!(before.parse::<app::domain::Commit>().is_ok());
        assert_ne!(CommitHistory::of("acme/docs").resolve("main"), before);
    }
}
