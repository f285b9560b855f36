//! Runs that were not requested through the console: which of GitHub's list they are, and their deploys.

use app::domain::{Commit, DeployId, Status};

use crate::{
    CandidateRun, Import, ImportOutcome, StoreError,
    audit::NewEntry,
    database::tx::{Operation, Statement, Tx},
    ops::{dispatch::under_way, transition::append},
};

/// Those of these runs that no deploy has and whose title names none.
pub(crate) struct UnclaimedRuns(pub(crate) Vec<CandidateRun>);

impl Operation for UnclaimedRuns {
    type Answer = Vec<i64>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<i64>, StoreError> {
        let runs = self.0.iter().map(|suspect| suspect.run).collect();
        let with_run = Statement::new("SELECT github_run_id FROM console_deploys WHERE github_run_id ")
            .push_in_numbers::<S>(runs);
        let with_run: Vec<(i64,)> = tx.rows(with_run).await?;
        let named = self.0.iter().filter_map(|suspect| suspect.named).map(|id| id.to_string()).collect();
        let named = Statement::new("SELECT id FROM console_deploys WHERE id ").push_in::<S>(named);
        let named: Vec<(String,)> = tx.rows(named).await?;
        let is_known = |id: DeployId| named.iter().any(|(known,)| *known == id.to_string());
        let is_stranger = |suspect: &&CandidateRun| {
            !with_run.contains(&(suspect.run,)) && !suspect.named.is_some_and(is_known)
        };
        Ok(self.0.iter().filter(is_stranger).map(|suspect| suspect.run).collect())
    }
}

/// Records the deploy of such a run as `dispatched`: GitHub has it, and its record tells the rest.
impl Operation for Import {
    type Answer = ImportOutcome;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<ImportOutcome, StoreError> {
        if is_known(tx, self).await? {
            return Ok(ImportOutcome::Known);
        }
        if under_way(tx, &self.app, &self.environment).await?.is_some() {
            return Ok(ImportOutcome::Busy);
        }
        // Another instance may still come in between. Then a key or an index refuses the second, and a retry is
        // answered.
        insert(tx, self).await?;
        append(tx, NewEntry::imported(self)).await?;
        Ok(ImportOutcome::New)
    }
}

/// Whether a deploy has this run already. That an earlier attempt of it has one says nothing: a later attempt is a deploy
/// of its own.
async fn is_known<S: Tx>(tx: &mut S, import: &Import) -> Result<bool, StoreError> {
    let select = match import.rerun {
        Some(_) => Statement::new("SELECT id FROM console_deploys WHERE id = $1").bind(import.id),
        None => Statement::new("SELECT id FROM console_deploys WHERE id = $1 OR github_run_id = $2")
            .bind(import.id)
            .bind(import.run.id),
    };
    let known: Option<(String,)> = tx.row(select).await?;
    Ok(known.is_some())
}

async fn insert<S: Tx>(tx: &mut S, import: &Import) -> Result<(), StoreError> {
    let insert = Statement::new(
        "INSERT INTO console_deploys
           (id, app, environment, git_ref, commit_id, status, version, github_run_id, github_run_url,
            requested_by, requested_at, updated_at, origin_kind)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12)",
    )
    .bind(import.id)
    .bind(&import.app)
    .bind(&import.environment)
    .bind(import.git_ref.as_str())
    .bind(import.commit.as_ref().map(Commit::as_str))
    .bind(Status::Dispatched.as_str())
    .bind(import.run.id)
    .bind(&import.run.url)
    .bind(&import.started_by)
    .bind(import.started_at)
    .bind(import.at)
    .bind(import.origin().kind());
    tx.execute(insert).await?;
    Ok(())
}
