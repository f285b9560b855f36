//! Commits, and what lies between two of them.

use app::domain::Commit;

/// Two commits to compare.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CommitPair {
    /// The first.
    pub base: Commit,
    /// The second.
    pub head: Commit,
}
