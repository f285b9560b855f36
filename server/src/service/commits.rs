//! What is known of the commits that pages show. What is not is noted, and read by `tasks/commit_reader.rs`; a page is
//! answered without it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use app::domain::{Commit, CommitDetails, CommitDistance, Deploy};
use store::{CommitPair, StoredDeploy};

use super::Console;
use crate::tasks::commit_reader::{CommitReader, Question};

impl Console {
    /// The task that reads what pages lacked of commits.
    #[must_use]
    pub fn commit_reader(&self) -> CommitReader {
        CommitReader {
            store: Arc::clone(&self.store),
            github: self.github.clone(),
            feed: self.feed.clone(),
            clock: Arc::clone(&self.clock),
            known: self.commits.clone(),
        }
    }

    /// A deploy as it is shown: with its steps, and what is known of its commit.
    pub(in crate::service) async fn shown(&self, stored: StoredDeploy) -> Deploy {
        let mut deploy = self.view(stored);
        self.fill_in_commits(&mut [&mut deploy]).await;
        deploy
    }

    /// Deploys as they are shown together: their commits cost one statement in all.
    pub(in crate::service) async fn shown_together(&self, stored: Vec<StoredDeploy>) -> Vec<Deploy> {
        let mut deploys: Vec<_> = stored.into_iter().map(|stored| self.view(stored)).collect();
        self.fill_in_commits(&mut deploys.iter_mut().collect::<Vec<_>>()).await;
        deploys
    }

    /// Says of each deploy what is known of its commit, by one statement or, where all of it is remembered, by none.
    pub(in crate::service) async fn fill_in_commits(&self, deploys: &mut [&mut Deploy]) {
        let commits = deploys.iter().filter_map(|deploy| deploy.commit.clone()).collect();
        // What is not known while the database does not answer is not asked for.
        let Some(known) = self.details_of(commits).await else { return };
        for deploy in deploys {
            let Some(commit) = &deploy.commit else { continue };
            match known.get(commit) {
                // A message may be blank.
                Some(details) => {
                    deploy.commit_details =
                        Some(details.clone()).filter(|details| !details.subject.is_empty());
                }
                None => self.want_details(&deploy.app, commit),
            }
        }
    }

    async fn details_of(&self, commits: HashSet<Commit>) -> Option<HashMap<Commit, CommitDetails>> {
        let mut known = HashMap::new();
        let mut others = Vec::new();
        for commit in commits {
            match self.commits.details(&commit) {
                Some(details) => drop(known.insert(commit, details)),
                None => others.push(commit),
            }
        }
        if !others.is_empty() {
            let stored = self.store.commit_details(others).await.inspect_err(unread).ok()?;
            for (commit, details) in stored {
                self.commits.keep_details(commit.clone(), details.clone());
                known.insert(commit, details);
            }
        }
        Some(known)
    }

    /// Of an app that is not configured any more, the repository is not known.
    fn want_details(&self, app: &str, commit: &Commit) {
        if let Some(app) = self.apps.iter().find(|known| known.name == app) {
            let question = Question::Details { repo: app.repo.clone(), commit: commit.clone() };
            self.commits.want(question, self.clock.now());
        }
    }

    /// The distances of these pairs, each of a repository, as far as they are known: by one statement, or by none.
    pub(in crate::service) async fn distances_of(
        &self,
        pairs: Vec<(&str, CommitPair)>,
    ) -> HashMap<CommitPair, CommitDistance> {
        let mut known = HashMap::new();
        let mut others = HashMap::new();
        for (repo, pair) in pairs {
            match self.commits.distance(&pair) {
                Some(distance) => drop(known.insert(pair, distance)),
                None => drop(others.insert(pair, repo)),
            }
        }
        if others.is_empty() {
            return known;
        }
        let stored = self.store.commit_distances(others.keys().cloned().collect()).await;
        let Ok(stored) = stored.inspect_err(unread) else { return known };
        for (pair, distance) in stored {
            others.remove(&pair);
            self.commits.keep_distance(pair.clone(), distance);
            known.insert(pair, distance);
        }
        for (pair, repo) in others {
            let question = Question::Distance { repo: repo.to_owned(), pair };
            self.commits.want(question, self.clock.now());
        }
        known
    }
}

fn unread(error: &store::StoreError) {
    tracing::warn!(%error, "what is known of commits cannot be read; pages are shown without it");
}
