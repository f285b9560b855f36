//! Random callbacks against a real console: I1 to I5 and I8 hold after every one of them.

use app::domain::{DeployId, JournalEntry, Source, Status, transition};
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::{Value, json};
use store::audit::{self, DeployProjection};

use crate::support::{Answer, TestConsole};

/// What a workflow, its retries and its mistakes may post.
#[derive(Clone, Copy, Debug)]
struct Post {
    status: Status,
    /// A delivery id out of a few, so that some come again.
    delivery: u8,
}

fn posts() -> impl Strategy<Value = Vec<Post>> {
    let any_post = (0..Status::ALL.len(), 0..12_u8)
        .prop_map(|(status, delivery)| Post { status: Status::ALL[status], delivery });
    // Mostly forward, or hardly any sequence would get anywhere.
    let forward = proptest::sample::subsequence(Status::ALL[2..9].to_vec(), 0..=7).prop_map(|statuses| {
        statuses.into_iter().zip(20..).map(|(status, delivery)| Post { status, delivery }).collect::<Vec<_>>()
    });
    (forward, proptest::collection::vec((any::<prop::sample::Index>(), any_post), 0..8)).prop_map(
        |(mut posts, strays)| {
            for (at, stray) in strays {
                let at = at.index(posts.len() + 1);
                posts.insert(at, stray);
            }
            posts
        },
    )
}

fn statuses(deploy: &Value) -> Vec<Status> {
    let history = deploy["history"].as_array().unwrap();
    history.iter().map(|entry| entry["status"].as_str().unwrap().parse().unwrap()).collect()
}

async fn post(console: &TestConsole, id: DeployId, post: Post) -> Answer {
    let body = json!({ "console_deploy_id": id, "status": post.status }).to_string();
    console.callback(id, &format!("delivery-{}", post.delivery), &body).await
}

/// I3: the status changed exactly if one more entry of the journal records a transition, and I5: a refusal
/// changes no row.
fn check_step(before: &Value, after: &Value, answer: &Answer) -> Result<(), TestCaseError> {
    let (was, is) = (statuses(before), statuses(after));
    let applied = answer.json["outcome"] == "applied";
    prop_assert_eq!(before["status"] != after["status"], applied, "{:?}", answer);
    prop_assert_eq!(is.len() - was.len(), usize::from(applied));
    if !applied {
        prop_assert_eq!(before, after, "{:?}", answer);
    }
    prop_assert!(matches!(answer.status, 200 | 409 | 422), "{:?}", answer);
    Ok(())
}

/// I1: the journal's accepted path ends at the row's status, and I2: every step of it is an edge.
fn check_path(deploy: &Value, journal: &[JournalEntry]) -> Result<(), TestCaseError> {
    let path = statuses(deploy);
    let mut story = DeployProjection::default();
    journal.iter().for_each(|entry| story.apply(entry));
    let recorded: Vec<_> = story.history.iter().filter_map(|entry| entry.status.known()).collect();
    prop_assert_eq!(&path, &recorded);
    prop_assert_eq!(path.last().map(|status| status.as_str()), deploy["status"].as_str());
    for edge in path.windows(2) {
        let by = if edge[1] == Status::Dispatched { Source::Console } else { Source::Callback };
        prop_assert!(transition::allowed(edge[0], edge[1], by), "{:?}", edge);
    }
    Ok(())
}

/// I8: the deploy ends where the accepted ones alone would have ended.
async fn check_subsequence(deploy: &Value, environment: &str) -> Result<(), TestCaseError> {
    let console = TestConsole::new().await;
    let id = console.dispatched(environment).await;
    for status in statuses(deploy).into_iter().skip(2) {
        let answer = console.report(id, status.as_str()).await;
        prop_assert_eq!(&answer.json["outcome"], "applied");
    }
    prop_assert_eq!(&console.deploy(id).await["status"], &deploy["status"]);
    Ok(())
}

async fn check(posts: Vec<Post>, environment: &str) -> Result<(), TestCaseError> {
    let console = TestConsole::new().await;
    let id = console.dispatched(environment).await;
    let mut before = console.deploy(id).await;
    for one in posts {
        let answer = post(&console, id, one).await;
        let after = console.deploy(id).await;
        check_step(&before, &after, &answer)?;
        check_path(&after, &console.journal(id).await)?;
        before = after;
    }
    let journal = console.journal(id).await;
    prop_assert!(audit::first_broken(&journal).is_none());
    check_subsequence(&before, environment).await
}

/// I4: of callbacks that race for one edge, one wins.
async fn race(status: Status, racers: usize) -> Result<(), TestCaseError> {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let posts = (0..racers).map(|delivery| {
        let router = &console;
        async move {
            post(router, id, Post { status, delivery: u8::try_from(delivery).unwrap_or_default() }).await
        }
    });
    let answers = futures::future::join_all(posts).await;
    let applied = answers.iter().filter(|answer| answer.json["outcome"] == "applied").count();
    let expected = usize::from(transition::allowed(Status::Dispatched, status, Source::Callback));
    prop_assert_eq!(applied, expected, "{:?}", answers);
    prop_assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
    check_path(&console.deploy(id).await, &console.journal(id).await)
}

pub(super) fn block_on(future: impl Future<Output = Result<(), TestCaseError>>) -> Result<(), TestCaseError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn i1_i2_i3_i5_i8_hold_under_any_callbacks(posts in posts(), production in any::<bool>()) {
        block_on(check(posts, if production { "production" } else { "staging" }))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn f12_i4_one_racing_callback_wins(status in 2..10_usize, racers in 2..24_usize) {
        block_on(race(Status::ALL[status], racers))?;
    }
}
