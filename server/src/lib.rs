//! The server: HTTP, the journal, and what speaks to GitHub.
//!
//! - [`config`], [`cli`], [`flags`]: its settings.
//! - [`run`]: from there to a server that answers.
//! - [`router`], [`http`]: what it answers.
//! - [`service`]: what it does; the one way to the rows.
//! - [`tasks`]: what runs beside the requests.
//! - [`access`]: what lets people and programs in.
//! - [`listen`]: connections, and how many of them. [`metrics`]: what is counted. [`log`]: standard error.
//! - [`audit`]: the journal, for the command line; [`doctor`]: what is in the way of a first deploy.
//!
//! The rows are in the crate `store`, what speaks to GitHub in `github`, signatures in `webhook`; clock, ids and
//! supervised tasks in `runtime`.

pub mod access;
pub mod app_manifest;
pub mod audit;
pub mod cli;
pub mod config;
mod csv_cell;
pub mod doctor;
pub mod flags;
pub mod http;
pub mod listen;
pub mod log;
pub mod metrics;
pub mod router;
pub mod run;
pub mod service;
pub mod tasks;
