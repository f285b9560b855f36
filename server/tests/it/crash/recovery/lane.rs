//! One environment of the load: Deploy is pressed, the workflow reports its steps, and so on from the start.
//! Every report comes twice at once, under two delivery ids, from two who do not know of each other.

use std::net::SocketAddr;

use app::{api::ErrorCode, domain::DeployId};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::support::{
    raw::{RawAnswer, send, whole},
    site::{callback, press},
};

/// What a workflow reports, in its order.
const PATH: [&str; 7] = [
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
];

/// What the server said, and so has to stand by.
#[derive(Clone, Debug)]
pub(super) enum Answered {
    /// A press made this deploy, or had made it.
    Deploy { key: String, environment: &'static str, id: DeployId },
    /// The press of a server that is gone is still to be answered, for all this one knows.
    InFlight { key: String, id: DeployId },
    /// A callback was decided.
    Callback { delivery: String, id: DeployId, status: &'static str, outcome: String },
}

/// Where an environment is. It goes on from there with the next server.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) environment: &'static str,
    /// Deploys before this one.
    before: usize,
    deploy: Option<DeployId>,
    /// Steps that were reported.
    reported: usize,
}

type Say = UnboundedSender<Answered>;

impl Lane {
    pub(super) fn new(environment: &'static str) -> Self {
        Self { environment, before: 0, deploy: None, reported: 0 }
    }

    /// How many keys were used so far: each is one deploy at most.
    pub(super) const fn keys(&self) -> usize {
        self.before + 1
    }

    /// Goes on until the server is gone.
    pub(super) async fn work(mut self, address: SocketAddr, say: Say) -> Self {
        while self.step(address, &say).await.is_some() {}
        self
    }

    /// None: the server was gone before it had answered all of it.
    async fn step(&mut self, address: SocketAddr, say: &Say) -> Option<()> {
        let Some(id) = self.deploy else {
            self.deploy = Some(self.press(address, say).await?);
            return Some(());
        };
        let status = PATH[self.reported];
        let (one, other) = tokio::join!(
            self.report(address, id, status, "one", say),
            self.report(address, id, status, "other", say)
        );
        one.and(other)?;
        self.reported += 1;
        if self.reported == PATH.len() {
            *self = Self { before: self.before + 1, ..Self::new(self.environment) };
        }
        Some(())
    }

    async fn press(&self, address: SocketAddr, say: &Say) -> Option<DeployId> {
        let key = format!("{}-{}", self.environment, self.before);
        let (answer, body) = ask(address, &press(&key, self.environment)).await?;
        match answer.status() {
            Some(201 | 200) => {
                let id = id_of(&body);
                let _ = say.send(Answered::Deploy { key, environment: self.environment, id });
                Some(id)
            }
            // It was recorded and not answered: the row is there.
            Some(409) if body["code"] == json!(ErrorCode::IdempotencyKeyInFlight) => {
                let newest = format!("/api/internal/deploys?environment={}&limit=1", self.environment);
                let (_, page) = ask(address, &whole("GET", &newest, &[], "")).await?;
                let id = id_of(&page["deploys"][0]);
                let _ = say.send(Answered::InFlight { key, id });
                Some(id)
            }
            _ => panic!("{key}: {answer:?}"),
        }
    }

    async fn report(
        &self,
        address: SocketAddr,
        id: DeployId,
        status: &'static str,
        who: &str,
        say: &Say,
    ) -> Option<()> {
        let delivery = format!("{}-{}-{status}-{who}", self.environment, self.before);
        let (answer, body) = ask(address, &callback(id, &delivery, status)).await?;
        assert_eq!(answer.status(), Some(200), "{delivery}: {answer:?}");
        let outcome = body["outcome"].as_str().unwrap().to_owned();
        let _ = say.send(Answered::Callback { delivery, id, status, outcome });
        Some(())
    }
}

/// None: the server was gone before it had answered.
pub(super) async fn ask(address: SocketAddr, request: &str) -> Option<(RawAnswer, Value)> {
    let answer = send(address, request).await.ok()?;
    let body = answer.json();
    (!body.is_null()).then_some((answer, body))
}

#[track_caller]
fn id_of(deploy: &Value) -> DeployId {
    deploy["id"].as_str().unwrap_or_else(|| panic!("{deploy}")).parse().unwrap()
}
