//! Who is signed in and what they may; tokens and sessions.

pub mod me;
pub mod session_end;
pub mod sessions;
pub mod sign_in;
pub mod token_form;
pub mod tokens;
pub mod viewer_mark;
