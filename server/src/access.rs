//! Who asks: found out once for each request, before anything else happens, and told to what follows as a
//! [`Caller`](app::domain::Caller).
//!
//! - [`routes`]: what each route asks for. [`gate`]: refuses whoever does not meet it.
//! - [`identify`]: by the cookie of a session, a token, a proxy, or because everybody here is the local operator.
//! - [`cookie`]: the cookies. [`secret`]: of a session. [`token`]: what a token looks like. [`recall`]: rows that need not be read each time.
//! - [`commands`]: tokens and sessions at the command line.
//! - [`attempts`]: how often an address may be wrong.
//!
//! What a caller may is decided by the services: `service::access`.

pub mod attempts;
pub mod commands;
pub mod cookie;
pub mod gate;
pub mod identify;
pub mod recall;
pub mod routes;
pub mod secret;
pub mod token;

pub use identify::{Access, AccessDeps, Peer, Proof};
