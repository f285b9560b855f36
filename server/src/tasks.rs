//! What runs beside the requests, each task supervised by `runtime::supervisor`.

pub(crate) mod approvals;
pub mod commit_reader;
pub mod feed;
pub mod notify;
pub(crate) mod protection;
pub mod reconcile;
pub mod version_watch;
