//! Approvals: what a form says of them before it is sent, and the list of what waits for some.

pub mod asked;
pub mod list;
