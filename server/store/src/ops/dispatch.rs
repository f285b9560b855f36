//! Dispatch requests: the key, the row and the journal entry are written together or not at all.

pub(crate) mod approve;

use app::domain::{Commit, DeployId, Status, Timestamp};

use crate::{
    CreateOutcome, ImpossibleRow, NewDeploy, StoreError,
    audit::NewEntry,
    database::{
        status_sql::LIVE,
        tx::{Operation, Statement, Tx},
    },
    ops::{freezes, transition::append},
    outbox::{WithChannels, enqueue_waiting},
};

impl Operation for WithChannels<NewDeploy> {
    type Answer = CreateOutcome;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<CreateOutcome, StoreError> {
        let Self { operation: request, channels } = self;
        // The row is searched before the key that is written with it: where writers do not queue, this very request may
        // be recorded between the two reads, and must not be told to wait for itself.
        let other = under_way(tx, &request.app, &request.environment).await?;
        if let Some(earlier) = earlier(tx, request).await? {
            return Ok(earlier);
        }
        if let Some(other) = other {
            return Ok(CreateOutcome::UnderWay(other));
        }
        let frozen = freezes::in_force(tx, &request.app, &request.environment, request.at).await?;
        let goes_on = request.override_freeze.is_some() || request.origin.passes_freezes();
        let overridden = match frozen {
            Some(frozen) if !goes_on => return Ok(CreateOutcome::Frozen(frozen)),
            frozen => frozen,
        };
        // Another request may still come in between. Then an index refuses the second, and a retry is answered.
        insert_row(tx, request).await?;
        insert_key(tx, request).await?;
        append(tx, NewEntry::requested(request, overridden.as_ref())).await?;
        if request.approval.is_some() {
            enqueue_waiting(tx, request.id, request.at, *channels).await?;
        }
        Ok(CreateOutcome::New)
    }
}

/// The earlier answer to a request, if there is one.
pub(crate) struct Earlier(pub(crate) NewDeploy);

impl Operation for Earlier {
    type Answer = Option<CreateOutcome>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<CreateOutcome>, StoreError> {
        earlier(tx, &self.0).await
    }
}

/// The earlier use of this key.
async fn earlier<S: Tx>(tx: &mut S, request: &NewDeploy) -> Result<Option<CreateOutcome>, StoreError> {
    let select = Statement::new(
        "SELECT fingerprint, deploy_id, answered_at IS NULL AND created_at > $3
         FROM idempotency_keys WHERE actor = $1 AND key = $2",
    )
    .bind(&request.actor.id)
    .bind(&request.key)
    .bind(request.in_flight_since);
    let found: Option<(String, String, bool)> = tx.row(select).await?;
    let Some((fingerprint, deploy_id, in_flight)) = found else { return Ok(None) };
    Ok(Some(match () {
        () if fingerprint != request.fingerprint => CreateOutcome::KeyReused,
        () if in_flight => CreateOutcome::InFlight,
        () => CreateOutcome::Replayed(parse_id("idempotency_keys", &request.key, &deploy_id)?),
    }))
}

/// The live deploy of the environment. The partial unique index enforces the same where this check is missing.
pub(crate) async fn under_way<S: Tx>(
    tx: &mut S,
    app: &str,
    environment: &str,
) -> Result<Option<DeployId>, StoreError> {
    let select = Statement::new(
        "SELECT id FROM console_deploys
         WHERE app = $1 AND environment = $2 AND ",
    )
    .push(LIVE)
    .bind(app)
    .bind(environment);
    let found: Option<(String,)> = tx.row(select).await?;
    found.map(|(id,)| parse_id("console_deploys", &id, &id)).transpose()
}

async fn insert_row<S: Tx>(tx: &mut S, request: &NewDeploy) -> Result<(), StoreError> {
    let insert = Statement::new(
        "INSERT INTO console_deploys
           (id, app, environment, git_ref, status, version, requested_by, reason, requested_at, updated_at,
            commit_id, origin_kind)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $8, $9, $10)",
    )
    .bind(request.id)
    .bind(&request.app)
    .bind(&request.environment)
    .bind(request.git_ref.as_str())
    .bind(Status::Requested.as_str())
    .bind(&request.actor.name)
    .bind(request.reason.as_deref())
    .bind(request.at)
    .bind(request.commit.as_ref().map(Commit::as_str))
    .bind(request.origin.kind());
    tx.execute(insert).await?;
    Ok(())
}

async fn insert_key<S: Tx>(tx: &mut S, request: &NewDeploy) -> Result<(), StoreError> {
    let insert = Statement::new(
        "INSERT INTO idempotency_keys (actor, key, fingerprint, deploy_id, created_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&request.actor.id)
    .bind(&request.key)
    .bind(&request.fingerprint)
    .bind(request.id)
    .bind(request.at);
    tx.execute(insert).await?;
    Ok(())
}

/// Marks the request that made this deploy as answered.
#[derive(Clone, Copy)]
pub(crate) struct MarkAnswered {
    pub(crate) id: DeployId,
    pub(crate) at: Timestamp,
}

impl Operation for MarkAnswered {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let update = Statement::new(
            "UPDATE idempotency_keys SET answered_at = $1 WHERE deploy_id = $2 AND answered_at IS NULL",
        )
        .bind(self.at)
        .bind(self.id);
        tx.execute(update).await?;
        Ok(())
    }
}

fn parse_id(table: &'static str, row: &str, id: &str) -> Result<DeployId, StoreError> {
    let impossible =
        || ImpossibleRow { table, id: row.to_owned(), what: "the deploy id cannot be read".to_owned() };
    Ok(id.parse().map_err(|_| impossible())?)
}
