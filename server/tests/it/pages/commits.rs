//! Commits as people know them: what pages lack is read from GitHub once, and shown by the pages after that.

mod brought;
mod distances;
mod reading;
mod refusals;

use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::TestConsole;

const REPO: &str = "acme/shop";
const WORKFLOW: &str = "deploy.yml";
const UNKNOWN: &str = "1111111111111111111111111111111111111111";

/// What the simulated GitHub was asked about commits: the ends of the paths.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn of(console: &TestConsole) -> Self {
        let asked = Self::default();
        let seen = asked.clone();
        console.github.observe(move |exchange| {
            let is_about_commits = ["/commits/", "/compare/"].iter().any(|part| exchange.path.contains(part));
            if is_about_commits {
                let end = exchange.path.rsplit('/').next().unwrap();
                seen.0.lock().unwrap().push(end.to_owned());
            }
        });
        asked
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn count(&self) -> usize {
        self.all().len()
    }
}

/// Pushes a commit, of which GitHub then knows.
fn pushed(console: &TestConsole) -> String {
    console.github.push(REPO, WORKFLOW, "elsewhere").1
}

/// Reads what pages lacked, as the background task does.
async fn read(console: &TestConsole) {
    console.console.commit_reader().read_waiting().await;
}

async fn json(console: &TestConsole, path: &str) -> Value {
    let answer = console.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json
}

/// The environments of the board's only app.
async fn board(console: &TestConsole) -> Vec<Value> {
    json(console, "/api/ui/board").await["apps"][0]["environments"].as_array().unwrap().clone()
}
