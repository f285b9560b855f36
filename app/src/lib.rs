//! What the browser and the server share.
//!
//! - [`domain`]: statuses, transitions and steps. Pure: no framework, no database, no clock.
//! - [`api`]: the server functions and the one service that they call.
//! - [`pages`], [`islands`], [`components`], [`hooks`]: what is on the screen, and what of it lives on in the
//!   browser.
//!
//! The crate is compiled twice, with the feature `ssr` for the server and `hydrate` for the browser, and
//! never with both.

// Views nest one generic type per element.
#![recursion_limit = "256"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` and `hydrate` are never built into one artefact");

pub mod api;
pub mod clock;
pub mod components;
pub mod domain;
pub mod hooks;
pub mod islands;
pub mod pages;
pub mod root;
#[cfg(feature = "ssr")]
pub mod shell;

pub use root::Root;
#[cfg(feature = "ssr")]
pub use shell::shell;
