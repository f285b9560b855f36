//! GitHub's gate: what it asked, and what it was told.

pub mod list;
pub mod note;
pub mod review;
