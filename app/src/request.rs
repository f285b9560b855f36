//! What a page knows of the request that it answers, and the status that it answers with.

pub mod query;
pub mod rehearsal;
pub mod response;
pub mod viewer;
