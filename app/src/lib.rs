//! What the browser and the server share.
//!
//! - [`domain`]: statuses, transitions and steps. Pure: no framework, no database, no clock.
//! - [`api`]: what the browser asks the server, by area: data, server functions, service traits.
//! - [`pages`] own the resources, [`ui`] is what is on the screen, [`islands`] and [`live`] are what of it goes on in the
//!   browser.
//! - [`request`]: what a page knows of the request that it answers. [`text`]: words that are not for the screen alone.
//!
//! The crate is compiled twice, with the feature `ssr` for the server and `hydrate` for the browser, and
//! never with both.

// Views nest one generic type per element.
#![recursion_limit = "256"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` and `hydrate` are never built into one artefact");

pub mod api;
pub mod clock;
pub mod domain;
pub mod islands;
pub mod live;
pub mod pages;
pub mod request;
pub mod root;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod text;
pub mod ui;

pub use root::Root;
#[cfg(feature = "ssr")]
pub use shell::shell;
