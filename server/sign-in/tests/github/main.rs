//! Signing in with GitHub, as the simulated one does it.

#![allow(clippy::unwrap_used, reason = "in a test, that is how to fail")]

use std::{sync::Arc, time::Duration};

use github_fake::{Settings, SimulatedGitHub};
use reqwest::{header, redirect::Policy};
use runtime::clock::SystemClock;
use serde_json::{Map, Value, json};
use sign_in::{Answer, Attempt, GitHubOAuthSettings, Person, Provider, SignInError};
use url::Url;

const REDIRECT: &str = "http://localhost:3000/auth/callback";
const SECRET: &str = "the secret of the tests";

struct World {
    github: SimulatedGitHub,
    provider: Provider,
}

impl World {
    async fn new() -> Self {
        let settings = Settings {
            console_url: "http://127.0.0.1:9".to_owned(),
            secrets: "the secret of the tests".parse().unwrap(),
            pace: Duration::ZERO,
            jobs: false,
        };
        let github = SimulatedGitHub::start(settings).await.unwrap();
        github.set_oauth_app("Iv1.console", SECRET, REDIRECT);
        github.set_person("ada", 4_711, &["acme"], &["acme/ops"]);
        let provider = provider_at(&github, SECRET, REDIRECT);
        Self { github, provider }
    }

    /// Presses a button on GitHub's page; an empty one refuses.
    async fn authorized(&self, login: &str) -> (Attempt, Answer) {
        let begun = self.provider.begin().await.unwrap();
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let page = http.get(begun.url.clone()).send().await.unwrap();
        let location = if page.status() == 200 {
            assert!(page.text().await.unwrap().contains(&format!("value=\"{login}\"")));
            let fields = begun.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
            let fields = fields.chain([("login".to_owned(), login.to_owned())]);
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let mut address = begun.url.clone();
            address.set_query(None);
            let form = http
                .post(address)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form);
            form.send().await.unwrap().headers()[header::LOCATION].clone()
        } else {
            page.headers()[header::LOCATION].clone()
        };
        (begun.attempt, answer_in(location.to_str().unwrap()))
    }

    async fn sign_in(&self, login: &str) -> Result<Person, SignInError> {
        let (attempt, answer) = self.authorized(login).await;
        self.provider.finish(attempt, answer).await
    }
}

fn provider_at(github: &SimulatedGitHub, secret: &str, redirect: &str) -> Provider {
    let url: Url = github.url().parse().unwrap();
    let settings = GitHubOAuthSettings {
        client_id: "Iv1.console".to_owned(),
        client_secret: secret.into(),
        api_url: url.clone(),
        web_url: url,
    };
    Provider::github(settings, redirect.parse().unwrap(), Arc::new(SystemClock)).unwrap()
}

fn answer_in(location: &str) -> Answer {
    let back: Url = location.parse().unwrap();
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    let query: Map<_, _> =
        back.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    serde_json::from_value(Value::Object(query)).unwrap()
}

#[tokio::test]
async fn person_is_as_github_says() {
    let world = World::new().await;
    let person = world.sign_in("ada").await.unwrap();
    let groups = vec!["acme".to_owned(), "acme/ops".to_owned()];
    assert_eq!(person, Person { id: "github:4711".to_owned(), name: "ada".to_owned(), groups });
}

#[tokio::test]
async fn f90_groups_are_those_of_this_sign_in_at_github() {
    let world = World::new().await;
    world.sign_in("ada").await.unwrap();
    world.github.set_person("ada", 4_711, &["acme", "other"], &[]);
    assert_eq!(world.sign_in("ada").await.unwrap().groups, ["acme", "other"]);
    world.github.set_single_sign_on("other", true);
    assert_eq!(world.sign_in("ada").await.unwrap().groups, ["acme"], "it does not show itself to the app");
}

#[tokio::test]
async fn all_pages_are_read() {
    let world = World::new().await;
    let organizations: Vec<_> = (0..101).map(|number| format!("o{number}")).collect();
    let teams: Vec<_> = (0..250).map(|number| format!("o1/t{number}")).collect();
    let all = |names: &[String]| -> Vec<String> { names.to_vec() };
    let texts =
        |names: &'static [String]| -> Vec<&'static str> { names.iter().map(String::as_str).collect() };
    let (organizations, teams) = (all(&organizations).leak(), all(&teams).leak());
    world.github.set_person("ada", 4_711, &texts(organizations), &texts(teams));
    let groups = world.sign_in("ada").await.unwrap().groups;
    assert_eq!((groups.len(), groups[100].as_str(), groups[350].as_str()), (351, "o100", "o1/t249"));
}

#[tokio::test]
async fn f89_refusals_of_github_are_told_apart() {
    let world = World::new().await;
    assert_eq!(world.sign_in("").await.unwrap_err(), SignInError::RefusedByPerson);
    let (attempt, answer) = world.authorized("ada").await;
    world.provider.finish(attempt.clone(), answer.clone()).await.unwrap();
    let replayed = world.provider.finish(attempt.clone(), answer.clone()).await.unwrap_err();
    assert_eq!(replayed.code(), "code_refused");
    let (_, foreign) = world.authorized("ada").await;
    assert_eq!(world.provider.finish(attempt, foreign).await.unwrap_err(), SignInError::WrongState);
    let (attempt, answer) = world.authorized("ada").await;
    world.github.expire_oauth_codes();
    assert_eq!(world.provider.finish(attempt, answer).await.unwrap_err().code(), "code_refused");
    let (attempt, mut answer) = world.authorized("ada").await;
    let (_, stolen) = world.authorized("ada").await;
    answer.code = stolen.code;
    let injected = world.provider.finish(attempt, answer).await.unwrap_err();
    assert_eq!(injected.code(), "code_refused", "the code belongs to another verifier");
}

#[tokio::test]
async fn wrong_credentials_are_those_of_the_console() {
    let world = World::new().await;
    let (github, elsewhere) = (world.github.clone(), "http://localhost:3000/elsewhere");
    let wrong = World { provider: provider_at(&github, "another", REDIRECT), ..world };
    let error = wrong.sign_in("ada").await.unwrap_err();
    assert_eq!(error.code(), "client_refused");
    assert!(error.cause().unwrap().starts_with("incorrect_client_credentials"), "{:?}", error.cause());
    let wrong = World { provider: provider_at(&github, SECRET, elsewhere), ..wrong };
    assert_eq!(wrong.sign_in("ada").await.unwrap_err().code(), "client_refused");
}

#[tokio::test]
async fn f89_github_that_is_away_is_said_to_be() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away: Url = format!("http://{free}").parse().unwrap();
    let settings = GitHubOAuthSettings {
        client_id: "Iv1.console".to_owned(),
        client_secret: SECRET.into(),
        api_url: away.clone(),
        web_url: away,
    };
    let provider = Provider::github(settings, REDIRECT.parse().unwrap(), Arc::new(SystemClock)).unwrap();
    let begun = provider.begin().await.unwrap();
    let state = begun.url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let answer = Answer { code: Some("c".to_owned()), state: Some(state), ..Answer::default() };
    assert_eq!(provider.finish(begun.attempt, answer).await.unwrap_err().code(), "provider_away");
}
