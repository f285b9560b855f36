//! What environments themselves answer when they are asked for their commit (`version_url`). The console knows what is
//! live from callbacks and GitHub; this checks it against the environment.
//!
//! An address is asked without a token and followed nowhere. It answers the id of a commit, as text or as JSON with
//! `commit` or `sha`. Answers are kept in memory alone: they are of the moment.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::{
    api::VersionCheck,
    domain::{Commit, Deploy, Timestamp},
};
use futures::{StreamExt, stream};
use reqwest::{Url, redirect};
use runtime::clock::SharedClock;
use runtime::read_limited;

use crate::config::Apps;

/// From one round to the next.
pub const PERIOD: Duration = Duration::from_secs(30);
/// For a whole question.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 64 * 1024;
/// Addresses that are asked at a time.
const AT_A_TIME: usize = 8;
/// Digits that distinguish a commit from any other word.
const FEWEST_DIGITS: usize = 7;

/// What every environment answered last, for all that share it.
#[derive(Clone, Debug, Default)]
pub struct Answers(Arc<Mutex<HashMap<(String, String), Seen>>>);

/// What one environment answered last.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Seen {
    /// The commit that it named, or what was wrong.
    answer: Result<String, String>,
    /// When it first answered so.
    since: Timestamp,
    /// When it was asked last.
    read_at: Timestamp,
}

impl Answers {
    /// What an environment answered, held against the deploy that is live there. What it answered before that was
    /// live says nothing about it.
    #[must_use]
    pub fn check(&self, app: &str, environment: &str, live: Option<&Deploy>) -> Option<VersionCheck> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = answers.get(&(app.to_owned(), environment.to_owned()))?;
        let live_since = live.and_then(|deploy| deploy.finished_at);
        if live_since.is_some_and(|since| seen.read_at < since) {
            return None;
        }
        Some(seen.check(live.and_then(|deploy| deploy.commit.as_ref())))
    }

    fn note(&self, place: (String, String), answer: Result<String, String>, at: Timestamp) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = answers.get(&place).filter(|seen| seen.answer == answer).map_or(at, |seen| seen.since);
        answers.insert(place, Seen { answer, since, read_at: at });
    }
}

impl Seen {
    fn check(&self, live: Option<&Commit>) -> VersionCheck {
        let Self { answer, since, read_at } = self.clone();
        match (answer, live) {
            (Err(what), _) => VersionCheck::Unreadable { what, since },
            (Ok(answer), Some(commit)) if commit.is_named_by(&answer) => VersionCheck::Agrees { read_at },
            (Ok(answer), Some(_)) => VersionCheck::Differs { answer, since, read_at },
            (Ok(answer), None) => VersionCheck::Answers { answer, read_at },
        }
    }
}

/// Asks every environment, again and again.
pub struct Watch {
    http: reqwest::Client,
    apps: Apps,
    answers: Answers,
    clock: SharedClock,
    period: Duration,
}

impl Watch {
    /// Asks those of these apps, and keeps what they answer.
    ///
    /// # Errors
    /// If the machine has no TLS to offer.
    pub fn new(
        apps: Apps,
        answers: Answers,
        clock: SharedClock,
        period: Duration,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("deploy-console/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { http, apps, answers, clock, period })
    }

    /// Asks by the timer, until it is dropped.
    pub async fn run(&self) {
        loop {
            self.round().await;
            tokio::time::sleep(self.period).await;
        }
    }

    /// Asks each once.
    pub async fn round(&self) {
        let places = self.apps.iter().flat_map(|app| {
            let with_url = app.environments.iter().filter_map(|it| Some((it, it.version_url.clone()?)));
            with_url.map(|(environment, url)| ((app.name.clone(), environment.name.clone()), url))
        });
        let asked = stream::iter(places.collect::<Vec<_>>());
        asked
            .for_each_concurrent(AT_A_TIME, async |(place, url)| {
                let answer = self.ask(url).await;
                self.answers.note(place, answer, self.clock.now());
            })
            .await;
    }

    async fn ask(&self, url: Url) -> Result<String, String> {
        let answer = self.http.get(url).send().await.map_err(|error| {
            let what = if error.is_timeout() { "took too long" } else { "could not be reached" };
            what.to_owned()
        })?;
        if !answer.status().is_success() {
            return Err(format!("answered {}", answer.status().as_u16()));
        }
        let body = read_limited(answer, MAX_ANSWER).await.ok_or("answered too much, or broke off")?;
        commit_in(&body).ok_or_else(|| "answered, and named no commit".to_owned())
    }
}

/// The commit that an answer names, in full or by its first digits; in small letters.
fn commit_in(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let named = json.as_ref().and_then(|json| ["commit", "sha"].iter().find_map(|key| json[key].as_str()));
    let word = named.unwrap_or(text).trim();
    let is_commit =
        (FEWEST_DIGITS..=64).contains(&word.len()) && word.bytes().all(|it| it.is_ascii_hexdigit());
    is_commit.then(|| word.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// An answer names a commit as text or as JSON.
    #[test]
    fn commit_may_be_text_or_json() {
        for (body, named) in [
            (COMMIT.to_owned(), Some(COMMIT)),
            (format!("{COMMIT}\n"), Some(COMMIT)),
            ("0123ABC".to_owned(), Some("0123abc")),
            (format!(r#"{{"commit":"{COMMIT}","version":"1.2"}}"#), Some(COMMIT)),
            (r#"{"sha":"0123abc"}"#.to_owned(), Some("0123abc")),
            ("1234567".to_owned(), Some("1234567")),
            (r#"{"commit":"main"}"#.to_owned(), None),
            (r#"{"version":"0123abc"}"#.to_owned(), None),
            ("<h1>Sign in</h1>".to_owned(), None),
            ("012345".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(commit_in(body.as_bytes()).as_deref(), named, "{body}");
        }
        assert_eq!(commit_in(&[0xff, 0xfe]), None);
    }

    #[test]
    fn unchanged_answer_keeps_its_first_time() {
        let (answers, place) = (Answers::default(), || ("shop".to_owned(), "production".to_owned()));
        answers.note(place(), Err("answered 503".to_owned()), at(1));
        answers.note(place(), Err("answered 503".to_owned()), at(2));
        let unreadable = VersionCheck::Unreadable { what: "answered 503".to_owned(), since: at(1) };
        assert_eq!(answers.check("shop", "production", None), Some(unreadable));
        answers.note(place(), Ok("0123abc".to_owned()), at(3));
        let answer = VersionCheck::Answers { answer: "0123abc".to_owned(), read_at: at(3) };
        assert_eq!(answers.check("shop", "production", None), Some(answer));
        assert_eq!(answers.check("shop", "staging", None), None);
    }

    #[test]
    fn answer_is_compared_with_live_commit() {
        let live: Commit = COMMIT.parse().unwrap();
        let seen = |answer: &str| Seen { answer: Ok(answer.to_owned()), since: at(1), read_at: at(2) };
        assert_eq!(seen("0123456").check(Some(&live)), VersionCheck::Agrees { read_at: at(2) });
        let differs = VersionCheck::Differs { answer: "fedcba9".to_owned(), since: at(1), read_at: at(2) };
        assert_eq!(seen("fedcba9").check(Some(&live)), differs);
    }
}
