//! The commits of a repository that is not there: a line of them, always the same for the same name, which pushes
//! make longer. No I/O.

use app::domain::Timestamp;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// Commits that exist before the first push.
const FIRST: usize = 12;
/// Digits of an id.
const DIGITS: usize = 40;

/// What the messages say, over and over; most as GitHub writes them for a pull request that is squashed.
const SUBJECTS: [&str; 24] = [
    "Round prices the way invoices do (#407)",
    "Say which field is wrong (#412)",
    "Update the dependencies",
    "Keep the basket when the session ends (#417)",
    "Take two queries out of the front page (#422)",
    "Let the search find plurals",
    "Retry payments that time out (#427)",
    "Show the delivery date in the order mail (#432)",
    "Drop the old checkout",
    "Cache the list of countries (#437)",
    "Sort orders by date, newest first (#442)",
    "Log the request id with every error",
    "Accept addresses without a house number (#447)",
    "Fix the total of orders with a voucher (#452)",
    "Move image resizing to a worker",
    "Translate the error pages (#457)",
    "Limit uploads to ten megabytes (#462)",
    "Close the menu when a link is followed",
    "Add an index for the search by customer (#467)",
    "Stop sending two confirmation mails (#472)",
    "Rename the job that builds the sitemap (#475)",
    "Warn before a coupon expires (#477)",
    "Make the table of rates scroll on phones (#482)",
    "Check the signature of incoming webhooks",
];
const AUTHORS: [&str; 3] = ["octocat", "hubot", "monalisa"];
/// When the first commit was made, and the time from each to the next.
const BEGAN: &str = "2026-01-05T08:12:40Z";
const PACE: SignedDuration = SignedDuration::from_mins(437);

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SimulatedCommit {
    pub(super) id: String,
    pub(super) subject: &'static str,
    /// What the message says below its first line.
    pub(super) body: &'static str,
    pub(super) author: &'static str,
    /// Whether there is an account with the author's address.
    pub(super) has_account: bool,
    pub(super) committed_at: Timestamp,
}

impl SimulatedCommit {
    pub(super) fn message(&self) -> String {
        format!("{}{}", self.subject, self.body)
    }
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
    /// When each commit after the first ones was pushed.
    pushed: Vec<Timestamp>,
}

impl CommitHistory {
    pub(super) fn of(repo: &str) -> Self {
        Self { repo: repo.to_owned(), pushed: Vec::new() }
    }

    /// Adds a commit, and returns it.
    pub(super) fn push(&mut self, at: Timestamp) -> String {
        self.pushed.push(at);
        self.at(self.length() - 1).id
    }

    const fn length(&self) -> usize {
        FIRST + self.pushed.len()
    }

    /// The commit that a ref names: `main` and `HEAD` the newest, a full id itself, and any other name always the same
    /// one of the line, which is older.
    pub(super) fn resolve(&self, git_ref: &str) -> String {
        if ["main", "HEAD"].contains(&git_ref) {
            return self.at(self.length() - 1).id;
        }
        if git_ref.parse::<app::domain::Commit>().is_ok() {
            return git_ref.to_owned();
        }
        let sum: usize = git_ref.bytes().map(usize::from).sum();
        self.at(sum % (FIRST - 1)).id
    }

    /// What lies between two commits or refs; `None` if one of them is not of this line.
    pub(super) fn compare(&self, base: &str, head: &str) -> Option<SimulatedComparison> {
        let (base, head) = (self.place(base)?, self.place(head)?);
        Some(SimulatedComparison {
            base: self.at(base),
            merge_base: self.at(base.min(head)),
            ahead: (base + 1..=head).map(|place| self.at(place)).collect(),
            behind: base.saturating_sub(head),
        })
    }

    /// The commit that an id or a ref names, and the one before it; `None` if it is not of this line.
    pub(super) fn find(&self, git_ref: &str) -> Option<(SimulatedCommit, Option<SimulatedCommit>)> {
        let place = self.place(git_ref)?;
        Some((self.at(place), place.checked_sub(1).map(|before| self.at(before))))
    }

    fn place(&self, git_ref: &str) -> Option<usize> {
        let id = self.resolve(git_ref);
        (0..self.length()).find(|place| self.at(*place).id == id)
    }

    /// Repositories begin at different subjects, and no two neighbours say the same.
    fn at(&self, place: usize) -> SimulatedCommit {
        let digest = Sha256::digest(format!("{} {place}", self.repo));
        let number = place + self.repo.bytes().map(usize::from).sum::<usize>();
        let pushed = place.checked_sub(FIRST).and_then(|place| self.pushed.get(place));
        SimulatedCommit {
            id: hex::encode(digest)[..DIGITS].to_owned(),
            subject: SUBJECTS[number % SUBJECTS.len()],
            body: if number.is_multiple_of(4) { "\n\nIt was reported by a customer." } else { "" },
            author: AUTHORS[number % AUTHORS.len()],
            has_account: number % 5 != 3,
            committed_at: pushed.copied().unwrap_or_else(|| made_at(place)),
        }
    }
}

fn made_at(place: usize) -> Timestamp {
    let began: Timestamp = BEGAN.parse().unwrap_or_default();
    let place = i32::try_from(place).unwrap_or_default();
    began.saturating_add(PACE * place).unwrap_or(began)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    /// A line of commits grows, and is compared both ways.
    #[test]
    fn commit_line_compares_both_ways() {
        let mut line = CommitHistory::of("acme/shop");
        let before = line.resolve("main");
        let (first, second) = (line.push(noon()), line.push(noon()));
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

    /// A commit says the same whichever way it is asked for; some are of people without an account.
    #[test]
    fn commits_are_found_as_they_are_compared() {
        let mut line = CommitHistory::of("acme/shop");
        let (oldest, before) = (line.at(0), line.resolve("main"));
        let pushed = line.push(noon());
        let (found, parent) = line.find(&pushed).unwrap();
        assert_eq!(line.compare(&before, &pushed).unwrap().ahead, std::slice::from_ref(&found));
        assert_eq!((found.committed_at, parent.map(|parent| parent.id)), (noon(), Some(before)));
        assert_eq!(line.find(&oldest.id), Some((oldest, None)));
        assert_eq!(line.find(&"0".repeat(40)), None);
        let all: Vec<_> = (0..FIRST).map(|place| line.at(place)).collect();
        assert!(all.windows(2).all(|pair| pair[0].committed_at < pair[1].committed_at));
        let with_account = all.iter().filter(|commit| commit.has_account).count();
        let with_body = all.iter().filter(|commit| !commit.body.is_empty()).count();
        assert!((1..FIRST).contains(&with_account) && (1..FIRST).contains(&with_body));
    }
}
