//! Pieces that know nothing of the page they are on.

pub mod announcement;
pub mod copy;
pub mod error_note;
pub mod field;
pub mod filter_field;
pub mod fold;
pub mod icon;
pub mod journal_table;
pub mod may_not;
pub mod person_mark;
pub mod plot;
pub mod provenance;
pub mod requester;
pub mod status;
pub mod stepper;
pub mod time;
