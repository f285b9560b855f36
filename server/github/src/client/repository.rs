//! Looking at a repository before anything is deployed from it. Nothing that is asked here changes anything, and none of
//! it says how GitHub is: a refusal is an answer about the token.

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use reqwest::{Method, StatusCode, header::HeaderMap};
use runtime::read_limited;
use serde::{Deserialize, de::DeserializeOwned};

use super::{Client, MAX_ANSWER, ReadError, RepoRequest, refusal::Refusal};
use crate::{ListedNames, LookError, RepositoryRecord, RequestsLeft, TokenRecord, WorkflowRecord};

/// The number of a run that no repository has: the largest that GitHub's own clients can write exactly.
const NO_RUN: &str = "9007199254740991";
/// Names on a page of GitHub's lists, at its largest for both.
const NAMES: &str = "100";

impl Client {
    /// A repository, and what the answer says of the token.
    ///
    /// # Errors
    /// If GitHub does not show it.
    pub async fn repository(&self, repo: &str) -> Result<(RepositoryRecord, TokenRecord), LookError> {
        let (record, headers) = self.look(self.request(Method::GET, repo, &[])).await?;
        let granted = self.authentication.granted(repo).await;
        Ok((record, TokenRecord { granted, ..token_record(&headers) }))
    }

    /// A workflow, by the name of its file.
    ///
    /// # Errors
    /// If GitHub does not show it.
    pub async fn workflow(&self, repo: &str, file: &str) -> Result<WorkflowRecord, LookError> {
        Ok(self.look(self.request(Method::GET, repo, &["actions", "workflows", file])).await?.0)
    }

    /// The text of a workflow's file on a branch or tag.
    ///
    /// # Errors
    /// If GitHub does not show it.
    pub async fn workflow_text(&self, repo: &str, file: &str, git_ref: &str) -> Result<String, LookError> {
        #[derive(Deserialize)]
        struct Contents {
            content: String,
            encoding: String,
        }
        let request = self.request(Method::GET, repo, &["contents", ".github", "workflows", file]);
        let (Contents { content, encoding }, _) = self.look(request.query(&[("ref", git_ref)])).await?;
        let encoded: String = content.split_whitespace().collect();
        // A file of more than 1 MB comes without its text.
        let bytes = if encoding == "base64" { BASE64_STANDARD.decode(encoded).ok() } else { None };
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.ok_or_else(|| ReadError::undocumented().into())
    }

    /// The names of the repository's environments on GitHub.
    ///
    /// # Errors
    /// If GitHub does not list them.
    pub async fn environment_names(&self, repo: &str) -> Result<ListedNames, LookError> {
        #[derive(Deserialize)]
        struct Environments {
            total_count: usize,
            environments: Vec<Named>,
        }
        let request = self.request(Method::GET, repo, &["environments"]).query(&[("per_page", NAMES)]);
        let (Environments { total_count, environments }, _) = self.look(request).await?;
        Ok(names(total_count, environments))
    }

    /// The names of the secrets that the repository's workflows have: its own, and those that its organization shares with
    /// it. Their values cannot be read by anybody.
    ///
    /// # Errors
    /// If GitHub does not list them: few tokens may ask.
    pub async fn secret_names(&self, repo: &str) -> Result<ListedNames, LookError> {
        let own = self.secrets_of(repo, "secrets").await?;
        let shared = self.secrets_of(repo, "organization-secrets").await?;
        let names = own.names.into_iter().chain(shared.names).collect();
        Ok(ListedNames { names, is_complete: own.is_complete && shared.is_complete })
    }

    async fn secrets_of(&self, repo: &str, kind: &str) -> Result<ListedNames, LookError> {
        #[derive(Deserialize)]
        struct Secrets {
            total_count: usize,
            secrets: Vec<Named>,
        }
        let request = self.request(Method::GET, repo, &["actions", kind]).query(&[("per_page", NAMES)]);
        let (Secrets { total_count, secrets }, _) = self.look(request).await?;
        Ok(names(total_count, secrets))
    }

    /// Whether the token may compare commits: a ref with itself.
    ///
    /// # Errors
    /// If GitHub does not do it.
    pub async fn may_compare(&self, repo: &str, git_ref: &str) -> Result<(), LookError> {
        let request = self.request(Method::GET, repo, &["compare", &format!("{git_ref}...{git_ref}")]);
        let (_, _): (serde::de::IgnoredAny, _) = self.look(request.query(&[("per_page", "1")])).await?;
        Ok(())
    }

    /// Asks to cancel a run that no repository has. GitHub's "not there" comes as [`LookError::NotFound`]; whether it
    /// looks for the run or at the token first is not documented, so that only a refusal says something.
    ///
    /// # Errors
    /// Always, but for an answer that GitHub would have no reason to give.
    pub async fn cancel_no_run(&self, repo: &str) -> Result<(), LookError> {
        let request = self.request(Method::POST, repo, &["actions", "runs", NO_RUN, "cancel"]);
        let (_, _): (serde::de::IgnoredAny, _) = self.look(request).await?;
        Ok(())
    }

    async fn look<T: DeserializeOwned>(&self, request: RepoRequest) -> Result<(T, HeaderMap), LookError> {
        let answer = self.send(request).await?;
        let headers = answer.headers().clone();
        if !answer.status().is_success() {
            return Err(self.refusal(answer).await.into_look_error(&headers));
        }
        let body = read_limited(answer, MAX_ANSWER).await;
        let read = body.and_then(|body| serde_json::from_slice(&body).ok());
        Ok((read.ok_or_else(ReadError::undocumented)?, headers))
    }
}

impl Refusal {
    fn into_look_error(self, headers: &HeaderMap) -> LookError {
        match (self.status, self.limited, &self.moved) {
            (_, None, Some(moved)) => LookError::Moved(moved.clone()),
            (StatusCode::UNAUTHORIZED, None, None) => LookError::TokenRefused,
            (StatusCode::FORBIDDEN, None, None) => {
                let needs = text(headers, "x-accepted-github-permissions");
                LookError::Forbidden { words: self.words, needs }
            }
            (StatusCode::NOT_FOUND, None, None) => LookError::NotFound,
            (_, _, _) => LookError::Unread(self.into_read_error()),
        }
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

fn names(total: usize, listed: Vec<Named>) -> ListedNames {
    let is_complete = listed.len() >= total;
    ListedNames { names: listed.into_iter().map(|named| named.name).collect(), is_complete }
}

/// A header that is there and is text.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn token_record(headers: &HeaderMap) -> TokenRecord {
    let scopes = text(headers, "x-oauth-scopes").map(|scopes| {
        let scopes = scopes.split(',').map(|scope| scope.trim().to_owned());
        scopes.filter(|scope| !scope.is_empty()).collect()
    });
    let number = |name: &str| text(headers, name).and_then(|text| text.parse::<i64>().ok());
    let count = |name: &str| number(name).and_then(|number| u32::try_from(number).ok());
    let requests = count("x-ratelimit-remaining").zip(count("x-ratelimit-limit"));
    let resets_at = number("x-ratelimit-reset").and_then(|at| Timestamp::from_second(at).ok());
    TokenRecord {
        scopes,
        requests: requests.map(|(remaining, limit)| RequestsLeft { remaining, limit, resets_at }),
        granted: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn headers_say_what_is_known_of_the_token() {
        assert_eq!(token_record(&headers(&[])), TokenRecord::default());
        let classic = token_record(&headers(&[
            ("x-oauth-scopes", "repo, read:org"),
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "4711"),
            ("x-ratelimit-reset", "1796000000"),
        ]));
        assert_eq!(classic.scopes, Some(vec!["repo".to_owned(), "read:org".to_owned()]));
        let requests = classic.requests.unwrap();
        assert_eq!((requests.remaining, requests.limit), (4711, 5000));
        assert_eq!(requests.resets_at, Timestamp::from_second(1_796_000_000).ok());
        // A classic token may have no scope at all; a count that is none says nothing.
        let none = token_record(&headers(&[
            ("x-oauth-scopes", ""),
            ("x-ratelimit-limit", "-1"),
            ("x-ratelimit-remaining", "5"),
        ]));
        assert_eq!(none, TokenRecord { scopes: Some(Vec::new()), ..TokenRecord::default() });
    }

    #[test]
    fn list_that_goes_on_is_not_complete() {
        let named = |name: &str| Named { name: name.to_owned() };
        assert!(names(1, vec![named("a")]).is_complete);
        assert!(!names(2, vec![named("a")]).is_complete);
    }
}
