//! An OpenID provider over HTTP.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::SignedDuration;
use runtime::clock::{Clock, ManualClock};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sign_in::{Answer, Attempt, OidcSettings, Person, Provider, SignInError};
use url::Url;

use crate::signed::{Signing, base64, published, token};

pub(crate) const CLIENT: &str = "console";
pub(crate) const SECRET: &str = "the secret of the tests";
pub(crate) const ACCESS_TOKEN: &str = "access-t0ken";
const REDIRECT: &str = "https://console.example.com/auth/callback";

/// A provider, and the console's side of it.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) provider: Provider,
    state: Arc<Mutex<Stub>>,
}

/// What the provider does.
pub(crate) struct Stub {
    pub(crate) signing: Signing,
    pub(crate) keys: Vec<Value>,
    /// What it says of the person in the ID token; null: it leaves the claim out.
    pub(crate) claims: Map<String, Value>,
    /// What it says of them elsewhere.
    pub(crate) user_info: Option<Value>,
    /// Added to what it says of itself.
    pub(crate) metadata: Map<String, Value>,
    /// In the redirect.
    pub(crate) iss: Option<String>,
    pub(crate) trouble: Option<Trouble>,
    /// Whether it takes the client's secret in the body alone.
    pub(crate) is_told_in_body: bool,
    pub(crate) reads_of_metadata: u32,
    pub(crate) reads_of_keys: u32,
    codes: HashMap<String, HashMap<String, String>>,
}

/// Instead of every answer of its endpoints.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    Status(u16),
    NotJson,
    Huge,
    Redirect(String),
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(ManualClock::at("2026-11-29T12:00:00Z".parse().unwrap()));
        let state = Arc::new(Mutex::new(Stub {
            signing: Signing::Rsa { key: 0, id: "one" },
            keys: vec![published(0, "one")],
            claims: object(json!({ "preferred_username": "ada", "groups": ["ops"] })),
            user_info: None,
            metadata: Map::new(),
            iss: None,
            trouble: None,
            is_told_in_body: false,
            reads_of_metadata: 0,
            reads_of_keys: 0,
            codes: HashMap::new(),
        }));
        let provider = provider_at(&url, Arc::clone(&clock));
        let world = Self { url, clock, provider, state };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(exchange))
            .route("/userinfo", get(user_info))
            .with_state(world.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        world
    }

    pub(crate) fn stub(&self) -> MutexGuard<'_, Stub> {
        self.state.lock().unwrap()
    }

    /// How often its metadata and its keys were read.
    pub(crate) fn reads(&self) -> (u32, u32) {
        let stub = self.stub();
        (stub.reads_of_metadata, stub.reads_of_keys)
    }

    /// Goes to the provider, which sends back at once.
    pub(crate) async fn authorized(&self) -> Result<(Attempt, Answer), SignInError> {
        let begun = self.provider.begin().await?;
        Ok((begun.attempt, visit(&begun.url).await))
    }

    pub(crate) async fn sign_in(&self) -> Result<Person, SignInError> {
        let (attempt, answer) = self.authorized().await?;
        self.provider.finish(attempt, answer).await
    }

    /// Signs in, which has to fail like this, with a sentence for the person.
    pub(crate) async fn refused(&self) -> &'static str {
        let error = self.sign_in().await.unwrap_err();
        check_words(&error);
        error.code()
    }
}

/// No error shows a secret, and each says what to do.
pub(crate) fn check_words(error: &SignInError) {
    let shown = format!("{error} {error:?} {}", error.cause().unwrap_or_default());
    for secret in [SECRET, ACCESS_TOKEN, "eyJ", "code-"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let sentence = error.to_string();
    assert!(
        ["Begin again", "Try again", "Tell whoever"].iter().any(|help| sentence.contains(help)),
        "{sentence}"
    );
}

pub(crate) fn provider_at(url: &str, clock: Arc<ManualClock>) -> Provider {
    let settings = OidcSettings {
        issuer: url.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.into(),
        scopes: ["openid", "profile", "groups"].map(str::to_owned).into(),
        name_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
    };
    Provider::oidc(settings, REDIRECT.parse().unwrap(), clock).unwrap()
}

async fn visit(url: &Url) -> Answer {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = http.get(url.clone()).send().await.unwrap();
    let back = answer.headers()[header::LOCATION].to_str().unwrap();
    let back: Url = back.parse().unwrap();
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    let query: Map<_, _> =
        back.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    serde_json::from_value(Value::Object(query)).unwrap()
}

async fn metadata(State(world): State<World>) -> Response {
    world.stub().reads_of_metadata += 1;
    let url = &world.url;
    let mut metadata = object(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    }));
    metadata.extend(world.stub().metadata.clone());
    world.answer(StatusCode::OK, &metadata.into())
}

async fn keys(State(world): State<World>) -> Response {
    world.stub().reads_of_keys += 1;
    let keys = json!({ "keys": world.stub().keys });
    world.answer(StatusCode::OK, &keys)
}

/// Lets everybody in, if the request is as it has to be.
async fn authorize(State(world): State<World>, Query(asked): Query<HashMap<String, String>>) -> Response {
    assert_eq!((&*asked["response_type"], &*asked["client_id"]), ("code", CLIENT));
    assert_eq!((&*asked["scope"], &*asked["code_challenge_method"]), ("openid profile groups", "S256"));
    let mut stub = world.stub();
    let code = format!("code-{}", stub.codes.len());
    let mut query = vec![("code", code.clone()), ("state", asked["state"].clone())];
    query.extend(stub.iss.clone().map(|iss| ("iss", iss)));
    let back = Url::parse_with_params(&asked["redirect_uri"], query).unwrap();
    stub.codes.insert(code, asked);
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response()
}

async fn exchange(
    State(world): State<World>,
    headers: HeaderMap,
    Form(sent): Form<HashMap<String, String>>,
) -> Response {
    let refuse = |error: &str| {
        let answer = json!({ "error": error, "error_description": "as a test wants it" });
        world.answer(StatusCode::BAD_REQUEST, &answer)
    };
    let credentials = format!("{CLIENT}:{}", SECRET.replace(' ', "+"));
    let in_header = format!("Basic {}", BASE64_STANDARD.encode(credentials));
    let is_known = match headers.get(header::AUTHORIZATION) {
        Some(header) => !world.stub().is_told_in_body && *header == in_header,
        None => {
            world.stub().is_told_in_body && sent["client_id"] == CLIENT && sent["client_secret"] == SECRET
        }
    };
    if !is_known {
        return refuse("invalid_client");
    }
    let asked = world.stub().codes.remove(&sent["code"]);
    let challenge = base64(Sha256::digest(&sent["code_verifier"]));
    let Some(asked) = asked.filter(|asked| asked["code_challenge"] == challenge) else {
        return refuse("invalid_grant");
    };
    assert_eq!(
        (sent["grant_type"].as_str(), &sent["redirect_uri"]),
        ("authorization_code", &asked["redirect_uri"])
    );
    let (claims, signing) = (world.claims(&asked["nonce"]), world.stub().signing.clone());
    let answer = json!({
        "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 60,
        "id_token": token(&claims, &signing),
    });
    world.answer(StatusCode::OK, &answer)
}

async fn user_info(State(world): State<World>, headers: HeaderMap) -> Response {
    assert_eq!(headers[header::AUTHORIZATION], format!("Bearer {ACCESS_TOKEN}"));
    let told = world.stub().user_info.clone();
    told.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |told| world.answer(StatusCode::OK, &told))
}

impl World {
    fn claims(&self, nonce: &str) -> Value {
        let now = self.clock.now();
        let mut claims = object(json!({
            "iss": self.url, "aud": CLIENT, "sub": "s-1", "nonce": nonce,
            "iat": now.as_second(), "exp": (now + SignedDuration::from_mins(5)).as_second(),
        }));
        claims.extend(self.stub().claims.clone());
        claims.retain(|_, value| !value.is_null());
        claims.into()
    }

    fn answer(&self, status: StatusCode, json: &Value) -> Response {
        match self.stub().trouble.clone() {
            None => (status, Json(json)).into_response(),
            Some(Trouble::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
            Some(Trouble::NotJson) => axum::response::Html("<h1>Maintenance</h1>").into_response(),
            Some(Trouble::Huge) => "x".repeat(2 * 1024 * 1024).into_response(),
            Some(Trouble::Redirect(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        }
    }
}
