//! The rows, and the only place that contains SQL.
//!
//! [`Store`] is what the service needs of a database, in the words of the domain: each method is one
//! transaction and leaves nothing half done. What a transaction does is an act, written once for both
//! databases; the contract that both have to keep is a test suite that takes any store.
//!
//! - [`types`]: what it is asked, and what it answers.
//! - [`requests`], [`intake`], [`write`], [`queries`], [`entries`], [`board`], [`flags`], [`freezes`], [`imports`], [`insight`],
//!   [`proof`], [`rolled_back`], [`prune`]: the acts.
//! - [`outbox`]: what is to be said of a deploy that ended.
//! - [`session`]: the SQL that both databases understand, and what differs between them.
//! - [`sqlite`], [`postgres`]: how each begins, locks, commits and is migrated.
//! - [`journal`]: entries and their chain. [`row`]: what rows have to look like.

mod backend;
mod board;
mod entries;
mod error;
mod flags;
mod freezes;
mod imports;
mod insight;
mod intake;
pub mod journal;
mod outbox;
pub mod postgres;
mod proof;
mod prune;
mod queries;
mod requests;
mod rolled_back;
mod row;
mod schema;
mod session;
pub mod sqlite;
mod types;
mod write;

use std::sync::Arc;

use app::domain::{DeployId, Freeze, JournalEntry, Timestamp};
use async_trait::async_trait;
use tokio::sync::watch;

pub use board::standings_asked;
pub use error::{ImpossibleRow, StoreError};
pub use flags::Promotion;
pub use freezes::Lift;
pub use outbox::{
    Announce, Channel, Channels, Claim, Claimed, Failure, Message, Outbox, Outcome, Undelivered,
};
pub use postgres::PostgresStore;
pub use proof::{Compared, Rows};
pub use rolled_back::RolledBack;
pub use row::StoredEntry;
pub use schema::{SchemaError, newest};
pub use session::Asked;
pub use sqlite::{FileLock, SqliteStore};
pub use types::{
    Advance, Advanced, Attach, Decision, Delivery, DeployFilter, EntryFilter, EntryPage, Figures, Import,
    Imported, InsightFilter, JournalEnd, Note, Noted, OpenRequest, Opened, Place, Received, Standing,
    StatusFilter, StoredDeploy, StoredPage, Suspect,
};

use self::outbox::Announcing;
use crate::{
    config::{DatabaseSystem, DatabaseUrl},
    fail_point::FailPoint,
    lifecycle::Supervisor,
};

/// Opens a database that has the schema of this build. Writes stop at the fail point. That a deploy ends is
/// announced to nobody.
///
/// # Errors
/// If it cannot be opened.
pub async fn open(url: &DatabaseUrl, fail_point: FailPoint) -> Result<Arc<dyn Store>, SchemaError> {
    open_announcing(url, fail_point, Announce::default(), &Supervisor::default()).await
}

/// The same, where that a deploy ends is announced, and the tasks of the store are supervised.
///
/// # Errors
/// If it cannot be opened.
pub async fn open_announcing(
    url: &DatabaseUrl,
    fail_point: FailPoint,
    announce: Announce,
    supervisor: &Supervisor,
) -> Result<Arc<dyn Store>, SchemaError> {
    let (text, tasks) = (url.as_str(), supervisor.group());
    Ok(match url.system() {
        DatabaseSystem::Sqlite => {
            let backend = SqliteStore::open(text, fail_point, tasks).await?;
            Arc::new(Announcing { backend, announce })
        }
        DatabaseSystem::Postgres => {
            let backend = PostgresStore::open(text, fail_point, tasks).await?;
            Arc::new(Announcing { backend, announce })
        }
    })
}

/// Keeps other consoles from serving a SQLite file, as long as what this gives is there. Commands beside it are not kept
/// from anything, and Postgres is for several.
///
/// # Errors
/// If another console serves it, or there can be no lock.
pub fn lock(url: &DatabaseUrl) -> Result<Option<FileLock>, SchemaError> {
    match url.system() {
        DatabaseSystem::Sqlite => sqlite::lock(url.as_str()).map(Some),
        DatabaseSystem::Postgres => Ok(None),
    }
}

/// Brings a database to the schema of this build, or back to an older migration.
///
/// # Errors
/// If it cannot be opened, is of a newer build that did more than add, or a migration fails.
pub async fn migrate(url: &DatabaseUrl, down_to: Option<i64>) -> Result<(), SchemaError> {
    match (url.system(), down_to) {
        (DatabaseSystem::Sqlite, None) => sqlite::migrate(url.as_str()).await,
        (DatabaseSystem::Sqlite, Some(version)) => sqlite::migrate_to(url.as_str(), version).await,
        (DatabaseSystem::Postgres, None) => postgres::migrate(url.as_str()).await,
        (DatabaseSystem::Postgres, Some(version)) => postgres::migrate_to(url.as_str(), version).await,
    }
}

/// What the service needs of a database.
#[async_trait]
pub trait Store: Outbox {
    /// Answers if the database can be read and has a schema that this build can work on.
    async fn check(&self) -> Result<(), StoreError>;

    /// Answers if the database can be written to: writes and commits what changes nothing that anyone reads.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Records a dispatch request: the row, the key and the journal entry; or says why not.
    async fn open(&self, request: &OpenRequest) -> Result<Opened, StoreError>;

    /// What the key of this request was answered before, if it was used. Records nothing.
    async fn earlier(&self, request: &OpenRequest) -> Result<Option<Opened>, StoreError>;

    /// Marks the request that made this deploy as answered, so that its key is no longer in flight.
    async fn answered(&self, id: DeployId, at: Timestamp) -> Result<(), StoreError>;

    /// Moves a deploy along one edge on behalf of the console or the reconciler: a compare-and-swap on the
    /// status, and its journal entry.
    async fn advance(&self, advance: &Advance) -> Result<Advanced, StoreError>;

    /// Writes down which run a deploy has, if it is not known yet, with its journal entry. The status stays.
    async fn attach_run(&self, attach: &Attach) -> Result<Advanced, StoreError>;

    /// Those of these runs that are nobody's: no deploy has them, and their titles name none.
    async fn strangers(&self, runs: Vec<Suspect>) -> Result<Vec<i64>, StoreError>;

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
    async fn standings(&self, places: Vec<Place>) -> Result<Vec<Standing>, StoreError>;

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
