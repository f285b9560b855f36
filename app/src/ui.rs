//! What is on the screen, by area. Components show their properties; resources live in pages.

pub mod access;
pub mod approvals;
pub mod audit;
pub mod board;
pub mod deploy;
pub mod deploy_form;
pub mod doctor;
pub mod flags;
pub mod freezes;
pub mod history;
pub mod insight;
pub mod kit;
pub mod layout;
pub mod palette;
pub mod protection;
pub mod versions;
