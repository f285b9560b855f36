//! What lies between two commits, by GitHub's word.

use app::domain::Commit;
use reqwest::Method;

use super::{Client, ReadError};
use crate::github::Comparison;

/// Commits of a comparison that are asked for: more than anybody reads.
const COMMITS: &str = "50";

impl Client {
    /// What `head` has that `base` has not.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or has not both.
    pub async fn compare(&self, repo: &str, base: &Commit, head: &Commit) -> Result<Comparison, ReadError> {
        let request = self.request_of_repo(Method::GET, repo, &format!("compare/{base}...{head}"));
        self.read(request.query(&[("per_page", COMMITS)])).await
    }
}
