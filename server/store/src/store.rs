//! What services need of a database, in the words of the domain: each method is one transaction, and leaves nothing
//! half done.

use app::domain::{DeployId, Freeze, JournalEntry, Timestamp};
use async_trait::async_trait;
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
    /// Answers if the database can be read and has a schema that this build can work on.
    async fn check(&self) -> Result<(), StoreError>;

    /// Answers if the database can be written to: writes and commits what changes nothing that anyone reads.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Records a dispatch request: the row, the key and the journal entry; or says why not.
    async fn open(&self, request: &NewDeploy) -> Result<CreateOutcome, StoreError>;

    /// What the key of this request was answered before, if it was used. Records nothing.
    async fn earlier(&self, request: &NewDeploy) -> Result<Option<CreateOutcome>, StoreError>;

    /// Marks the request that made this deploy as answered, so that its key is no longer in flight.
    async fn answered(&self, id: DeployId, at: Timestamp) -> Result<(), StoreError>;

    /// Moves a deploy along one edge on behalf of the console or the reconciler: a compare-and-swap on the
    /// status, and its journal entry.
    async fn advance(&self, advance: &Advance) -> Result<Advanced, StoreError>;

    /// Writes down which run a deploy has, if it is not known yet, with its journal entry. The status stays.
    async fn attach_run(&self, attach: &AttachRun) -> Result<Advanced, StoreError>;

    /// Those of these runs that are nobody's: no deploy has them, and their titles name none.
    async fn unclaimed_runs(&self, runs: Vec<CandidateRun>) -> Result<Vec<i64>, StoreError>;

    /// Records the deploy of a run that nobody asked the console for, with its journal entry; or says why not.
    async fn import(&self, import: &Import) -> Result<Imported, StoreError>;

    /// Writes down what is worth knowing of a live deploy but does not move it: the entry, and a version more
    /// for the row. What GitHub's record said before changes nothing when it says it again.
    async fn note(&self, note: &Note) -> Result<Advanced, StoreError>;

    /// Decides an authentic callback: delivery id, edges, journal and row in one transaction.
    async fn receive(&self, delivery: &Delivery) -> Result<Received, StoreError>;

    /// Writes down what a flag is in an environment, with its journal entry. Answers whether it was anything
    /// else before.
    async fn promote(&self, promotion: &Promotion) -> Result<bool, StoreError>;

    /// What every flag was promoted to, where it was.
    async fn promotions(&self) -> Result<Vec<Promotion>, StoreError>;

    /// Writes down a freeze, with its journal entry.
    async fn declare(&self, freeze: &Freeze) -> Result<(), StoreError>;

    /// Ends a freeze by hand, with its journal entry. Answers whether it was there and not ended before.
    async fn lift(&self, lift: &Lift) -> Result<bool, StoreError>;

    /// The freezes that nobody has lifted, and the last so many that somebody has.
    async fn freezes(&self, lifted: u32) -> Result<Vec<Freeze>, StoreError>;

    /// Writes the journal entries that a migration down left to be written, one for each deploy that it ended. Answers
    /// which: none, the second time.
    async fn record_rolled_back(&self, at: Timestamp) -> Result<Vec<RolledBack>, StoreError>;

    /// Takes away the deliveries, answered keys and sent messages that are older.
    async fn prune(&self, before: Timestamp) -> Result<(), StoreError>;

    /// One deploy, with its history.
    async fn deploy(&self, id: DeployId) -> Result<Option<StoredDeploy>, StoreError>;

    /// A page of deploys, newest first, with their histories: as many as are asked for, or as fit into 1 MiB.
    async fn deploy_page(&self, filter: &DeployFilter) -> Result<StoredPage, StoreError>;

    /// Deploys, newest first, with their histories.
    async fn deploys(&self, filter: &DeployFilter) -> Result<Vec<StoredDeploy>, StoreError>;

    /// People who asked for deploys, by name, so many at most.
    async fn people(&self, limit: u32) -> Result<Vec<String>, StoreError>;

    /// How each of these places stands, in their order.
    async fn environment_summaries(&self, places: Vec<Place>) -> Result<Vec<EnvironmentSummary>, StoreError>;

    /// What the deploys of a range say in figures.
    async fn insight(&self, filter: &InsightFilter) -> Result<Figures, StoreError>;

    /// The journal of one deploy, oldest first: every entry that can be read, however many there are.
    async fn journal(&self, id: DeployId) -> Result<Vec<JournalEntry>, StoreError>;

    /// The newest entries about one deploy as they are stored, as many as its page shows.
    async fn journal_end(&self, id: DeployId) -> Result<JournalEnd, StoreError>;

    /// A page of the whole journal as it is stored, in sequence: of no more than a megabyte or one entry.
    async fn entries(&self, filter: &EntryFilter) -> Result<EntryPage, StoreError>;

    /// Compares rows with what the journal says of them.
    async fn compare(&self, rows: &Rows) -> Result<Compared, StoreError>;

    /// The last entry of the whole journal, as it is stored.
    async fn last_entry(&self) -> Result<Option<StoredEntry>, StoreError>;

    /// Says when something was written: by this store or, where several share a database, by any of them. It may also
    /// say so when nothing was.
    fn written(&self) -> watch::Receiver<()>;

    /// Waits until every connection is closed. Nothing may be asked of it after this.
    async fn close(&self);
}
