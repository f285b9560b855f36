//! Who acts, and what they may. Nothing here knows how a person signed in.
//!
//! - [`role`]: the five roles, and the role that each action asks for.
//! - [`grant`]: a role where it holds.
//! - [`caller`]: one person, or one token, with its grants.

pub mod caller;
pub mod grant;
pub mod role;
