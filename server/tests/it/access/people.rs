//! People who ask, as a trusted proxy names them.

use std::net::IpAddr;

use axum::{body::Body, http::request::Builder};
use serde_json::Value;
use server::{
    access::Peer,
    config::{ProxyConfig, SignInConfig},
};

use crate::support::{Answer, CONSOLE_TOML, Given, PROXY, TestConsole, fresh, request};

/// By the word of a proxy.
pub fn by_proxy() -> SignInConfig {
    SignInConfig::Proxy(ProxyConfig {
        user: "x-forwarded-user".parse().unwrap(),
        groups: "x-forwarded-groups".parse().unwrap(),
    })
}

/// A console with two apps, where people sign in, and these grants.
pub async fn console(grants: &str) -> TestConsole {
    console_with(grants, Given::default()).await
}

/// The app of which nothing is shown to who has no grant on it.
pub const FOREIGN: &str = "canary";

pub async fn console_with(grants: &str, given: Given<'_>) -> TestConsole {
    let apps = format!("{}\n{}\n{grants}", CONSOLE_TOML, CONSOLE_TOML.replace("shop", FOREIGN));
    TestConsole::given(Given { apps: &apps, sign_in: by_proxy(), ..given }).await
}

/// Somebody, or nobody.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    console: &'a TestConsole,
    /// Without one, nobody.
    name: Option<&'a str>,
    groups: &'a str,
}

pub fn person<'a>(console: &'a TestConsole, name: &'a str, groups: &'a str) -> Person<'a> {
    Person { console, name: Some(name), groups }
}

pub fn nobody(console: &TestConsole) -> Person<'_> {
    Person { console, name: None, groups: "" }
}

impl Person<'_> {
    pub fn request(&self, method: &str, path: &str) -> Builder {
        let builder = request(method, path).extension(Peer(PROXY.parse::<IpAddr>().unwrap()));
        match self.name {
            Some(name) => builder.header("x-forwarded-user", name).header("x-forwarded-groups", self.groups),
            None => builder,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.console.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request("POST", path);
        let request = request.header("content-type", "application/json").header("idempotency-key", fresh());
        self.console.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// Posts a form as a page does. Returns the answer, with the code of the problem that the page is told.
    pub async fn form(&self, path: &str, body: &str) -> (Answer, Option<String>) {
        let request = self.request("POST", path).header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = self.console.send(request.body(body.to_owned().into()).unwrap()).await;
        let location = answer.header("location").unwrap_or_default();
        let problem = location.split_once("problem=").map(|(_, rest)| rest.split('&').next().unwrap());
        // Who has no grant at all is sent to the page that says so.
        let code = if location == "/me" { Some("not_allowed") } else { problem }.map(str::to_owned);
        (answer, code)
    }
}
