//! What GitHub writes about accounts, repositories and commits.

use std::{net::SocketAddr, sync::Arc};

use app::domain::Timestamp;
use serde_json::{Map, Value, json};

use crate::commits::SimulatedCommit;

/// Where this GitHub is.
#[derive(Clone, Debug)]
pub(super) struct Links(Arc<str>);

/// Addresses of an account, by the last part of their member's name.
const OF_ACCOUNT: [(&str, &str); 9] = [
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// Addresses of a repository.
const OF_REPOSITORY: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// A time as GitHub writes it: to the second.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Ids that GitHub made up for its other interface.
pub(super) fn node_id(kind: &str, id: impl std::fmt::Display) -> String {
    format!("{kind}_{id}")
}

impl Links {
    pub(super) fn at(address: SocketAddr) -> Self {
        Self(format!("http://{address}").into())
    }

    pub(super) fn api(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub(super) fn repo(&self, repo: &str, path: &str) -> String {
        self.api(&format!("/repos/{repo}{path}"))
    }

    /// A page for people.
    pub(super) fn page(&self, repo: &str, path: &str) -> String {
        self.api(&format!("/{repo}{path}"))
    }

    pub(super) fn account(&self, login: &str) -> Value {
        let id: u32 = login.bytes().map(u32::from).sum();
        let user = self.api(&format!("/users/{login}"));
        let mut account = json!({
            "login": login,
            "id": id,
            "node_id": node_id("U", id),
            "avatar_url": self.api(&format!("/avatars/{id}")),
            "gravatar_id": "",
            "url": user,
            "html_url": self.api(&format!("/{login}")),
            "type": "User",
            "site_admin": false,
        });
        for (member, path) in OF_ACCOUNT {
            account[member] = format!("{user}{path}").into();
        }
        account
    }

    pub(super) fn repository(&self, repo: &str, number: usize) -> Value {
        let (owner, name) = repo.split_once('/').unwrap_or((repo, repo));
        let addresses = OF_REPOSITORY.into_iter();
        let mut described: Map<String, Value> =
            addresses.map(|(member, path)| (member.to_owned(), self.repo(repo, path).into())).collect();
        let more = [
            ("id", json!(number)),
            ("node_id", node_id("R", number).into()),
            ("name", name.into()),
            ("full_name", repo.into()),
            ("owner", self.account(owner)),
            ("private", true.into()),
            ("fork", false.into()),
            ("description", Value::Null),
            ("html_url", self.page(repo, "").into()),
        ];
        described.extend(more.map(|(member, value)| (member.to_owned(), value)));
        described.into()
    }

    /// A commit, as it is listed and shown. `parent` is the one before, if there is one.
    pub(super) fn commit(&self, repo: &str, commit: &SimulatedCommit, parent: Option<&str>) -> Value {
        let SimulatedCommit { id, author, .. } = commit;
        let url = self.repo(repo, &format!("/commits/{id}"));
        let person = json!({
            "name": author,
            "email": format!("{author}@example.com"),
            "date": time(commit.committed_at),
        });
        let account = commit.has_account.then(|| self.account(author));
        let parents: Vec<_> = parent
            .into_iter()
            .map(|sha| json!({ "sha": sha, "url": self.repo(repo, &format!("/commits/{sha}")) }))
            .collect();
        json!({
            "sha": id,
            "node_id": node_id("C", id),
            "url": url,
            "html_url": self.page(repo, &format!("/commit/{id}")),
            "comments_url": format!("{url}/comments"),
            "commit": {
                "url": self.repo(repo, &format!("/git/commits/{id}")),
                "author": person,
                "committer": person,
                "message": commit.message(),
                "comment_count": 0,
                "tree": { "sha": id, "url": self.repo(repo, &format!("/git/trees/{id}")) },
            },
            "author": account,
            "committer": account,
            "parents": parents,
        })
    }
}
