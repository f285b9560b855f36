//! A simulated GitHub, and what asks it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use app::domain::DeployId;
use github_description::{Description, Exchange};
use github_fake::{Settings, SimulatedGitHub};
use reqwest::{Method, Response, redirect::Policy};
use runtime::{
    clock::{Clock, SystemClock},
    ids::uuid_at,
};
use serde_json::{Value, json};

pub(crate) const RUNS: &str = "/actions/workflows/deploy.yml/runs";
pub(crate) const DISPATCHES: &str = "/actions/workflows/deploy.yml/dispatches";

/// One repository of it, `acme/shop`.
pub(crate) struct Web {
    pub(crate) github: SimulatedGitHub,
    http: reqwest::Client,
    violations: Arc<Mutex<Vec<String>>>,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
    headers: reqwest::header::HeaderMap,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let json = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
        Self { status, json, headers }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.json["message"].as_str().unwrap_or_default()
    }

    /// One member of each entry of a list.
    pub(crate) fn each(&self, list: &str, member: &str) -> Vec<Value> {
        self.json[list].as_array().unwrap().iter().map(|entry| entry[member].clone()).collect()
    }
}

impl Web {
    /// Where only the tests say what becomes of jobs.
    pub(crate) async fn new() -> Self {
        Self::start(false).await
    }

    /// Where jobs run, as fast as they can.
    pub(crate) async fn with_jobs() -> Self {
        Self::start(true).await
    }

    async fn start(jobs: bool) -> Self {
        let settings = Settings {
            console_url: "http://127.0.0.1:9".to_owned(),
            secrets: "the secret of the tests".parse().unwrap(),
            pace: Duration::ZERO,
            jobs,
        };
        let github = SimulatedGitHub::start(settings).await.unwrap();
        let violations = Arc::new(Mutex::new(Vec::new()));
        let found = Arc::clone(&violations);
        github.observe(move |seen| {
            let exchange = Exchange {
                method: &seen.method,
                path: &seen.path,
                query: &seen.query,
                sent: &seen.sent,
                status: seen.status.as_u16(),
                body: &seen.body,
                is_fault: seen.is_fault,
            };
            found.lock().unwrap().extend(Description::get().violations(&exchange));
        });
        let http = reqwest::Client::builder().user_agent("tests").redirect(Policy::none()).build().unwrap();
        Self { github, http, violations }
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.ask_as("of the tests", method, path)
    }

    pub(crate) fn ask_as(&self, token: &str, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.at(method, &format!("/repos/acme/shop{path}")).bearer_auth(token)
    }

    /// A request to any address of it, by nobody.
    pub(crate) fn at(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.github.url()))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = Answer::of(request.send().await.unwrap()).await;
        self.check();
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.ask(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.send(self.ask(Method::POST, path)).await
    }

    /// Everything so far was as it is described.
    #[track_caller]
    pub(crate) fn check(&self) {
        let violations = std::mem::take(&mut *self.violations.lock().unwrap());
        assert!(violations.is_empty(), "{violations:#?}");
    }

    pub(crate) async fn dispatch(&self, body: &Value) -> Answer {
        self.send(self.ask(Method::POST, DISPATCHES).json(body)).await
    }

    /// A run for a new deploy.
    pub(crate) async fn run(&self, environment: &str) -> (DeployId, i64) {
        let deploy = DeployId::new(uuid_at(SystemClock.now()));
        let mut body = order(environment);
        body["inputs"]["console_deploy_id"] = deploy.to_string().into();
        let answer = self.dispatch(&body).await;
        (deploy, answer.json["workflow_run_id"].as_i64().unwrap())
    }

    /// The jobs of the latest attempt of a run, by these members.
    pub(crate) async fn jobs(&self, run: i64, members: &[&str]) -> Vec<Vec<Value>> {
        let answer = self.get(&format!("/actions/runs/{run}/jobs")).await;
        let jobs = answer.json["jobs"].as_array().unwrap();
        jobs.iter().map(|job| members.iter().map(|member| job[*member].clone()).collect()).collect()
    }
}

/// A dispatch as the console sends it, but for the deploy.
pub(crate) fn order(environment: &str) -> Value {
    json!({
        "ref": "main",
        "inputs": { "environment": environment, "git_ref": "main" },
        "return_run_details": true,
    })
}

/// Looks again until there is something to see, for less than half a minute.
pub(crate) async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let seen = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::task::yield_now().await;
        }
    };
    let seen = tokio::time::timeout(Duration::from_secs(20), seen).await;
    seen.unwrap_or_else(|_| panic!("never {what}"))
}
