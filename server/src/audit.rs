//! `deploy-console audit`: checks the journal and the rows, exports the journal, and prints its head, straight from the
//! database.

mod format;

use std::{
    fmt,
    io::{self, Write},
};

use store::{
    Compared, EntryFilter, Rows, Store, StoreError,
    audit::{Broken, Chain, Difference},
};

pub use format::Format;

/// Entries per page: fewer if they are long.
const PAGE: u32 = 1_000;
/// Rows that are compared at a time.
const ROWS: u32 = 500;
/// Entries that are checked at a start.
const RECENT: i64 = 1_000;

/// Why the journal could not be checked or exported, or that it is broken, or that rows differ from it.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// An entry was changed, taken out, put in or moved.
    #[error("the journal is broken: {0}")]
    Broken(#[from] Broken),
    /// A row was changed, taken out or put in: or entries about it were.
    #[error("the entries are whole, but a row is not as they say: {0}")]
    Row(#[from] Difference),
    /// The anchored hash is missing: entries at its end were removed, or it is another journal.
    #[error(
        "the journal is whole, but holds no entry with the hash {0}: its end was cut off, or it is another journal"
    )]
    NotAnchored(String),
    #[error("the journal cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The output could not be written.
    #[error("the journal cannot be written out: {0}")]
    Output(#[from] io::Error),
}

/// A journal that is whole, with rows that agree with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verified {
    /// The first entry that was checked.
    pub first: i64,
    /// The entries that were checked.
    pub chain: Chain,
    /// The deploys that were compared.
    pub deploys: u64,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first: _, chain: Chain { length, head }, deploys } = self;
        writeln!(f, "The journal is whole: {length} entries, head {head}")?;
        write!(f, "Deploys compared with it: {deploys}, no difference")
    }
}

/// Checks every entry, and compares every row with its entries.
///
/// The entries come first, so that an edited entry is reported as such and not as the row that no longer matches it.
/// Entries that were written meanwhile are checked at the end, since rows were compared with them.
///
/// # Errors
/// The first entry that is not as it was written, or that none has the hash `anchored`; or the first row that differs
/// from its entries.
pub async fn verify(store: &dyn Store, anchored: Option<&str>) -> Result<Verified, AuditError> {
    let mut chain = Chain::default();
    let is_anchored = anchored.is_none_or(|hash| chain.head == hash);
    let is_anchored = follow(store, &mut chain, anchored).await? || is_anchored;
    if let Some(hash) = anchored.filter(|_| !is_anchored) {
        return Err(AuditError::NotAnchored(hash.to_owned()));
    }
    let deploys = compare(store).await?;
    follow(store, &mut chain, None).await?;
    Ok(Verified { first: 1, chain, deploys })
}

/// Checks what was written since then.
///
/// # Errors
/// The first entry that is not as it was written.
pub async fn catch_up(store: &dyn Store, chain: &mut Chain) -> Result<(), AuditError> {
    follow(store, chain, None).await.map(drop)
}

/// Checks the entries from here to the end. Returns whether one of them has this hash.
async fn follow(store: &dyn Store, chain: &mut Chain, hash: Option<&str>) -> Result<bool, AuditError> {
    let mut is_there = false;
    loop {
        let page = store.entries(&EntryFilter::after(chain.length, PAGE)).await?;
        for entry in &page.entries {
            chain.check(entry)?;
            is_there |= hash == Some(&chain.head);
        }
        if !page.has_more {
            return Ok(is_there);
        }
    }
}

/// Compares every row with its journal. Returns how many there are.
async fn compare(store: &dyn Store) -> Result<u64, AuditError> {
    let (mut deploys, mut after) = (0, String::new());
    loop {
        let compared = store.compare(&Rows::After(after, ROWS)).await?;
        if let Some(difference) = compared.difference {
            return Err(difference.into());
        }
        deploys += u64::from(compared.rows);
        let Some(last) = compared.last else { return Ok(deploys) };
        after = last;
    }
}

/// Checks the last entries, and compares the live rows with their journals: as much as a start has time for, however
/// long the journal is. Rows without any journal are noticed, too.
///
/// # Errors
/// As [`verify`].
pub async fn verify_recent(store: &dyn Store) -> Result<Verified, AuditError> {
    let last = store.last_entry().await?;
    let before = last.map_or(0, |last| last.sequence.saturating_sub(RECENT).max(0));
    let start = store.entries(&EntryFilter::after(before, 1)).await?;
    let mut chain = match start.entries.into_iter().next() {
        Some(entry) if before > 0 => Chain { length: before, head: entry.previous_hash },
        Some(_) | None => Chain::default(),
    };
    let first = chain.length + 1;
    follow(store, &mut chain, None).await?;
    let rows = if chain.length == 0 { Rows::After(String::new(), 1) } else { Rows::Live };
    let Compared { rows, difference, .. } = store.compare(&rows).await?;
    match difference {
        Some(difference) => Err(difference.into()),
        None => Ok(Verified { first, chain, deploys: rows.into() }),
    }
}

/// Writes every entry as a line of JSON, in sequence; for one that cannot be read, what is left of it.
///
/// # Errors
/// If the journal cannot be read, or the output cannot be written.
pub async fn export(store: &dyn Store, output: &mut (dyn Write + Send)) -> Result<(), AuditError> {
    let mut after = 0;
    loop {
        let page = store.entries(&EntryFilter::after(after, PAGE)).await?;
        for stored in page.entries {
            after = stored.sequence;
            serde_json::to_writer(&mut *output, &store::audit::read(stored)).map_err(io::Error::from)?;
            output.write_all(b"\n")?;
        }
        if !page.has_more {
            return Ok(output.flush()?);
        }
    }
}

/// The end of the journal, as it is stored.
///
/// # Errors
/// If it cannot be read.
pub async fn head(store: &dyn Store) -> Result<Chain, StoreError> {
    let last = store.last_entry().await?;
    Ok(last.map_or_else(Chain::default, |entry| Chain { length: entry.sequence, head: entry.hash }))
}

impl AuditError {
    /// Where the journal or a row is wrong, without quoting what is stored there; none if that is not known.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match self {
            Self::Broken(broken) => Some(broken.to_string()),
            Self::Row(difference) => Some(difference.place()),
            Self::NotAnchored(_) | Self::Store(_) | Self::Output(_) => None,
        }
    }
}
