//! GitHub Actions as an issuer of identity tokens: its keys, and what its tokens say of a run.

use std::collections::BTreeSet;

use app::domain::Timestamp;
use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};

use super::{Model, apps::pem};
use crate::run::SimulatedRun;

/// Seconds for which a token is good, and before its making from which it is.
const LASTS: i64 = 300;
const SINCE: i64 = 600;

#[derive(Debug, Default)]
pub(super) struct Identity {
    /// The newest last: it signs.
    keys: Vec<IdentityKey>,
    /// How many keys there ever were.
    made: u32,
    is_away: bool,
    /// How often the keys were read.
    reads: u32,
    tokens: u32,
    /// The repositories whose simulated workflows prove themselves by tokens.
    reporters: BTreeSet<String>,
}

#[derive(Clone)]
struct IdentityKey {
    signs: EncodingKey,
    name: String,
    is_published: bool,
}

impl std::fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("IdentityKey").field(&self.name).finish()
    }
}

impl IdentityKey {
    fn new(name: String) -> Option<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let private = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).ok()?;
        let signs = EncodingKey::from_rsa_pem(pem(private.as_ref()).as_bytes()).ok()?;
        Some(Self { signs, name, is_published: true })
    }

    fn public(&self) -> Option<Value> {
        let mut key =
            serde_json::to_value(Jwk::from_encoding_key(&self.signs, Algorithm::RS256).ok()?).ok()?;
        key["kid"] = json!(self.name);
        key["use"] = json!("sig");
        Some(key)
    }

    fn sign(&self, claims: &Value) -> Option<String> {
        let header = Header { kid: Some(self.name.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.signs).ok()
    }
}

impl Identity {
    fn current(&mut self) -> Option<&IdentityKey> {
        if self.keys.is_empty() {
            self.add_key();
        }
        self.keys.last()
    }

    fn add_key(&mut self) {
        self.made += 1;
        self.keys.extend(IdentityKey::new(format!("simulated-{:04}", self.made)));
    }
}

impl Model {
    /// Signs with a new key from now on. The one before is published for some time more, or is taken back at once.
    pub(crate) fn rotate_identity_keys(&self, keep_old: bool) {
        let identity = &mut self.state().identity;
        identity.current();
        for key in &mut identity.keys {
            key.is_published &= keep_old;
        }
        identity.add_key();
    }

    pub(crate) fn set_identity_away(&self, is_away: bool) {
        self.state().identity.is_away = is_away;
    }

    /// Counts a read of the keys, and answers with them; none, while the issuer is away.
    pub(crate) fn read_identity_keys(&self) -> Option<Vec<Value>> {
        let identity = &mut self.state().identity;
        identity.reads += 1;
        identity.current();
        let published = identity.keys.iter().filter(|key| key.is_published);
        (!identity.is_away).then(|| published.filter_map(IdentityKey::public).collect())
    }

    pub(crate) fn is_identity_away(&self) -> bool {
        self.state().identity.is_away
    }

    pub(crate) fn identity_reads(&self) -> u32 {
        self.state().identity.reads
    }

    /// A token with these claims, by the newest key.
    pub(crate) fn sign_identity(&self, claims: &Value) -> Option<String> {
        self.state().identity.current()?.sign(claims)
    }

    /// The same, by a key of this name that was never published.
    pub(crate) fn sign_identity_with_stranger(&self, claims: &Value, name: &str) -> Option<String> {
        IdentityKey::new(name.to_owned())?.sign(claims)
    }

    /// The newest key, as it is published.
    pub(crate) fn identity_key(&self) -> Option<Value> {
        self.state().identity.current()?.public()
    }

    pub(crate) fn report_by_identity(&self, repo: &str) {
        self.state().identity.reporters.insert(repo.to_owned());
    }

    pub(crate) fn reports_by_identity(&self, repo: &str) -> bool {
        self.state().identity.reporters.contains(repo)
    }

    /// What GitHub says in a token for this run.
    pub(crate) fn identity_claims(
        &self,
        run: i64,
        issuer: &str,
        audience: &str,
        now: Timestamp,
    ) -> Option<Value> {
        let run = self.run_with_id(run)?;
        let workflow = self.workflow(&run.repo, &run.workflow);
        let name = workflow.name.unwrap_or_else(|| format!(".github/workflows/{}", run.workflow));
        let number = self.number_of_repo(&run.repo);
        let token = {
            let identity = &mut self.state().identity;
            identity.tokens += 1;
            identity.tokens
        };
        let at = now.as_second();
        let mut claims = claims_of_run(&run, &name, number);
        claims["jti"] = json!(format!("00000000-0000-4000-8000-{token:012}"));
        claims["iss"] = json!(issuer);
        claims["aud"] = json!(audience);
        claims["iat"] = json!(at);
        claims["nbf"] = json!(at - SINCE);
        claims["exp"] = json!(at + LASTS);
        Some(claims)
    }

    /// A token for a job of this run, as GitHub gives one: while the run goes on, to a job that was granted `id-token: write`, and
    /// to no fork.
    pub(crate) fn identity_token(
        &self,
        run: i64,
        job: &str,
        issuer: &str,
        audience: &str,
        now: Timestamp,
    ) -> Option<String> {
        let found = self.run_with_id(run)?;
        let file = self.workflow(&found.repo, &found.workflow);
        let is_granted = file.jobs.iter().any(|template| template.id == job && template.may_ask_identity);
        let is_own = found.head_repo == found.repo;
        if !is_granted || !is_own || found.now.conclusion.is_some() {
            return None;
        }
        self.sign_identity(&self.identity_claims(run, issuer, audience, now)?)
    }
}

/// Every member that GitHub documents and that is of the run. Numbers are strings there.
fn claims_of_run(run: &SimulatedRun, workflow: &str, repository: usize) -> Value {
    let SimulatedRun { repo, git_ref, head_sha, .. } = run;
    let (owner, _) = repo.split_once('/').unwrap_or((repo, ""));
    let is_pull_request = run.event == "pull_request";
    let full_ref = match run.event.as_str() {
        "pull_request" => "refs/pull/7/merge".to_owned(),
        _ if git_ref.starts_with("refs/") => git_ref.clone(),
        _ => format!("refs/heads/{git_ref}"),
    };
    let workflow_ref = format!("{repo}/.github/workflows/{}@{full_ref}", run.workflow);
    json!({
        "sub": if is_pull_request { format!("repo:{repo}:pull_request") } else { format!("repo:{repo}:ref:{full_ref}") },
        "ref": full_ref,
        "ref_type": if full_ref.starts_with("refs/tags/") { "tag" } else { "branch" },
        "ref_protected": "false",
        "sha": head_sha,
        "repository": repo,
        "repository_id": repository.to_string(),
        "repository_owner": owner,
        "repository_owner_id": "1",
        "repository_visibility": "private",
        "run_id": run.id.to_string(),
        "run_number": run.number.to_string(),
        "run_attempt": run.now.number.to_string(),
        "runner_environment": "github-hosted",
        "actor": run.actor,
        "actor_id": "583231",
        "workflow": workflow,
        "workflow_ref": workflow_ref,
        "workflow_sha": head_sha,
        "job_workflow_ref": workflow_ref,
        "job_workflow_sha": head_sha,
        "head_ref": if is_pull_request { git_ref } else { "" },
        "base_ref": if is_pull_request { "main" } else { "" },
        "event_name": run.event,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::now, model::ForeignRun, workflow_file::WorkflowFile};

    const ISSUER: &str = "http://127.0.0.1:1/actions-identity";

    /// A repository whose workflow has a job with the permission and one without.
    fn model() -> Model {
        let model = Model::default();
        let text = "on:\n  workflow_dispatch:\n  pull_request:\npermissions: {id-token: write}\njobs:\n  deploy: {steps: []}\n  \
                    test: {permissions: {contents: read}, steps: []}\n";
        model.write_workflow("acme/shop", "deploy.yml", WorkflowFile::parse(text).unwrap());
        model
    }

    fn has_token(model: &Model, run: i64, job: &str) -> bool {
        model.identity_token(run, job, ISSUER, "https://console.test", now()).is_some()
    }

    #[test]
    fn only_jobs_with_the_permission_get_tokens_while_their_run_goes_on() {
        let model = model();
        let run = model.by_hand("acme/shop", "deploy.yml", "staging", "main", now());
        assert!(has_token(&model, run, "deploy"));
        assert!(!has_token(&model, run, "test") && !has_token(&model, run, "other"));
        assert!(!has_token(&model, run + 1, "deploy"), "there is no such run");
        model.end(run, "success", now());
        assert!(!has_token(&model, run, "deploy"), "it has ended");
        let fork = ForeignRun { event: "pull_request", fork: Some("mallory/fork"), ..ForeignRun::default() };
        let fork = model.foreign("acme/shop", "deploy.yml", fork, now());
        assert!(!has_token(&model, fork, "deploy"), "a fork gets none");
    }

    #[test]
    fn claims_are_those_that_github_documents() {
        let model = model();
        let run = model.by_hand("acme/shop", "deploy.yml", "staging", "main", now());
        let claims = model.identity_claims(run, ISSUER, "https://console.test", now()).unwrap();
        let names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "actor",
                "actor_id",
                "aud",
                "base_ref",
                "event_name",
                "exp",
                "head_ref",
                "iat",
                "iss",
                "job_workflow_ref",
                "job_workflow_sha",
                "jti",
                "nbf",
                "ref",
                "ref_protected",
                "ref_type",
                "repository",
                "repository_id",
                "repository_owner",
                "repository_owner_id",
                "repository_visibility",
                "run_attempt",
                "run_id",
                "run_number",
                "runner_environment",
                "sha",
                "sub",
                "workflow",
                "workflow_ref",
                "workflow_sha",
            ]
        );
        let times = ["exp", "iat", "nbf"];
        let numbers: Vec<_> = names.iter().filter(|name| claims[**name].is_number()).copied().collect();
        assert_eq!(numbers, times, "everything else is a string");
        assert_eq!(claims["workflow_ref"], "acme/shop/.github/workflows/deploy.yml@refs/heads/main");
    }

    #[test]
    fn keys_rotate() {
        let model = Model::default();
        let published = || -> Vec<String> {
            let keys = model.read_identity_keys().unwrap();
            keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(published(), ["simulated-0001"]);
        model.rotate_identity_keys(true);
        assert_eq!(published(), ["simulated-0001", "simulated-0002"]);
        model.rotate_identity_keys(false);
        assert_eq!(published(), ["simulated-0003"]);
        model.set_identity_away(true);
        assert_eq!((model.read_identity_keys(), model.identity_reads()), (None, 4));
    }
}
