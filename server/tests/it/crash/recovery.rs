//! The real binary, killed again and again at random moments while it is busy, and restarted on the same data:
//! every answer that it gave stays true, and GitHub was never asked twice.
//!
//! A moment is a number of answers, and a little more: then all requests under way are cut off. They are sent
//! again after the restart, as a browser and a workflow do.
//!
//! - [`answers`]: what was answered, and whether it still holds.
//! - [`lane`]: one environment, deployed to again and again.

mod answers;
mod lane;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use store::DatabaseSystem;
use tokio::sync::mpsc;

use self::{
    answers::Kept,
    lane::{Answered, Lane},
};
use crate::support::{
    database::on_both,
    process::Serving,
    site::{Site, apps},
};

const KILLS: usize = 50;
/// The answers of one life are fewer than this.
const ANSWERS: usize = 24;
const ENVIRONMENTS: [&str; 5] = ["production", "staging", "canary", "europe", "america"];

/// And at most this many turns of the scheduler later: otherwise every kill would come at the end of a transaction.
const TURNS: usize = 20_000;

/// The variable that sets the seed, to see a failure again. (The moments are the same then; how far everything
/// else has come at each of them is up to the machine.)
const SEED: &str = "CONSOLE_TEST_SEED";

fn seed() -> u64 {
    let seed = std::env::var(SEED).map_or_else(|_| rand::random(), |text| text.parse().unwrap());
    #[allow(clippy::print_stdout, reason = "shown when the test fails")]
    {
        println!("{SEED}={seed}");
    }
    seed
}

/// When to kill: after this many answers and turns.
type Moment = (usize, usize);

/// Keeps a server busy until that moment, and kills it. Gives what it answered.
async fn work_and_kill(serving: Serving, lanes: &mut Vec<Lane>, (answers, turns): Moment) -> Vec<Answered> {
    let (says, mut said) = mpsc::unbounded_channel();
    let address = serving.address;
    let working: Vec<_> = std::mem::take(lanes)
        .into_iter()
        .map(|lane| tokio::spawn(lane.work(address, says.clone())))
        .collect();
    drop(says);
    let mut heard = Vec::new();
    while heard.len() < answers {
        heard.push(said.recv().await.expect("somebody works"));
    }
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    assert_eq!(serving.kill().await.code, None, "it had no say in its end");
    for lane in working {
        lanes.push(lane.await.unwrap());
    }
    while let Some(answered) = said.recv().await {
        heard.push(answered);
    }
    heard
}

/// Killed fifty times at work, it keeps what it answered.
async fn f39_fifty_kills_lose_no_answer(system: DatabaseSystem) {
    let mut moments = StdRng::seed_from_u64(seed());
    let site = Site::new(system, &apps(&ENVIRONMENTS)).await;
    let mut lanes = ENVIRONMENTS.map(Lane::new).to_vec();
    let mut kept = Kept::default();
    for _ in 0..KILLS {
        let serving = site.serve().await;
        kept.is_in_the_journal(&site, &lanes).await;
        kept.is_answered_again(serving.address).await;
        let moment = (moments.random_range(1..ANSWERS), moments.random_range(0..TURNS));
        kept.hear(work_and_kill(serving, &mut lanes, moment).await);
    }
    let serving = site.serve().await;
    kept.is_in_the_journal(&site, &lanes).await;
    kept.is_answered_again(serving.address).await;
    assert_eq!(serving.stop("TERM").await.code, Some(0));
    kept.is_in_the_journal(&site, &lanes).await;
    kept.shows_that_work_was_cut_off();
}

on_both!(f39_fifty_kills_lose_no_answer);
