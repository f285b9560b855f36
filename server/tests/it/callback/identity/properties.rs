//! A repository's identity never moves another's deploy: random tokens and bodies against a real console, with what has to be
//! answered written down a second time.

use app::domain::DeployId;
use github_fake::Fault;
use proptest::{prelude::*, sample::select, test_runner::TestCaseError};
use serde_json::Value;

use super::{
    super::properties::block_on,
    support::{AUDIENCE, Proving, Sent},
};
use crate::support::{claim, database};

const APPS: &str = r#"
    [[app]]
    name = "shop"
    repo = "acme/shop"
    workflow = "deploy.yml"
    ref = "main"
    callback_identity = "github"
    environments = [{ name = "staging", freeze_check = false }]

    [[app]]
    name = "other"
    repo = "acme/shop2"
    workflow = "deploy.yml"
    ref = "refs/tags/v1"
    callback_identity = "either"
    environments = [{ name = "staging", freeze_check = false }]

    [[app]]
    name = "back-office"
    repo = "Acme/Shop"
    workflow = "release.yml"
    ref = "main"
    callback_identity = "github"
    environments = [{ name = "staging", freeze_check = false }]

    [[app]]
    name = "signed"
    repo = "acme/shop"
    workflow = "sign.yml"
    ref = "main"
    environments = [{ name = "staging", freeze_check = false }]
"#;

/// The same by hand: repository in small letters, file, every ref that counts, and whether tokens count.
type Known = (&'static str, &'static str, &'static str, &'static [&'static str], bool);
const KNOWN: [Known; 4] = [
    ("shop", "acme/shop", "deploy.yml", &["refs/heads/main", "refs/tags/main"], true),
    ("other", "acme/shop2", "deploy.yml", &["refs/tags/v1"], true),
    ("back-office", "acme/shop", "release.yml", &["refs/heads/main", "refs/tags/main"], true),
    ("signed", "acme/shop", "sign.yml", &[], false),
];

const REPOSITORIES: [&str; 6] =
    ["acme/shop", "ACME/shop", "acme/shop2", "Acme/Shop2", "mallory/shop", "acme/shop/"];
const FILES: [&str; 4] = ["deploy.yml", "release.yml", "Deploy.yml", "x/deploy.yml"];
const REFS: [&str; 6] =
    ["refs/heads/main", "refs/tags/main", "refs/tags/v1", "refs/heads/v1", "refs/pull/7/merge", "main"];
const EVENTS: [&str; 3] = ["workflow_dispatch", "pull_request_target", "push"];
const AUDIENCES: [&str; 3] = [AUDIENCE, "https://console.test/", "https://other.test"];

/// What is posted to which of the deploys. Where a member is none, it is what is right for the deploy.
#[derive(Clone, Debug)]
struct Post {
    target: usize,
    repository: Option<&'static str>,
    /// Of the workflow file, which GitHub would never let differ from that of the run.
    owner: Option<&'static str>,
    file: Option<&'static str>,
    git_ref: Option<&'static str>,
    event: Option<&'static str>,
    audience: Option<&'static str>,
    /// The run of which deploy, or one of none.
    run: Option<usize>,
    attempt: i64,
    body_run: Option<usize>,
    body_attempt: Option<i64>,
}

/// Mostly right, or hardly any would be taken.
fn rarely<T: Clone + std::fmt::Debug + 'static>(
    any: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.15, any)
}

fn posts() -> impl Strategy<Value = Vec<Post>> {
    let workflow = (rarely(select(&REPOSITORIES[..])), rarely(select(&FILES[..])), rarely(select(&REFS[..])));
    let said =
        (rarely(select(&REPOSITORIES[..])), rarely(select(&EVENTS[..])), rarely(select(&AUDIENCES[..])));
    let runs = (rarely(0..6_usize), 1..3_i64, rarely(0..6_usize), rarely(0..3_i64));
    let post = (0..KNOWN.len(), workflow, said, runs).prop_map(|(target, workflow, said, runs)| {
        let ((owner, file, git_ref), (repository, event, audience)) = (workflow, said);
        let (run, attempt, body_run, body_attempt) = runs;
        Post {
            target,
            repository,
            owner,
            file,
            git_ref,
            event,
            audience,
            run,
            attempt,
            body_run,
            body_attempt,
        }
    });
    proptest::collection::vec(post, 1..16)
}

/// A post with all of its members.
struct Full {
    token: Value,
    body: Value,
}

impl Post {
    fn fill(&self, proving: &Proving, deploys: &[DeployId]) -> Full {
        let (_, repository, file, refs, _) = KNOWN[self.target];
        let run_of = |place: usize| deploys.get(place).map_or(4_000 + place as i64, |id| proving.run_of(*id));
        let owner = self.owner.unwrap_or(repository);
        let (file, git_ref) =
            (self.file.unwrap_or(file), self.git_ref.or(refs.first().copied()).unwrap_or(REFS[0]));
        let mut token = proving.claims(deploys[self.target]);
        token["repository"] = self.repository.unwrap_or(repository).into();
        token["workflow_ref"] = format!("{owner}/.github/workflows/{file}@{git_ref}").into();
        token["event_name"] = self.event.unwrap_or("workflow_dispatch").into();
        token["aud"] = self.audience.unwrap_or(AUDIENCE).into();
        token["run_id"] = run_of(self.run.unwrap_or(self.target)).to_string().into();
        token["run_attempt"] = self.attempt.to_string().into();
        let mut body = claim(deploys[self.target], "building");
        if let Some(place) = self.body_run {
            body["run_id"] = run_of(place).into();
        }
        if let Some(attempt) = self.body_attempt {
            body["run_attempt"] = attempt.into();
        }
        Full { token, body }
    }

    /// Whether it has to be taken, where the deploy has this run.
    fn is_good(&self, full: &Full, run: &Value) -> bool {
        let (_, repository, file, refs, takes_tokens) = KNOWN[self.target];
        let said = |name: &str| full.token[name].as_str().unwrap().to_owned();
        let files: Vec<String> =
            refs.iter().map(|full| format!("/.github/workflows/{file}@{full}")).collect();
        let workflow = said("workflow_ref");
        let is_of_file = files.iter().any(|rest| {
            workflow.strip_suffix(rest.as_str()).is_some_and(|owner| owner.to_lowercase() == repository)
        });
        let agrees = |body: &Value, token: &str| body.is_null() || body.as_i64() == said(token).parse().ok();
        takes_tokens
            && said("repository").to_lowercase() == repository
            && is_of_file
            && said("event_name") == "workflow_dispatch"
            && [AUDIENCE, "https://console.test/"].contains(&said("aud").as_str())
            && agrees(&full.body["run_id"], "run_id")
            && agrees(&full.body["run_attempt"], "run_attempt")
            && agrees(run, "run_id")
    }
}

async fn all(proving: &Proving, deploys: &[DeployId]) -> Vec<Value> {
    let mut seen = Vec::new();
    for id in deploys {
        seen.push(proving.console.deploy(*id).await);
    }
    seen
}

async fn check(posts: Vec<Post>) -> Result<(), TestCaseError> {
    let proving = Proving::with(APPS, database::usual()).await;
    let mut deploys = Vec::new();
    for (app, ..) in KNOWN {
        // Of one, the run is not known before its first callback.
        if app == "back-office" {
            proving.console.github.fail_next(Fault::NoRunDetails(422));
        }
        let id = proving.dispatched(app).await;
        proving.console.github.set_listed(id, false);
        deploys.push(id);
    }
    for post in posts {
        let before = all(&proving, &deploys).await;
        let full = post.fill(&proving, &deploys);
        let is_good = post.is_good(&full, &before[post.target]["github_run_id"]);
        let token = proving.console.github.sign_identity(&full.token);
        let id = deploys[post.target];
        let request = proving.request(id, &Sent::token(token), &full.body.to_string());
        let answer = proving.send_request(request).await;
        prop_assert_eq!(answer.status, if is_good { 200 } else { 401 }, "{:?} {:?}", post, answer);
        for (place, (before, after)) in before.iter().zip(all(&proving, &deploys).await).enumerate() {
            if place != post.target || !is_good {
                prop_assert_eq!(before, &after, "{:?}", post);
            }
        }
        if is_good {
            let proof = &proving.console.journal(id).await.pop().unwrap().payload["proved_by"];
            prop_assert_eq!(&proof["run_id"].to_string(), full.token["run_id"].as_str().unwrap());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn f98_identity_of_a_repository_never_moves_anothers_deploy(posts in posts()) {
        block_on(check(posts))?;
    }
}
