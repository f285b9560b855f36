//! Lists: pages, filters and their limits.

use github_fake::ForeignRun;

use crate::support::{RUNS, Web};

#[tokio::test]
async fn lists_come_in_pages() {
    let web = Web::new().await;
    for _ in 0..101 {
        let _ = web.github.foreign_run("acme/shop", "deploy.yml", ForeignRun::default());
    }
    let first = web.get(&format!("{RUNS}?per_page=500")).await;
    assert_eq!(
        (first.json["total_count"].as_i64(), first.each("workflow_runs", "id").len()),
        (Some(101), 100)
    );
    assert!(first.header("link").contains("page=2>; rel=\"next\""), "{}", first.header("link"));
    let second = web.get(&format!("{RUNS}?per_page=100&page=2")).await;
    assert_eq!(second.each("workflow_runs", "id").len(), 1);
    assert!(
        second.header("link").contains("rel=\"prev\"") && !second.header("link").contains("rel=\"next\"")
    );
}

#[tokio::test]
async fn narrowed_lists_end_after_a_thousand_and_lag() {
    let web = Web::new().await;
    for _ in 0..1_001 {
        let _ = web.github.foreign_run("acme/shop", "deploy.yml", ForeignRun::default());
    }
    let page = |query: &str| format!("{RUNS}?per_page=100&page=11{query}");
    assert_eq!(web.get(&page("")).await.each("workflow_runs", "id").len(), 1);
    let beyond = web.get(&page("&event=workflow_dispatch")).await;
    assert_eq!((beyond.status, beyond.each("workflow_runs", "id").len()), (200, 0));
    assert_eq!(beyond.json["total_count"], 1_001);
    web.github.set_index_stale(true);
    let narrowed = web.get(&format!("{RUNS}?event=workflow_dispatch")).await;
    let whole = web.get(RUNS).await;
    assert_eq!((&narrowed.json["total_count"], &whole.json["total_count"]), (&0.into(), &1_001.into()));
    web.github.set_index_stale(false);
    let later = web.get(&format!("{RUNS}?created=%3E2100-01-01")).await;
    let since = web.get(&format!("{RUNS}?created=%3E%3D2026-01-01")).await;
    assert_eq!((&later.json["total_count"], &since.json["total_count"]), (&0.into(), &1_001.into()));
}

#[tokio::test]
async fn foreign_runs_say_where_they_come_from() {
    let web = Web::new().await;
    let fork = ForeignRun { fork: Some("mallory/shop"), event: "pull_request", ..ForeignRun::default() };
    let branch =
        ForeignRun { head_branch: "feature", event: "schedule", title: "Nightly", ..ForeignRun::default() };
    let (fork, branch) = (
        web.github.foreign_run("acme/shop", "deploy.yml", fork),
        web.github.foreign_run("acme/shop", "deploy.yml", branch),
    );
    let of_fork = web.get(&format!("/actions/runs/{fork}")).await.json;
    assert_eq!(of_fork["head_repository"]["full_name"], "mallory/shop");
    assert_eq!(
        (&of_fork["repository"]["full_name"], &of_fork["event"]),
        (&"acme/shop".into(), &"pull_request".into())
    );
    let of_branch = web.get(&format!("/actions/runs/{branch}")).await.json;
    assert_eq!(
        (&of_branch["head_branch"], &of_branch["display_title"]),
        (&"feature".into(), &"Nightly".into())
    );
    assert_eq!(of_branch["path"], ".github/workflows/deploy.yml");
}
