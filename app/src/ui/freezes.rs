//! Freezes: the list, the forms to declare one, and notes where one concerns a deploy.

pub mod form;
pub mod list;
pub mod notes;
pub mod own_zone;
pub mod preview;
