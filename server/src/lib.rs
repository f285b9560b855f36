//! The server: HTTP, the journal, and what speaks to GitHub.
//!
//! - [`config`], [`cli`], [`flags`]: what it is told.
//! - [`run`]: from there to a server that answers.
//! - [`router`], [`http`], [`assets`], [`shared_page`]: what it answers.
//! - [`metrics`]: what is counted. [`log`]: what is written to standard error.
//! - [`service`]: what it does; the one way to the rows.
//! - [`reconcile`]: what GitHub recorded and the console missed.
//! - [`store`]: the rows. The only place that contains SQL.
//! - [`github`]: the only place that speaks to GitHub.
//! - [`notify`]: the only place that posts to Slack, and to whoever else wants to know.
//! - [`lifecycle`]: background tasks, and the end of the process when one of them ends.
//! - [`listen`]: connections. [`limits`]: how many of them, and of streams.
//! - [`webhook`]: signatures. [`clock`]: the time. [`ids`]: new ids.

pub mod assets;
pub mod audit;
pub mod cli;
pub mod config;
pub mod feed;
pub mod flags;
pub mod http;
pub mod limits;
pub mod listen;
pub mod log;
pub mod metrics;
pub mod notify;
pub mod reconcile;
pub mod router;
pub mod run;
pub mod service;
pub mod shared_page;
pub mod state;
pub mod versions;
