//! The simulated GitHub of a test. Every request to it, and every answer that it gives, is as GitHub's own description says,
//! or the test fails.

use std::{
    ops::Deref,
    sync::{Arc, Mutex},
};

use github_description::{Description, Exchange};
use github_fake::{Settings, SimulatedGitHub};

/// Looks at what was not as described when the test is over.
pub struct Simulated {
    github: SimulatedGitHub,
    violations: Arc<Mutex<Vec<String>>>,
}

impl Simulated {
    pub async fn start(settings: Settings) -> Self {
        let github = SimulatedGitHub::start(settings).await.unwrap();
        let violations = Arc::new(Mutex::new(Vec::new()));
        let found = Arc::clone(&violations);
        github.observe(move |seen| {
            let exchange = Exchange {
                method: &seen.method,
                path: &seen.path,
                query: &seen.query,
                sent: &seen.sent,
                status: seen.status.as_u16(),
                body: &seen.body,
                is_fault: seen.is_fault,
            };
            found.lock().unwrap().extend(Description::get().violations(&exchange));
        });
        Self { github, violations }
    }
}

impl Deref for Simulated {
    type Target = SimulatedGitHub;

    fn deref(&self) -> &SimulatedGitHub {
        &self.github
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        let violations = std::mem::take(&mut *self.violations.lock().unwrap());
        assert!(violations.is_empty() || std::thread::panicking(), "{violations:#?}");
    }
}
