//! Who the owner of an OAuth app's token is, and in which organizations and teams.

use axum::{
    extract::{FromRequestParts, Query, State},
    http::{Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    HttpState,
    errors::{refuse, with_header},
    paging::{PageQuery, PlainList},
    records::node_id,
};
use crate::model::SimulatedPerson;

/// Long before anything that a test does.
const LONG_AGO: &str = "2026-01-01T00:00:00Z";

/// The owner of a token.
pub(super) struct Owner {
    person: SimulatedPerson,
    scopes: String,
}

impl FromRequestParts<HttpState> for Owner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, github: &HttpState) -> Result<Self, Response> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            header.and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("token ")));
        let owner = token.and_then(|token| github.model.person_of(token.trim()));
        let (person, scopes) = owner.ok_or_else(|| refuse(401, "Bad credentials"))?;
        Ok(Self { person, scopes })
    }
}

impl Owner {
    /// An answer says which scopes the token has, and which would do.
    fn answer(&self, accepted: &str, answer: Response) -> Response {
        let answer = with_header(answer, "x-oauth-scopes", &self.scopes.replace(',', ", "));
        with_header(answer, "x-accepted-oauth-scopes", accepted)
    }

    fn may_see_organizations(&self) -> bool {
        self.scopes.split(',').any(|scope| ["read:org", "write:org", "admin:org", "user"].contains(&scope))
    }
}

/// As everybody sees them: the token has no scope for more.
pub(super) async fn user(State(github): State<HttpState>, owner: Owner) -> Response {
    let mut user = github.links.account(&owner.person.login);
    let more = json!({
        "id": owner.person.id,
        "node_id": node_id("U", owner.person.id),
        "user_view_type": "public",
        "name": null,
        "company": null,
        "blog": "",
        "location": null,
        "email": null,
        "hireable": null,
        "bio": null,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    });
    extend(&mut user, more);
    owner.answer("", axum::Json(user).into_response())
}

pub(super) async fn organizations(
    State(github): State<HttpState>,
    owner: Owner,
    uri: Uri,
    Query(page): Query<PageQuery>,
) -> Response {
    const ACCEPTED: &str = "admin:org, read:org, repo, user, write:org";
    if !owner.may_see_organizations() {
        let message = "You need at least read:org scope or user scope to list your organizations.";
        return owner.answer(ACCEPTED, refuse(403, message));
    }
    let (shown, hidden) = github.seen(&owner.person.organizations, |organization| organization);
    let list = PlainList { links: &github.links, uri: &uri, page };
    let answer = list.answer(&shown, |organization| github.organization(organization));
    owner.answer(ACCEPTED, with_hidden(answer, &hidden))
}

pub(super) async fn teams(
    State(github): State<HttpState>,
    owner: Owner,
    uri: Uri,
    Query(page): Query<PageQuery>,
) -> Response {
    const ACCEPTED: &str = "admin:org, read:org, repo, user, write:org";
    if !owner.may_see_organizations() {
        return owner.answer(ACCEPTED, refuse(403, "You need at least read:org scope to list your teams."));
    }
    let (shown, hidden) = github.seen(&owner.person.teams, |team| both(team).0);
    let list = PlainList { links: &github.links, uri: &uri, page };
    let answer = list.answer(&shown, |team| github.team(team));
    owner.answer(ACCEPTED, with_hidden(answer, &hidden))
}

/// The organization and the slug of a team.
fn both(team: &str) -> (&str, &str) {
    team.split_once('/').unwrap_or((team, team))
}

/// Organizations that ask for a sign-on of their own are left out, and named by their ids.
fn with_hidden(answer: Response, hidden: &[u32]) -> Response {
    if hidden.is_empty() {
        return answer;
    }
    let ids: Vec<_> = hidden.iter().map(u32::to_string).collect();
    with_header(answer, "x-github-sso", &format!("partial-results; organizations={}", ids.join(",")))
}

fn extend(described: &mut Value, more: Value) {
    if let (Some(described), Value::Object(more)) = (described.as_object_mut(), more) {
        described.extend(more);
    }
}

/// A number for a name.
fn number(name: &str) -> u32 {
    name.bytes().fold(7, |number, byte| (number * 31 + u32::from(byte)) % 10_000_000)
}

impl HttpState {
    /// Those whose organization shows itself, and the organizations that do not.
    fn seen<'a>(&self, all: &'a [String], of: impl Fn(&str) -> &str) -> (Vec<&'a str>, Vec<u32>) {
        let all = all.iter().map(String::as_str);
        let (hidden, shown): (Vec<&str>, Vec<&str>) =
            all.partition(|name| self.model.needs_single_sign_on(of(name)));
        let mut hidden: Vec<_> = hidden.into_iter().map(|name| number(of(name))).collect();
        hidden.dedup();
        (shown, hidden)
    }

    fn organization(&self, login: &str) -> Value {
        let url = self.links.api(&format!("/orgs/{login}"));
        json!({
            "login": login,
            "id": number(login),
            "node_id": node_id("O", number(login)),
            "url": url,
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events"),
            "hooks_url": format!("{url}/hooks"),
            "issues_url": format!("{url}/issues"),
            "members_url": format!("{url}/members{{/member}}"),
            "public_members_url": format!("{url}/public_members{{/member}}"),
            "avatar_url": self.links.api(&format!("/avatars/{}", number(login))),
            "description": "",
        })
    }

    pub(super) fn team(&self, team: &str) -> Value {
        let (login, slug) = both(team);
        let mut organization = self.organization(login);
        let more = json!({
            "html_url": self.links.api(&format!("/{login}")),
            "has_organization_projects": true,
            "has_repository_projects": true,
            "public_repos": 0,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "type": "Organization",
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
            "archived_at": null,
        });
        extend(&mut organization, more);
        let (id, url) = (
            number(team),
            self.links.api(&format!("/organizations/{}/team/{}", number(login), number(team))),
        );
        json!({
            "id": id,
            "node_id": node_id("T", id),
            "url": url,
            "html_url": self.links.api(&format!("/orgs/{login}/teams/{slug}")),
            "name": slug,
            "slug": slug,
            "description": "",
            "privacy": "closed",
            "notification_setting": "notifications_enabled",
            "permission": "pull",
            "members_url": format!("{url}/members{{/member}}"),
            "repositories_url": format!("{url}/repos"),
            "type": "organization",
            "organization_id": number(login),
            "parent": null,
            "members_count": 1,
            "repos_count": 0,
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
            "organization": organization,
        })
    }
}
