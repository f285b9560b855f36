//! `deploy-console audit`: the journal checked, written out, and its head, straight from the database.

use std::io::{self, Write};

use crate::store::{
    EntryFilter, Store, StoreError,
    journal::{Broken, Chain},
};

/// Entries that are held in memory at a time.
const PAGE: u32 = 1_000;

/// Why the journal could not be checked or written out, or that it is not whole.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// An entry was changed, taken out, put in or moved.
    #[error("the journal is broken: {0}")]
    Broken(#[from] Broken),
    /// The anchored hash is not in it: entries at its end were taken away, or it is another journal.
    #[error(
        "the journal is whole, but holds no entry with the hash {0}: its end was cut off, or it is another journal"
    )]
    NotAnchored(String),
    /// The database.
    #[error("the journal cannot be read: {0}")]
    Store(#[from] StoreError),
    /// Where it is written to.
    #[error("the journal cannot be written out: {0}")]
    Output(#[from] io::Error),
}

/// Checks every entry. Gives the chain to its end.
///
/// # Errors
/// The first entry that is not as it was written, or that none has the hash `anchored`.
pub async fn verify(store: &dyn Store, anchored: Option<&str>) -> Result<Chain, AuditError> {
    let mut chain = Chain::default();
    let mut is_anchored = anchored.is_none_or(|hash| chain.head == hash);
    loop {
        let page = store.entries(&EntryFilter { after: chain.length, ..EntryFilter::page(PAGE) }).await?;
        for entry in &page {
            chain.check(entry)?;
            is_anchored |= anchored == Some(&chain.head);
        }
        if page.len() < PAGE as usize {
            break;
        }
    }
    match anchored {
        Some(hash) if !is_anchored => Err(AuditError::NotAnchored(hash.to_owned())),
        Some(_) | None => Ok(chain),
    }
}

/// Writes every entry as a line of JSON, in sequence. An entry that cannot be read ends it.
///
/// # Errors
/// If an entry cannot be read, or the output takes no more.
pub async fn export(store: &dyn Store, output: &mut (dyn Write + Send)) -> Result<(), AuditError> {
    let mut after = 0;
    loop {
        let page = store.entries(&EntryFilter { after, ..EntryFilter::page(PAGE) }).await?;
        let is_last = page.len() < PAGE as usize;
        for stored in page {
            after = stored.sequence;
            let entry = app::api::JournalEntry::try_from(stored).map_err(StoreError::from)?;
            serde_json::to_writer(&mut *output, &entry).map_err(io::Error::from)?;
            output.write_all(b"\n")?;
        }
        if is_last {
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
