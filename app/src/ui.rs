//! What is on the screen, by what one sees. Components show what they are given; resources live in pages.

pub mod board;
pub mod deploy;
pub mod deploy_form;
pub mod flags;
pub mod freezes;
pub mod history;
pub mod insight;
pub mod kit;
pub mod layout;
pub mod versions;
