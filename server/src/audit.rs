//! `deploy-console audit`: the journal checked, written out, and its head, straight from the database.

use std::io::{self, Write};

use crate::store::{
    EntryFilter, Store, StoreError,
    journal::{self, Broken, Chain},
};

/// Entries of a page: fewer, if they are long.
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
        for entry in &page.entries {
            chain.check(entry)?;
            is_anchored |= anchored == Some(&chain.head);
        }
        if !page.has_more {
            break;
        }
    }
    match anchored {
        Some(hash) if !is_anchored => Err(AuditError::NotAnchored(hash.to_owned())),
        Some(_) | None => Ok(chain),
    }
}

/// Writes every entry as a line of JSON, in sequence. In the place of one that cannot be read, what is left of it.
///
/// # Errors
/// If the journal cannot be read, or the output takes no more.
pub async fn export(store: &dyn Store, output: &mut (dyn Write + Send)) -> Result<(), AuditError> {
    let mut after = 0;
    loop {
        let page = store.entries(&EntryFilter { after, ..EntryFilter::page(PAGE) }).await?;
        for stored in page.entries {
            after = stored.sequence;
            serde_json::to_writer(&mut *output, &journal::read(stored)).map_err(io::Error::from)?;
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
