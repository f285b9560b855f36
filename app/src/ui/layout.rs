//! What every page has around it.

pub mod frame;
pub mod freshness;
pub mod page_title;
pub mod shortcuts;
pub mod zone;
