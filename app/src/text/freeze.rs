//! A freeze in words: who declared it, why, and until when.

use super::{printable::printable, time::date_and_time};
use crate::domain::{ActiveFreeze, Frozen, Timestamp};

/// One freeze, in a sentence.
#[must_use]
pub fn freeze_text(hold: &ActiveFreeze) -> String {
    format!(
        "“{}”, declared by {}, {}.",
        printable(&hold.reason),
        printable(&hold.declared_by),
        until(hold.until)
    )
}

/// When all of it is over, in a sentence.
#[must_use]
pub fn opens_text(frozen: &Frozen) -> String {
    match frozen.opens_at {
        Some(at) => format!("Opens {}.", date_and_time(at)),
        None => "Opens when it is lifted.".to_owned(),
    }
}

/// All of it in few words, for one line.
#[must_use]
pub fn frozen_text(frozen: &Frozen) -> String {
    format!("Frozen {}", until(frozen.opens_at))
}

fn until(end: Option<Timestamp>) -> String {
    end.map_or_else(|| "until it is lifted".to_owned(), |at| format!("until {}", date_and_time(at)))
}
