//! Answers that are no success: what GitHub says of itself, whether it asks to wait, and whether the repository has
//! another name now.

use app::domain::Timestamp;
use reqwest::{Method, Response, StatusCode, Url, header};
use runtime::read_limited;
use serde::Deserialize;

use super::{Client, MAX_ANSWER, ReadError, words::presentable};

/// How GitHub begins to say that a commit is not there.
const NO_COMMIT: &str = "No commit found";

/// An answer that is no success.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// What GitHub says, letter by letter: for decisions, never to be shown.
    pub(super) message: String,
    /// The same, as it can be shown; none, if it says nothing.
    pub(super) words: Option<String>,
    /// Until when it asks to wait, if it does.
    pub(super) limited: Option<Timestamp>,
    /// That the repository has moved, as a sentence.
    pub(super) moved: Option<String>,
}

impl Client {
    /// Reads an answer that is no success.
    pub(super) async fn refusal(&self, answer: Response) -> Refusal {
        let (status, url, headers) = (answer.status(), answer.url().clone(), answer.headers().clone());
        let body = read_limited(answer, MAX_ANSWER).await.unwrap_or_default();
        let ErrorBody { message, url: elsewhere } = serde_json::from_slice(&body).unwrap_or_default();
        let message = message.unwrap_or_default();
        let limited = self.limit.note(&url, status, &headers, &message, self.clock.now());
        let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok().map(str::to_owned));
        let moved = match status.as_u16() {
            301 | 302 | 303 | 307 | 308 => self.moved(&url, status, location.or(elsewhere)).await,
            _ => None,
        };
        let words = presentable(&message, self.authentication.secret());
        Refusal { status, message, words, limited, moved }
    }

    /// GitHub redirects an old name to the number of the repository, which has the new name. Only that is read, and only
    /// from the same host.
    async fn moved(&self, url: &Url, status: StatusCode, location: Option<String>) -> Option<String> {
        let (old, code) = (repository_of(&self.api, url)?, status.as_u16());
        let target = url.join(&location?).ok()?;
        let number = if target.origin() == self.api.origin() { number_of(&self.api, &target) } else { None };
        let name = match number {
            Some(number) => self.name_of_repository(&old, number).await,
            None => None,
        };
        Some(match name {
            Some(name) => {
                format!("the repository {old} is called {name} now ({code}): change repo in console.toml")
            }
            None => format!("the repository {old} has moved ({code}): change repo in console.toml"),
        })
    }

    async fn name_of_repository(&self, old: &str, number: u64) -> Option<String> {
        let mut url = self.api.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(["repositories", &number.to_string()]);
        // Its token may have to be made, which may be refused, too.
        let answer = Box::pin(self.send(self.request_to(Method::GET, old, url))).await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        let body = read_limited(answer, MAX_ANSWER).await?;
        let Repository { full_name } = serde_json::from_slice(&body).ok()?;
        presentable(&full_name, self.authentication.secret())
    }
}

impl Refusal {
    /// As an answer to a question about GitHub's record.
    pub(super) fn into_read_error(self) -> ReadError {
        if let Some(until) = self.limited {
            return ReadError::Limited(until);
        }
        if let Some(moved) = self.moved {
            return ReadError::Unusable(moved);
        }
        let words = self.words.map(|words| format!(" (“{words}”)")).unwrap_or_default();
        match self.status {
            StatusCode::NOT_FOUND => ReadError::NotFound,
            // Of a commit that is not there, GitHub says that it cannot process the request.
            StatusCode::UNPROCESSABLE_ENTITY if self.message.starts_with(NO_COMMIT) => ReadError::NotFound,
            StatusCode::UNAUTHORIZED => {
                ReadError::Unusable("it does not let the console in (401)".to_owned())
            }
            status => ReadError::Unusable(format!("it answered {}{words}", status.as_u16())),
        }
    }
}

/// What is read of a repository.
#[derive(Deserialize)]
pub(super) struct Repository {
    full_name: String,
}

/// The body of such an answer. Members that GitHub leaves out or null say nothing.
#[derive(Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

/// The segments of an address behind those of the API.
fn segments<'a>(api: &Url, url: &'a Url) -> impl Iterator<Item = &'a str> {
    let before = api.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).count();
    url.path_segments().into_iter().flatten().skip(before)
}

/// `owner/name` of an address below `/repos`.
fn repository_of(api: &Url, url: &Url) -> Option<String> {
    let mut segments = segments(api, url);
    let (kind, owner, name) = (segments.next()?, segments.next()?, segments.next()?);
    (kind == "repos").then(|| format!("{owner}/{name}"))
}

/// The number of an address below `/repositories`.
fn number_of(api: &Url, url: &Url) -> Option<u64> {
    let mut segments = segments(api, url);
    let (kind, number) = (segments.next()?, segments.next()?);
    number.parse().ok().filter(|_| kind == "repositories")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f85_addresses_name_their_repository() {
        for api in
            ["https://api.github.com", "https://git.example.com/api/v3", "https://git.example.com/api/v3/"]
        {
            let api: Url = api.parse().unwrap();
            let base = api.as_str().trim_end_matches('/');
            let url = |path: &str| format!("{base}{path}").parse::<Url>().unwrap();
            let old = url("/repos/acme/shop/actions/runs/7");
            assert_eq!(repository_of(&api, &old).as_deref(), Some("acme/shop"));
            assert_eq!(number_of(&api, &url("/repositories/42/actions/runs/7")), Some(42));
            assert_eq!(
                (number_of(&api, &old), repository_of(&api, &url("/repositories/42/x"))),
                (None, None)
            );
            assert_eq!(number_of(&api, &url("/repositories/../repos")), None);
        }
    }
}
