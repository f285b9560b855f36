//! What lies between two commits or refs, by GitHub's word.

use reqwest::Method;

use super::{Client, ReadError};
use crate::Comparison;

/// Commits of a comparison that are requested: more than an operator reads.
const COMMITS: &str = "50";

impl Client {
    /// What `head` has that `base` has not. Either is a commit, or a ref as it is now.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or has not both.
    pub async fn compare(&self, repo: &str, base: &str, head: &str) -> Result<Comparison, ReadError> {
        let request = self.request(Method::GET, repo, &["compare", &format!("{base}...{head}")]);
        self.read(request.query(&[("per_page", COMMITS)])).await
    }
}
