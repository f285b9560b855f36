//! A test of the way back: the console posts a signed callback to its own public address, for a deploy that does not exist.
//! The answer "no such deploy" comes only from behind a good signature. Nothing is recorded.

use std::{net::IpAddr, time::Duration};

use app::{
    api::{Check, CheckSubject, ErrorCode, Problem},
    domain::{DeployId, Status, Timestamp},
};
use reqwest::{StatusCode, Url, redirect};
use runtime::{ids::uuid_at, read_limited};
use serde_json::json;
use webhook::{MessageId, SigningSecrets, sign};

use super::found::{ok, problem, unknown, warning};

/// For the whole request.
const TIMEOUT: Duration = Duration::from_secs(4);
/// Bytes of the answer that are read.
const MAX_ANSWER: usize = 16 * 1024;

const SUBJECT: CheckSubject = CheckSubject::Callback;

/// Where callbacks are expected, and what they are signed with.
pub struct CallbackTest {
    http: reqwest::Client,
    url: String,
    /// None: no app takes signatures.
    secrets: Option<SigningSecrets>,
    /// Whether the workflows run on this machine, too.
    is_rehearsal: bool,
}

/// What became of the test callback.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Arrival {
    /// The console answered as it does behind a good signature.
    Arrived,
    /// The console answered that the signature is wrong.
    WrongSignature,
    /// Something answered, which is no answer of the console to a callback.
    OtherAnswer(StatusCode),
    /// The console answered, but could not decide.
    NotNow(StatusCode),
    /// Nothing listens there.
    Refused,
    NoAnswer,
}

impl CallbackTest {
    /// A test of this public address, which has no slash at its end.
    ///
    /// # Errors
    /// If the machine has no TLS to offer.
    pub fn new(
        url: String,
        secrets: impl Into<Option<SigningSecrets>>,
        is_rehearsal: bool,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("deploy-console/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { http, url, secrets: secrets.into(), is_rehearsal })
    }

    /// None, where no app takes signatures: an unsigned callback proves nothing.
    pub(super) async fn check(&self, now: Timestamp) -> Option<Check> {
        let arrival = self.post(now, self.secrets.as_ref()?).await;
        let reach = match self.url.parse::<Url>() {
            Ok(_) if self.is_rehearsal => Reach::Rehearsal,
            Ok(url) => Reach::of(url.host_str().unwrap_or_default()),
            Err(_) => Reach::Public,
        };
        Some(describe(arrival, &self.url, reach))
    }

    async fn post(&self, now: Timestamp, secrets: &SigningSecrets) -> Arrival {
        let deploy = DeployId::new(uuid_at(now));
        let body = json!({ "console_deploy_id": deploy, "status": Status::Building }).to_string();
        let (delivery, seconds) = (MessageId::from(&*uuid_at(now).to_string()), now.as_second());
        let request = self
            .http
            .post(format!("{}/api/internal/deploys/{deploy}/callback", self.url))
            .header("content-type", "application/json")
            .header("webhook-id", delivery.as_str())
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", sign(secrets, &delivery, seconds, body.as_bytes()));
        match request.body(body).send().await {
            Ok(answer) => {
                let status = answer.status();
                let body = read_limited(answer, MAX_ANSWER).await.unwrap_or_default();
                arrival(status, serde_json::from_slice::<Problem>(&body).ok().map(|problem| problem.code))
            }
            Err(error) if error.is_connect() => Arrival::Refused,
            Err(_) => Arrival::NoAnswer,
        }
    }
}

/// What an answer means, by its status and its code.
fn arrival(status: StatusCode, code: Option<ErrorCode>) -> Arrival {
    match code {
        Some(ErrorCode::UnknownDeploy) if status == StatusCode::NOT_FOUND => Arrival::Arrived,
        Some(ErrorCode::InvalidSignature) => Arrival::WrongSignature,
        Some(ErrorCode::DatabaseUnavailable | ErrorCode::Internal) => Arrival::NotNow(status),
        Some(_) | None => Arrival::OtherAnswer(status),
    }
}

/// From where an address can be reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reach {
    /// The simulated GitHub is here, too.
    Rehearsal,
    /// From this machine alone.
    Loopback,
    /// From one network alone.
    Private,
    /// From anywhere, as far as the address says.
    Public,
}

impl Reach {
    fn of(host: &str) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            _ if bare == "localhost" || bare.ends_with(".localhost") => Self::Loopback,
            Ok(address) if address.is_loopback() => Self::Loopback,
            Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => Self::Private,
            Ok(IpAddr::V6(address)) if address.is_unique_local() || address.is_unicast_link_local() => {
                Self::Private
            }
            // A name without a dot is one of this network.
            Err(_) if !bare.contains('.') => Self::Private,
            Ok(_) | Err(_) => Self::Public,
        }
    }
}

fn describe(arrival: Arrival, url: &str, reach: Reach) -> Check {
    let known_by =
        format!("a signed callback to {url}, for a deploy that does not exist, posted from this machine");
    match arrival {
        Arrival::Arrived => arrived(url, reach, known_by),
        Arrival::WrongSignature => problem(
            SUBJECT,
            format!("What answers at {url} does not accept this console's signature (401)."),
            known_by,
            "Give both the same DEPLOY_CALLBACK_HMAC_SECRET and restart; and compare their clocks, which may differ by 300 s.",
        ),
        Arrival::NotNow(status) => unknown(
            SUBJECT,
            format!("A callback reaches the console, which could not decide it now ({}).", status.as_u16()),
            known_by,
            "See /readyz and the log, and check again.",
        ),
        Arrival::OtherAnswer(status) => problem(
            SUBJECT,
            format!("What answers at {url} is not the console's answer to a callback ({}).", status.as_u16()),
            known_by,
            "Check CONSOLE_PUBLIC_URL, and let the proxy pass POST /api/internal/deploys/{id}/callback on without a sign-in.",
        ),
        Arrival::Refused if reach == Reach::Loopback => problem(
            SUBJECT,
            format!("Nothing listens at {url}."),
            known_by,
            "Start the console: deploy-console serve. If it runs elsewhere, set CONSOLE_PUBLIC_URL to its address.",
        ),
        Arrival::Refused | Arrival::NoAnswer => unknown(
            SUBJECT,
            format!("{url} gave no answer to this machine; GitHub's runners may still reach it."),
            known_by,
            format!(
                "From outside: curl -i {url}/healthz has to print ok. Check CONSOLE_PUBLIC_URL and the proxy."
            ),
        ),
    }
}

fn arrived(url: &str, reach: Reach, known_by: String) -> Check {
    let known_by = format!("{known_by}: it was answered as behind a good signature (404 unknown_deploy)");
    let advice = "Set CONSOLE_PUBLIC_URL to an address that the runners reach. Runners of your own on the same \
                  network may do without.";
    match reach {
        Reach::Rehearsal => ok(SUBJECT, format!("Signed callbacks arrive at {url}."), known_by),
        Reach::Public => {
            let found = format!("Signed callbacks arrive at {url}: address, proxy and secret are right.");
            ok(SUBJECT, found, known_by)
        }
        Reach::Loopback => {
            let found = format!(
                "Signed callbacks arrive, but {url} is this machine alone: GitHub's runners cannot reach it."
            );
            warning(SUBJECT, found, known_by, advice)
        }
        Reach::Private => {
            let found = format!(
                "Signed callbacks arrive, but {url} is within a network: GitHub's own runners cannot reach it."
            );
            warning(SUBJECT, found, known_by, advice)
        }
    }
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult::{Ok as Good, Problem as Bad, Unknown, Warning};

    use super::*;

    #[test]
    fn only_answer_behind_a_good_signature_counts() {
        let status = |code: u16| StatusCode::from_u16(code).unwrap();
        for (code, error, expected) in [
            (404, Some(ErrorCode::UnknownDeploy), Arrival::Arrived),
            (404, None, Arrival::OtherAnswer(status(404))),
            (404, Some(ErrorCode::NotFound), Arrival::OtherAnswer(status(404))),
            (401, Some(ErrorCode::InvalidSignature), Arrival::WrongSignature),
            (401, None, Arrival::OtherAnswer(status(401))),
            (302, None, Arrival::OtherAnswer(status(302))),
            (503, Some(ErrorCode::DatabaseUnavailable), Arrival::NotNow(status(503))),
            (503, None, Arrival::OtherAnswer(status(503))),
            (200, None, Arrival::OtherAnswer(status(200))),
        ] {
            assert_eq!(arrival(status(code), error), expected, "{code} {error:?}");
        }
    }

    #[test]
    fn address_says_from_where_it_is_reached() {
        for (host, expected) in [
            ("localhost", Reach::Loopback),
            ("127.0.0.1", Reach::Loopback),
            ("[::1]", Reach::Loopback),
            ("10.1.2.3", Reach::Private),
            ("192.168.0.9", Reach::Private),
            ("172.16.0.1", Reach::Private),
            ("[fd00::1]", Reach::Private),
            ("deploys", Reach::Private),
            ("deploys.example.com", Reach::Public),
            ("192.0.2.1", Reach::Public),
            ("[2001:db8::1]", Reach::Public),
        ] {
            assert_eq!(Reach::of(host), expected, "{host}");
        }
    }

    #[test]
    fn each_arrival_has_its_result() {
        let bad_gateway = StatusCode::BAD_GATEWAY;
        for (arrival, reach, expected) in [
            (Arrival::Arrived, Reach::Rehearsal, Good),
            (Arrival::Arrived, Reach::Public, Good),
            (Arrival::Arrived, Reach::Loopback, Warning),
            (Arrival::Arrived, Reach::Private, Warning),
            (Arrival::WrongSignature, Reach::Public, Bad),
            (Arrival::OtherAnswer(bad_gateway), Reach::Public, Bad),
            (Arrival::NotNow(bad_gateway), Reach::Public, Unknown),
            (Arrival::Refused, Reach::Loopback, Bad),
            (Arrival::Refused, Reach::Public, Unknown),
            (Arrival::NoAnswer, Reach::Loopback, Unknown),
        ] {
            let check = describe(arrival, "http://x", reach);
            assert_eq!(check.result, expected, "{arrival:?} {reach:?}");
            assert_eq!(check.advice.is_none(), expected == Good, "{check:?}");
        }
    }
}
