//! Which commits a deploy brought: on its page, from GitHub, which the page does not wait for.

use std::time::Duration;

use app::domain::{DeployId, Visible};
use store::DatabaseSystem;

use super::{Asked, UNKNOWN, pushed};
use crate::{
    pages::rendering::text_of,
    support::{TestConsole, database::on_both},
};

const PATIENCE: Duration = Duration::from_secs(10);

/// What the page of a deploy says of its commits; nothing, where it has no such part.
async fn commits(console: &TestConsole, id: DeployId) -> String {
    let page = console.get(&format!("/deploys/{id}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    let (_, part) = page.text.split_once("data-part=\"commits\"").expect("there is such a part");
    text_of(&format!("<div {}", part.split_once("data-part=").expect("others follow").0))
}

#[track_caller]
fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
}

/// They are those since the deploy that was live before, in either direction; GitHub is asked once, because commits do not
/// change.
async fn deploy_page_lists_the_commits_it_brought(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let [old, middle, new] = [pushed(&console), pushed(&console), pushed(&console)];
    let first = console.succeeded("production", &old).await;
    let elsewhere = console.succeeded("staging", &middle).await;
    let failed = console.dispatched("production").await;
    console.walk(failed, &["building", "failed"]).await;
    let second = console.succeeded("production", &new).await;
    let back = console.succeeded("production", &old).await;
    let same = console.succeeded("production", &old).await;

    let asked = Asked::of(&console);
    for _ in 0..3 {
        let text = commits(&console, second).await;
        assert_says(
            &text,
            &["Commits it brought", "Compared with", &old[..7], "Brings 2 commits", &new[..7], &middle[..7]],
        );
        assert!(!text.contains("Takes back"), "{text}");
    }
    assert_eq!(asked.all(), [format!("{old}...{new}")]);
    assert_says(&commits(&console, back).await, &["Takes back 2 commits", &new[..7]]);
    assert_says(&commits(&console, same).await, &["Nothing: it is the same history."]);
    for id in [first, elsewhere] {
        assert_says(&commits(&console, id).await, &["No earlier deploy here is recorded as healthy."]);
    }
    assert!(!commits(&console, failed).await.contains("Commits"), "its commit was never reported");
}

/// What GitHub does not know is said; what it cannot say now is asked again by the next look.
async fn commits_that_github_lacks_are_not_known(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let commit = pushed(&console);
    console.succeeded("production", UNKNOWN).await;
    let id = console.succeeded("production", &commit).await;
    for _ in 0..2 {
        let text = commits(&console, id).await;
        assert_says(&text, &["Which commits these are is not known. GitHub does not know one of the two."]);
    }
}

/// While GitHub takes its time, the page is there without them, and open pages are told when they are known.
async fn page_does_not_wait_for_commits(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let [old, new] = [pushed(&console), pushed(&console)];
    console.succeeded("production", &old).await;
    let id = console.succeeded("production", &new).await;
    console.github.hold_comparisons(true);
    let page = console.get(&format!("/deploys/{id}")).await;
    assert!(page.text.contains("aria-labelledby=\"commits\" data-follow=\"\""), "it is read again: {page:?}");
    assert_says(&commits(&console, id).await, &["Asking GitHub which commits these are"]);

    let mut listener = console.console.feed().listen(None, Visible::All);
    console.github.hold_comparisons(false);
    let told =
        async { while !listener.next().await.expect("it goes on").data.contains("console.commits.read") {} };
    tokio::time::timeout(PATIENCE, told).await.expect("pages are told");
    assert_says(&commits(&console, id).await, &["Brings 1 commit"]);
}

on_both!(
    deploy_page_lists_the_commits_it_brought,
    commits_that_github_lacks_are_not_known,
    page_does_not_wait_for_commits,
);
