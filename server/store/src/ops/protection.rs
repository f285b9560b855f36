//! What GitHub asks about its gate: kept when it asks, decided once, and answered once.
//!
//! A decision and its entry in the journal are one transaction, so that what GitHub is told was recorded before. The answer
//! is sent afterwards, by whoever [`Try`] lets send it: one at a time, and again after a while, until GitHub took it.

pub(crate) mod approve;

use app::domain::{
    Barred, Cleared, DeployId, Frozen, Origin, ProtectionRequestId, ProtectionState, Timestamp, Visible,
};
use jiff::SignedDuration;

use crate::{
    Actor, DecideProtection, ImpossibleRow, NewProtectionRequest, ProtectedPlace, ProtectionFilter,
    StartedBy, StoreError, StoredProtectionRequest,
    audit::{DeployProjection, NewEntry},
    database::tx::{Operation, Statement, Tx},
    ops::{
        deploys::projection,
        freezes,
        transition::{append, touch},
    },
    row::Reader,
};

/// For how long an answer that was begun is not sent by another instance: longer than that can take.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
/// The same after many tries in vain: whatever is wrong with GitHub or the App is not mended in seconds.
const LONG_LEASE: SignedDuration = SignedDuration::from_mins(5);
/// As many as that.
const MANY: i64 = 8;

/// Keeps a question, once. Returns whether it is new.
impl Operation for NewProtectionRequest {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let insert = Statement::new(
            "INSERT INTO protection_requests
               (id, repo, run_id, environment, deployment_id, app, started_by, asked_at, state, approved_by, tries)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '[]', 0)
             ON CONFLICT (repo, run_id, environment, deployment_id) DO NOTHING",
        )
        .bind(self.id.to_string())
        .bind(&self.repo)
        .bind(self.run)
        .bind(&self.environment)
        .bind(self.deployment)
        .bind(&self.app)
        .bind(text_of_starter(self.started_by.as_ref()).as_deref())
        .bind(self.at)
        .bind(text_of(&ProtectionState::New));
        Ok(tx.execute(insert).await? == 1)
    }
}

/// Decides a question, or says what it waits for. Returns it as it is then; none, if there is none.
impl Operation for DecideProtection {
    type Answer = Option<StoredProtectionRequest>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<StoredProtectionRequest>, StoreError> {
        let Some(mut request) = locked(tx, self.id).await? else { return Ok(None) };
        if request.state.is_decided() || request.state == ProtectionState::Unknown {
            return Ok(Some(request));
        }
        let said = match self.deploy_id.filter(|_| self.attempt == 1) {
            Some(id) => Some(projection(tx, id).await?),
            None => None,
        };
        let (place, state) = self.judge(tx, &request, said.as_ref()).await?;
        let is_new = (&state, &place.app) != (&request.state, &request.app)
            || self.deploy_id != request.deploy_id
            || self.started_by.is_some() && self.started_by != request.started_by;
        if !is_new {
            return Ok(Some(request));
        }
        request.app.clone_from(&place.app);
        request.state = state;
        request.deploy_id = self.deploy_id;
        request.started_by = self.started_by.clone().or(request.started_by);
        save(tx, &request).await?;
        if request.state.is_decided() {
            record(tx, &request, None, self.at).await?;
        }
        Ok(Some(request))
    }
}

impl DecideProtection {
    /// What becomes of it, and which of its places says so.
    async fn judge<S: Tx>(
        &self,
        tx: &mut S,
        request: &StoredProtectionRequest,
        said: Option<&DeployProjection>,
    ) -> Result<(&ProtectedPlace, ProtectionState), StoreError> {
        let [first, ..] = self.places.as_slice() else {
            return Err(StoreError::Invariant("a run that waits at GitHub's gate is about a place"));
        };
        let mut passed = None;
        for place in &self.places {
            let frozen = freezes::in_force(tx, &place.app, &request.environment, self.at).await?;
            match (frozen, said.and_then(passes_freezes)) {
                (None, _) => {}
                (Some(_), Some(reason)) => passed = passed.or(Some(Cleared::PassesFreeze { reason })),
                (Some(frozen), None) => return Ok((place, self.stopped(place, frozen))),
            }
        }
        if said.is_some_and(|said| was_requested(&said.origin)) {
            let because = passed.unwrap_or(Cleared::Open);
            return Ok((first, ProtectionState::Approved { because, at: self.at }));
        }
        let strictest = self.places.iter().max_by_key(|place| place.approval.map(|approval| approval.needed));
        let place = strictest.filter(|place| place.approval.is_some()).unwrap_or(first);
        Ok((place, self.awaiting(place, request)))
    }

    fn stopped(&self, place: &ProtectedPlace, frozen: Frozen) -> ProtectionState {
        if place.holds_while_frozen {
            ProtectionState::Held { frozen }
        } else {
            ProtectionState::Rejected { because: Barred::Frozen { frozen }, at: self.at }
        }
    }

    /// What becomes of a run that was not requested here, where nothing is frozen.
    fn awaiting(&self, place: &ProtectedPlace, request: &StoredProtectionRequest) -> ProtectionState {
        let Some(approval) = place.approval else {
            return ProtectionState::Approved { because: Cleared::Open, at: self.at };
        };
        // Since it began to wait: what is configured later, and each further look, change nothing.
        let (needed, expires_at) = match request.state {
            ProtectionState::AwaitsApproval { needed, expires_at } => (needed, expires_at),
            ProtectionState::New
            | ProtectionState::Held { .. }
            | ProtectionState::Approved { .. }
            | ProtectionState::Rejected { .. }
            | ProtectionState::Lapsed { .. }
            | ProtectionState::Unknown => (approval.needed, approval.expires_at),
        };
        if request.approved_by.len() >= usize::from(needed) {
            ProtectionState::Approved { because: Cleared::Approved, at: self.at }
        } else if expires_at <= self.at {
            ProtectionState::Rejected { because: Barred::NotApproved, at: self.at }
        } else {
            ProtectionState::AwaitsApproval { needed, expires_at }
        }
    }
}

/// Whether a deploy was requested here, and had the approvals that it needs before GitHub was asked for its run. A run that
/// was found on GitHub was not, nor was a further attempt of one.
const fn was_requested(origin: &Origin) -> bool {
    match origin {
        Origin::Request | Origin::Rollback { .. } | Origin::Promotion { .. } => true,
        Origin::GitHub { .. } | Origin::Rerun { .. } | Origin::Unknown => false,
    }
}

/// Whether a deploy passes freezes, and the reason where somebody gave one.
fn passes_freezes(said: &DeployProjection) -> Option<Option<String>> {
    let passes = said.freeze_override.is_some() || said.origin.passes_freezes();
    passes.then(|| said.freeze_override.clone())
}

/// That GitHub no longer asks. Returns whether that was not known, and nothing was decided before.
#[derive(Clone, Copy)]
pub(crate) struct Lapse {
    pub(crate) id: ProtectionRequestId,
    pub(crate) at: Timestamp,
}

impl Operation for Lapse {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let Some(mut request) = locked(tx, self.id).await? else { return Ok(false) };
        if request.closed_at.is_some() {
            return Ok(false);
        }
        let was_open = !request.state.is_decided();
        if was_open {
            request.state = ProtectionState::Lapsed { at: self.at };
            save(tx, &request).await?;
        }
        let update = Statement::new(
            "UPDATE protection_requests SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL",
        );
        tx.execute(update.bind(self.at).bind(self.id.to_string())).await?;
        Ok(was_open)
    }
}

/// Lets the caller send the answer, unless another does or did. Returns how often that was begun and
/// may have arrived, this time included.
#[derive(Clone, Copy)]
pub(crate) struct Try {
    pub(crate) id: ProtectionRequestId,
    pub(crate) at: Timestamp,
}

impl Operation for Try {
    type Answer = Option<i64>;

    const IS_SHOWN: bool = false;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<i64>, StoreError> {
        let before = |lease| self.at.saturating_sub(lease).unwrap_or(self.at);
        let update = Statement::new(
            "UPDATE protection_requests SET tries = tries + 1, tried_at = $1
             WHERE id = $2 AND closed_at IS NULL
               AND (tried_at IS NULL OR tried_at <= CASE WHEN tries < $3 THEN $4 ELSE $5 END) RETURNING tries",
        )
        .bind(self.at)
        .bind(self.id.to_string())
        .bind(MANY)
        .bind(before(LEASE))
        .bind(before(LONG_LEASE));
        let tries: Option<(i64,)> = tx.row(update).await?;
        Ok(tries.map(|(tries,)| tries))
    }
}

/// That GitHub did not take the answer that was sent last: it had not begun to wait for one.
#[derive(Clone, Copy)]
pub(crate) struct NotTaken(pub(crate) ProtectionRequestId);

impl Operation for NotTaken {
    type Answer = ();

    const IS_SHOWN: bool = false;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let update =
            Statement::new("UPDATE protection_requests SET tries = tries - 1 WHERE id = $1 AND tries > 0");
        tx.execute(update.bind(self.0.to_string())).await?;
        Ok(())
    }
}

/// That GitHub took the answer.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    pub(crate) id: ProtectionRequestId,
    pub(crate) at: Timestamp,
}

impl Operation for Told {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let update = Statement::new(
            "UPDATE protection_requests SET told_at = $1, closed_at = $1 WHERE id = $2 AND closed_at IS NULL",
        );
        tx.execute(update.bind(self.at).bind(self.id.to_string())).await?;
        Ok(())
    }
}

/// The questions that GitHub still waits for an answer to, oldest first.
pub(crate) struct OpenRequests {
    pub(crate) limit: u32,
}

impl Operation for OpenRequests {
    type Answer = Vec<StoredProtectionRequest>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<StoredProtectionRequest>, StoreError> {
        let select = select().push(" WHERE closed_at IS NULL ORDER BY asked_at, id LIMIT ");
        read(tx, select.push_bind(i64::from(self.limit))).await
    }
}

/// One question.
pub(crate) struct OneRequest(pub(crate) ProtectionRequestId);

impl Operation for OneRequest {
    type Answer = Option<StoredProtectionRequest>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<StoredProtectionRequest>, StoreError> {
        let select = select().push(" WHERE id = ").push_bind(self.0.to_string());
        Ok(read(tx, select).await?.pop())
    }
}

/// A page of questions, newest first.
impl Operation for ProtectionFilter {
    type Answer = Vec<StoredProtectionRequest>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<StoredProtectionRequest>, StoreError> {
        let mut select = select().push(" WHERE asked_at > ''");
        if let Some((repo, run)) = &self.run {
            select =
                select.push(" AND repo = ").push_bind(repo.as_str()).push(" AND run_id = ").push_bind(*run);
        }
        if let Visible::Only(apps) = &self.visible {
            select = select.push(" AND app ").push_in::<S>(apps.clone());
        }
        let select = select.push(" ORDER BY asked_at DESC, id DESC LIMIT ");
        read(tx, select.push_bind(i64::from(self.limit))).await
    }
}

fn select() -> Statement {
    Statement::new(
        "SELECT id, repo, run_id, environment, app, deploy_id, started_by, asked_at, state, approved_by, tries,
           tried_at, told_at, closed_at
         FROM protection_requests",
    )
}

async fn read<S: Tx>(tx: &mut S, select: Statement) -> Result<Vec<StoredProtectionRequest>, StoreError> {
    let rows: Vec<RequestRow> = tx.rows(select).await?;
    let requests: Result<_, ImpossibleRow> = rows.into_iter().map(TryInto::try_into).collect();
    Ok(requests?)
}

/// A question that no other transaction changes meanwhile.
async fn locked<S: Tx>(
    tx: &mut S,
    id: ProtectionRequestId,
) -> Result<Option<StoredProtectionRequest>, StoreError> {
    let select = select().push(" WHERE id = ").push_bind(id.to_string()).push(S::FOR_UPDATE);
    Ok(read(tx, select).await?.pop())
}

async fn save<S: Tx>(tx: &mut S, request: &StoredProtectionRequest) -> Result<(), StoreError> {
    let update = Statement::new(
        "UPDATE protection_requests
         SET app = $1, deploy_id = $2, started_by = $3, state = $4, approved_by = $5 WHERE id = $6",
    )
    .bind(&request.app)
    .bind(request.deploy_id.map(|id| id.to_string()).as_deref())
    .bind(text_of_starter(request.started_by.as_ref()).as_deref())
    .bind(text_of(&request.state))
    .bind(serde_json::json!(request.approved_by).to_string())
    .bind(request.id.to_string());
    tx.execute(update).await?;
    Ok(())
}

/// Writes a decision into the journal. It moves no deploy.
async fn record<S: Tx>(
    tx: &mut S,
    request: &StoredProtectionRequest,
    by: Option<&Actor>,
    at: Timestamp,
) -> Result<(), StoreError> {
    if let Some(id) = request.deploy_id {
        touch(tx, id, at).await?;
    }
    match NewEntry::protection_decided(request, by, at) {
        Some(entry) => append(tx, entry).await,
        None => Ok(()),
    }
}

fn text_of(state: &ProtectionState) -> String {
    serde_json::json!(state).to_string()
}

fn text_of_starter(started_by: Option<&StartedBy>) -> Option<String> {
    started_by.map(|by| serde_json::json!(by).to_string())
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: String,
    repo: String,
    run_id: i64,
    environment: String,
    app: String,
    deploy_id: Option<String>,
    started_by: Option<String>,
    asked_at: String,
    state: String,
    approved_by: String,
    tries: i64,
    tried_at: Option<String>,
    told_at: Option<String>,
    closed_at: Option<String>,
}

impl TryFrom<RequestRow> for StoredProtectionRequest {
    type Error = ImpossibleRow;

    fn try_from(row: RequestRow) -> Result<Self, ImpossibleRow> {
        let reader = Reader { table: "protection_requests", id: &row.id };
        let time = |column: &str, text: &Option<String>| {
            text.as_deref().map(|text| reader.parse(column, text)).transpose()
        };
        Ok(Self {
            id: reader.parse("id", &row.id)?,
            deploy_id: row
                .deploy_id
                .as_deref()
                .map(|text| reader.parse::<DeployId>("deploy_id", text))
                .transpose()?,
            asked_at: reader.parse("asked_at", &row.asked_at)?,
            tried_at: time("tried_at", &row.tried_at)?,
            told_at: time("told_at", &row.told_at)?,
            closed_at: time("closed_at", &row.closed_at)?,
            started_by: row.started_by.and_then(|text| serde_json::from_str(&text).ok()),
            // A decision of a newer build cannot be read here: this one decides nothing about it.
            state: serde_json::from_str(&row.state).unwrap_or(ProtectionState::Unknown),
            approved_by: serde_json::from_str(&row.approved_by)
                .map_err(|_| reader.error("approved_by cannot be read"))?,
            repo: row.repo,
            run: row.run_id,
            environment: row.environment,
            app: row.app,
            tries: row.tries,
        })
    }
}
