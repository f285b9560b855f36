//! What services need of a database, in the terms of the domain: each method is one transaction, and leaves nothing
//! half done.

use std::collections::HashMap;

use app::domain::{
    Commit, CommitDetails, CommitDistance, DeployId, DeployTotals, Freeze, JournalEntry, ProtectionRequestId,
    Timestamp, Visible,
};
use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::sync::watch;

use crate::{
    error::StoreError,
    model::*,
    ops::proof::{Compared, Rows},
    outbox::Outbox,
};

/// What the service needs of a database.
#[async_trait]
pub trait Store: Outbox {
    /// Succeeds if the database can be read and has a schema that this build can work with.
    async fn check(&self) -> Result<(), StoreError>;

    /// Succeeds if the database can be written to: commits a write that changes nothing that is read anywhere.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Records a dispatch request: the row, the key and the journal entry; or says why not.
    async fn open(&self, request: &NewDeploy) -> Result<CreateOutcome, StoreError>;

    /// The earlier answer to the key of this request, if the same actor used it. Records nothing.
    async fn earlier(&self, request: &NewDeploy) -> Result<Option<CreateOutcome>, StoreError>;

    /// Marks the request that made this deploy as answered, so that its key is no longer in flight.
    async fn answered(&self, id: DeployId, at: Timestamp) -> Result<(), StoreError>;

    /// Moves a deploy along one edge on behalf of the console or the reconciler: a compare-and-swap on the
    /// status, and its journal entry.
    async fn advance(&self, advance: &Advance) -> Result<Advanced, StoreError>;

    /// Ends a live deploy on behalf of a person who gives it up, with its journal entry.
    async fn abandon(&self, abandon: &Abandon) -> Result<Advanced, StoreError>;

    /// Counts an approval of a deploy that waits for some, with its journal entry. Exactly one is told that it was the
    /// last one that was missing.
    async fn approve(&self, approve: &Approve) -> Result<ApproveOutcome, StoreError>;

    /// Ends a deploy that waits for approvals, with its journal entry; or says why not.
    async fn reject(&self, reject: &Approve) -> Result<Option<NotApproved>, StoreError>;

    /// Ends a deploy whose time for approvals is over, with its journal entry. Returns whether it did.
    async fn expire(&self, id: DeployId, at: Timestamp) -> Result<bool, StoreError>;

    /// Takes a deploy that has all the approvals that it needs, so as to ask GitHub for it. Returns whether GitHub is to
    /// be asked: that is told once.
    async fn claim_dispatch(&self, id: DeployId, at: Timestamp) -> Result<bool, StoreError>;

    /// Records the run of a deploy, if it is not known yet, with its journal entry. The status stays.
    async fn attach_run(&self, attach: &AttachRun) -> Result<Advanced, StoreError>;

    /// Those of these runs that belong to no deploy: none has them, and their titles name none.
    async fn unclaimed_runs(&self, runs: Vec<CandidateRun>) -> Result<Vec<i64>, StoreError>;

    /// Records the deploy of a run that was not requested through the console, with its journal entry; or says why not.
    async fn import(&self, import: &Import) -> Result<ImportOutcome, StoreError>;

    /// Records a fact about a deploy that does not move it: the entry, and the next version of the row. A report of GitHub's
    /// record that repeats the previous one changes nothing. Of a deploy that has ended, only what is done about its run and
    /// read of it is recorded, where it timed out or a person gave it up, until its run has ended too.
    async fn note(&self, note: &Note) -> Result<Advanced, StoreError>;

    /// Decides an authentic callback: delivery id, edges, journal and row in one transaction.
    async fn receive(&self, delivery: &Delivery) -> Result<Received, StoreError>;

    /// Records the value of a flag in an environment, with its journal entry. Returns whether it changed.
    async fn promote(&self, promotion: &Promotion) -> Result<bool, StoreError>;

    /// The promotions of all flags.
    async fn promotions(&self) -> Result<Vec<Promotion>, StoreError>;

    /// Records a freeze, with its journal entry. The row has the name of who declares it; the entry also their id.
    async fn declare(&self, freeze: &Freeze, actor: &str) -> Result<(), StoreError>;

    /// Ends a freeze by hand, with its journal entry. Returns whether it existed and was not lifted before.
    async fn lift(&self, lift: &Lift) -> Result<bool, StoreError>;

    /// The freezes that are not lifted, and this many of those that were, the newest: of apps that are seen, and of every
    /// app.
    async fn freezes(&self, lifted: u32, visible: &Visible) -> Result<Vec<Freeze>, StoreError>;

    /// Records a session.
    async fn open_session(&self, session: &NewSession) -> Result<(), StoreError>;

    /// The session with this hash, whether it has ended or not.
    async fn session(&self, hash: &str) -> Result<Option<StoredSession>, StoreError>;

    /// Records that a session is used, if that is later than what is known, and it has not ended.
    async fn see_session(&self, hash: &str, at: Timestamp) -> Result<(), StoreError>;

    /// The sessions that have neither ended nor expired, newest first, at most this many.
    async fn sessions(&self, at: Timestamp, limit: u32) -> Result<Vec<StoredSession>, StoreError>;

    /// Ends sessions; where it is said by whom, with a journal entry. Returns how many had not ended or expired before.
    async fn end_sessions(
        &self,
        whose: &EndSessions,
        by: Option<&Actor>,
        at: Timestamp,
    ) -> Result<u32, StoreError>;

    /// Records a token, with its journal entry. Returns whether it did: a token that is not revoked may have the name.
    async fn create_token(&self, token: &NewToken) -> Result<bool, StoreError>;

    /// The token with this hash, whether it is good or not.
    async fn token(&self, hash: &str) -> Result<Option<StoredToken>, StoreError>;

    /// All tokens, newest first: expired and revoked ones too.
    async fn tokens(&self) -> Result<Vec<StoredToken>, StoreError>;

    /// Records that a token was used in this hour, unless a later one is known.
    async fn use_token(&self, hash: &str, hour: Timestamp) -> Result<(), StoreError>;

    /// Revokes the token of this name, with its journal entry. Returns whether there was one that was not revoked before.
    async fn revoke_token(&self, name: &str, by: &Actor, at: Timestamp) -> Result<bool, StoreError>;

    /// The hashes of sessions that were ended and tokens that were revoked, then or later: for what other instances
    /// remember. The times are of the clocks of those who ended them, and may be seen a little after: ask for some more.
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<String>, StoreError>;

    /// Writes the journal entries that a migration down could not write, one for each deploy that it ended. Returns
    /// those deploys: none, the second time.
    async fn record_rolled_back(&self, at: Timestamp) -> Result<Vec<RolledBack>, StoreError>;

    /// Remembers a webhook of GitHub by the id of its delivery. Returns whether it is the first with this id.
    async fn first_delivery(&self, id: &str, at: Timestamp) -> Result<bool, StoreError>;

    /// Keeps a question of GitHub about its gate. Returns whether it is new.
    async fn ask_protection(&self, request: &NewProtectionRequest) -> Result<bool, StoreError>;

    /// The questions that GitHub still waits for an answer to, oldest first, at most this many.
    async fn open_protection_requests(&self, limit: u32) -> Result<Vec<StoredProtectionRequest>, StoreError>;

    /// One question.
    async fn protection_request(
        &self,
        id: ProtectionRequestId,
    ) -> Result<Option<StoredProtectionRequest>, StoreError>;

    /// Questions, newest first.
    async fn protection_requests(
        &self,
        filter: &ProtectionFilter,
    ) -> Result<Vec<StoredProtectionRequest>, StoreError>;

    /// Decides a question by what is frozen and approved now, with its journal entry; or records what it waits for. What was
    /// decided stays so. Returns the question as it is then; none, if there is none.
    async fn decide_protection(
        &self,
        decide: &DecideProtection,
    ) -> Result<Option<StoredProtectionRequest>, StoreError>;

    /// Counts an approval of a run that waits at GitHub's gate, with its journal entry.
    async fn approve_protection(&self, approve: &ApproveProtection)
    -> Result<ProtectionApproved, StoreError>;

    /// Rejects such a run, with its journal entry.
    async fn reject_protection(&self, reject: &ApproveProtection) -> Result<ProtectionApproved, StoreError>;

    /// Lets the caller send the answer to a question, unless that was begun a moment ago, or there is no more to be done.
    /// Returns how often it was sent and may have arrived, this time included.
    async fn try_protection(&self, id: ProtectionRequestId, at: Timestamp)
    -> Result<Option<i64>, StoreError>;

    /// Records that GitHub did not take the answer that was sent last.
    async fn protection_not_taken(&self, id: ProtectionRequestId) -> Result<(), StoreError>;

    /// Records that GitHub took the answer.
    async fn protection_told(&self, id: ProtectionRequestId, at: Timestamp) -> Result<(), StoreError>;

    /// Records that GitHub no longer waits for an answer. Returns whether nothing was decided before.
    async fn lapse_protection(&self, id: ProtectionRequestId, at: Timestamp) -> Result<bool, StoreError>;

    /// Deletes deliveries, answered keys and sent messages that are older than this; and sessions that ended or expired
    /// more than a day ago.
    async fn prune(&self, now: Timestamp, retention: SignedDuration) -> Result<(), StoreError>;

    /// One deploy, with its history.
    async fn deploy(&self, id: DeployId) -> Result<Option<StoredDeploy>, StoreError>;

    /// The deploys that have this run of GitHub, oldest first: one for each attempt after the one before had ended.
    async fn deploys_of_run(&self, run: i64) -> Result<Vec<StoredDeploy>, StoreError>;

    /// A page of deploys, newest first, with their histories: as many as the filter allows, or as fit into 1 MiB.
    async fn deploy_page(&self, filter: &DeployFilter) -> Result<StoredPage, StoreError>;

    /// Deploys, newest first, with their histories.
    async fn deploys(&self, filter: &DeployFilter) -> Result<Vec<StoredDeploy>, StoreError>;

    /// How the deploys ended that a filter asks for, whatever page: the newest thousand of them.
    async fn deploy_totals(&self, filter: &DeployFilter) -> Result<DeployTotals, StoreError>;

    /// People who requested deploys of apps that are seen, by name, at most this many.
    async fn people(&self, limit: u32, visible: &Visible) -> Result<Vec<String>, StoreError>;

    /// The state of each of these places, in their order.
    async fn environment_summaries(&self, places: Vec<Place>) -> Result<Vec<EnvironmentSummary>, StoreError>;

    /// What is known of each of these commits; nothing of those that are not known.
    async fn commit_details(&self, of: Vec<Commit>) -> Result<HashMap<Commit, CommitDetails>, StoreError>;

    /// What is known to lie between the commits of each of these pairs.
    async fn commit_distances(
        &self,
        of: Vec<CommitPair>,
    ) -> Result<HashMap<CommitPair, CommitDistance>, StoreError>;

    /// Keeps what GitHub records of a commit, unless it is known: it never changes.
    async fn save_commit(&self, commit: &Commit, details: &CommitDetails) -> Result<(), StoreError>;

    /// Keeps what lies between two commits, unless it is known: it never changes.
    async fn save_distance(&self, pair: &CommitPair, distance: CommitDistance) -> Result<(), StoreError>;

    /// What the deploys of a range say in figures.
    async fn insight(&self, filter: &InsightFilter) -> Result<Figures, StoreError>;

    /// The journal of one deploy, oldest first: every entry that can be read, however many there are.
    async fn journal(&self, id: DeployId) -> Result<Vec<JournalEntry>, StoreError>;

    /// The newest entries about one deploy as they are stored, as many as its page shows.
    async fn journal_end(&self, id: DeployId) -> Result<JournalEnd, StoreError>;

    /// A page of the whole journal as it is stored, in sequence: no more than a megabyte or one entry.
    async fn entries(&self, filter: &EntryFilter) -> Result<EntryPage, StoreError>;

    /// Compares rows with the journal.
    async fn compare(&self, rows: &Rows) -> Result<Compared, StoreError>;

    /// The last entry of the whole journal, as it is stored.
    async fn last_entry(&self) -> Result<Option<StoredEntry>, StoreError>;

    /// Signals writes: by this store or, where several share a database, by any of them. It may also signal when
    /// nothing was written.
    fn written(&self) -> watch::Receiver<()>;

    /// How many writes it has heard of, and more rather than fewer. What was read is current as long as this is what it
    /// was before: of what this store wrote, always; of what others wrote, once the database has said so.
    fn writes(&self) -> u64;

    /// Counts a write that was seen in the database. It can be there before this store has heard of it, and a client that is
    /// told of it then must not be answered with what was read before.
    fn saw_write(&self);

    /// Waits until every connection is closed. The store must not be used after this.
    async fn close(&self);
}
