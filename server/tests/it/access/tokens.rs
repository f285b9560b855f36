//! Tokens: made, shown once, listed and revoked, by admins alone.

use std::time::Duration;

use app::{
    api::{ErrorCode, TokenRequest, TokenState, TokensApi, access::TOKEN_DAYS},
    domain::{Caller, CallerKind, Grant, Role},
};
use jiff::SignedDuration;
use serde_json::json;
use server::access::token;
use store::{DatabaseSystem, EntryFilter};

use super::people::{console, person as who};
use crate::support::{Answer, TestConsole, database::on_both, noon};

pub(super) fn admin() -> Caller {
    let grants = vec![Grant::everywhere(Role::Admin)];
    person("github:7", "grace", grants)
}

pub(super) fn person(id: &str, name: &str, grants: Vec<Grant>) -> Caller {
    let (id, name) = (id.to_owned(), name.to_owned());
    Caller { kind: CallerKind::Person, id, name, groups: Vec::new(), grants }
}

/// Everybody who is not an admin everywhere.
pub(super) fn others() -> Vec<Caller> {
    let below = [Role::Viewer, Role::Deployer, Role::Approver, Role::Operator].map(Grant::everywhere);
    let of_one_app = Grant { role: Role::Admin, apps: Some(vec!["shop".to_owned()]), environments: None };
    let of_one_environment =
        Grant { role: Role::Admin, apps: None, environments: Some(vec!["staging".to_owned()]) };
    let grants = below.into_iter().chain([of_one_app, of_one_environment]).map(|grant| vec![grant]);
    grants.chain([Vec::new()]).map(|grants| person("github:8", "bob", grants)).collect()
}

fn days(days: u32) -> Duration {
    Duration::from_hours(24 * u64::from(days))
}

fn bot(name: &str) -> TokenRequest {
    TokenRequest {
        name: name.to_owned(),
        role: Role::Deployer,
        apps: vec!["shop".to_owned()],
        environments: vec!["staging".to_owned()],
        lifetime: Some(days(30)),
    }
}

/// A console where people sign in: grace is an admin; ada and bob are viewers.
pub(super) async fn signed_in() -> TestConsole {
    console(
        "[[grant]]\nrole = \"admin\"\nto = [\"user:grace\", \"group:acme/admins\"]\n\
         [[grant]]\nrole = \"viewer\"\nto = [\"user:ada\", \"user:bob\"]\n",
    )
    .await
}

/// Posts a form, as a page of the console does.
pub(super) async fn post(console: &TestConsole, name: &str, path: &str, form: &str) -> Answer {
    who(console, name, "acme").form(path, form).await.0
}

pub(super) async fn get(console: &TestConsole, name: &str, path: &str) -> Answer {
    who(console, name, "acme").get(path).await
}

/// What the journal says of tokens and sessions.
pub(super) async fn recorded(console: &TestConsole) -> Vec<(String, String)> {
    let entries = console.database.store.entries(&EntryFilter::after(0, 99)).await.unwrap().entries;
    let entries: Vec<app::domain::JournalEntry> =
        entries.into_iter().map(|entry| entry.try_into().unwrap()).collect();
    entries.into_iter().map(|entry| (entry.actor, entry.action)).collect()
}

async fn token_is_stored_as_a_hash_and_listed(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let access = console.console.access();
    let issued = access.create_token(&admin(), bot("ci")).await.unwrap();
    assert!(token::is_well_formed(&issued.token));
    let stored = console.database.store.token(&token::hash(&issued.token)).await.unwrap().unwrap();
    assert_eq!((stored.name.as_str(), stored.revoked_at), ("ci", None));
    assert!(!format!("{stored:?}").contains(&issued.token));

    let [report] = &access.tokens(&admin()).await.unwrap()[..] else { panic!("one was made") };
    let until = noon() + SignedDuration::from_hours(24 * 30);
    assert_eq!(report.state, TokenState::Live { until: Some(until) });
    assert_eq!((report.created_by.as_str(), report.created_at, report.last_used_at), ("grace", noon(), None));
    let grant = json!({ "role": "deployer", "apps": ["shop"], "environments": ["staging"] });
    assert_eq!(serde_json::to_value(&report.grant).unwrap(), grant);

    console.clock.advance(SignedDuration::from_hours(24 * 30));
    let reports = access.tokens(&admin()).await.unwrap();
    assert_eq!(reports[0].state, TokenState::Expired { at: until });
    let entry = ("github:7".to_owned(), "console.token.created".to_owned());
    assert_eq!(recorded(&console).await, [entry]);
}

async fn name_is_free_again_after_revocation(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let access = console.console.access();
    access.create_token(&admin(), bot("ci")).await.unwrap();
    let taken = access.create_token(&admin(), bot("ci")).await.unwrap_err();
    assert_eq!(taken.code, ErrorCode::TokenNameTaken);
    access.revoke_token(&admin(), "ci").await.unwrap();
    let unknown = access.revoke_token(&admin(), "ci").await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::UnknownToken);
    access.create_token(&admin(), bot("ci")).await.unwrap();
    let states: Vec<_> =
        access.tokens(&admin()).await.unwrap().into_iter().map(|report| report.state).collect();
    assert!(states.contains(&TokenState::Revoked { at: noon() }), "{states:?}");
    assert_eq!(states.len(), 2);
}

async fn only_an_admin_everywhere_manages_tokens(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let access = console.console.access();
    access.create_token(&admin(), bot("ci")).await.unwrap();
    for caller in others() {
        let refusals = [
            access.tokens(&caller).await.unwrap_err(),
            access.create_token(&caller, bot("other")).await.unwrap_err(),
            access.revoke_token(&caller, "ci").await.unwrap_err(),
        ];
        for refused in refusals {
            assert_eq!(refused.code, ErrorCode::NotAllowed, "{caller:?}");
            assert_eq!(refused.detail.as_deref(), Some("It needs the role admin everywhere."));
        }
    }
    assert_eq!(recorded(&console).await.len(), 1, "nothing else happened");
}

on_both!(
    token_is_stored_as_a_hash_and_listed,
    name_is_free_again_after_revocation,
    only_an_admin_everywhere_manages_tokens,
);

#[tokio::test]
async fn token_is_for_what_is_configured() {
    let console = TestConsole::new().await;
    let access = console.console.access();
    for (request, code) in [
        (TokenRequest { name: "a b".to_owned(), ..bot("") }, ErrorCode::InvalidField),
        (bot(""), ErrorCode::InvalidField),
        (TokenRequest { apps: vec!["nope".to_owned()], ..bot("ci") }, ErrorCode::UnknownEnvironment),
        (TokenRequest { environments: vec!["nope".to_owned()], ..bot("ci") }, ErrorCode::UnknownEnvironment),
        (TokenRequest { lifetime: Some(days(0)), ..bot("ci") }, ErrorCode::InvalidField),
        (TokenRequest { lifetime: Some(days(TOKEN_DAYS + 1)), ..bot("ci") }, ErrorCode::InvalidField),
        (TokenRequest { lifetime: Some(Duration::MAX), ..bot("ci") }, ErrorCode::InvalidField),
    ] {
        let refused = access.create_token(&admin(), request.clone()).await.unwrap_err();
        assert_eq!(refused.code, code, "{request:?}");
    }
    assert_eq!(access.tokens(&admin()).await.unwrap(), []);
}

#[tokio::test]
async fn page_shows_a_new_token_once() {
    let console = signed_in().await;
    let form = "name=ci&role=deployer&expires_in_days=&app=shop&environment=staging&environment=production";
    let made = post(&console, "grace", "/tokens", form).await;
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let (_, rest) = made.text.split_once("value=\"dct_").unwrap();
    let secret = format!("dct_{}", rest.split('"').next().unwrap());
    assert!(token::is_well_formed(&secret), "{secret}");
    let stored = console.database.store.token(&token::hash(&secret)).await.unwrap().unwrap();
    let environments = Some(vec!["staging".to_owned(), "production".to_owned()]);
    assert_eq!((stored.grant.environments, stored.expires_at), (environments, None));

    let again = post(&console, "grace", "/tokens", form).await;
    assert_eq!(again.status, 303);
    let location = again.header("location").unwrap();
    assert!(location.starts_with("/tokens?problem=token_name_taken&name=ci&role=deployer"), "{location}");
    let page = get(&console, "grace", location).await;
    assert!(page.text.contains("Another token has that name"), "{}", page.text);
    assert!(
        page.text.contains("value=\"production\" checked") && !page.text.contains("dct_0"),
        "{}",
        page.text
    );

    let revoked = post(&console, "grace", "/tokens/revoke", "name=ci").await;
    assert_eq!((revoked.status, revoked.header("location")), (303, Some("/tokens")));
    let page = get(&console, "grace", "/tokens").await;
    assert!(
        page.text.contains("revoked ") && !page.text.contains("action=\"/tokens/revoke\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn page_says_what_is_missing() {
    let console = signed_in().await;
    for (path, form) in
        [("/tokens", "name=ci&role=admin"), ("/tokens/revoke", "name=ci"), ("/tokens", "role=x")]
    {
        let refused = post(&console, "bob", path, form).await;
        assert_eq!(refused.status, 303, "{refused:?}");
        assert!(refused.header("location").unwrap().starts_with("/tokens?problem="), "{refused:?}");
    }
    let page = get(&console, "bob", "/tokens").await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("It needs the role admin everywhere."), "{}", page.text);
}

#[tokio::test]
async fn me_is_the_caller_to_the_letter() {
    let console = signed_in().await;
    let answer = get(&console, "ada", "/api/internal/me").await;
    let grant = json!({ "role": "viewer", "apps": null, "environments": null });
    assert_eq!(
        answer.json,
        json!({ "kind": "person", "id": "proxy:ada", "name": "ada", "groups": ["acme"], "grants": [grant] })
    );
    let page = get(&console, "ada", "/me").await;
    for part in
        ["proxy:ada", "every environment", "For more, ask the group acme/admins or grace.", "/auth/sign-out"]
    {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("href=\"/tokens\""), "{}", page.text);
    let nobody = get(&console, "eve", "/me").await;
    assert!(nobody.text.contains("may not see anything yet"), "{}", nobody.text);
}
