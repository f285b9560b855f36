//! Entries of the journal as text: lines of JSON, or a table.

use std::io;

use app::domain::TrailEntry;
use serde::Deserialize;

use crate::csv_cell::text;

/// The format of an export.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A line of JSON for each entry, as `audit export` writes it.
    #[default]
    Jsonl,
    /// A table for spreadsheets; the payload is one column of JSON. Texts that a spreadsheet would run as a formula get
    /// a leading apostrophe.
    Csv,
}

const COLUMNS: [&str; 9] =
    ["sequence", "at", "actor", "action", "deploy_id", "payload", "previous_hash", "hash", "unreadable"];

impl Format {
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/jsonl",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Jsonl => "audit.jsonl",
            Self::Csv => "audit.csv",
        }
    }

    /// What comes before the first entry.
    ///
    /// # Errors
    /// None that can happen: it is written to memory.
    pub fn head(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Jsonl => Ok(Vec::new()),
            Self::Csv => record(COLUMNS.map(str::to_owned)),
        }
    }

    /// One entry.
    ///
    /// # Errors
    /// None that can happen: it is written to memory.
    pub fn entry(self, entry: &TrailEntry) -> io::Result<Vec<u8>> {
        match self {
            Self::Jsonl => {
                let mut line = serde_json::to_vec(entry)?;
                line.push(b'\n');
                Ok(line)
            }
            Self::Csv => record(cells(entry)),
        }
    }
}

fn record(cells: [String; COLUMNS.len()]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// The cells of one entry. For one that cannot be read, the columns as they are stored.
fn cells(entry: &TrailEntry) -> [String; COLUMNS.len()] {
    match entry {
        TrailEntry::Readable(entry) => [
            entry.sequence.to_string(),
            entry.at.to_string(),
            text(&entry.actor),
            text(&entry.action),
            entry.deploy_id.map(|id| id.to_string()).unwrap_or_default(),
            text(&entry.payload.to_string()),
            entry.previous_hash.clone(),
            entry.hash.clone(),
            String::new(),
        ],
        TrailEntry::Unreadable(entry) => [
            entry.sequence.to_string(),
            text(&entry.stored.at),
            text(&entry.actor),
            text(&entry.action),
            text(entry.stored.deploy_id.as_deref().unwrap_or_default()),
            text(&entry.stored.payload),
            text(&entry.previous_hash),
            text(&entry.hash),
            entry.unreadable.clone(),
        ],
    }
}
