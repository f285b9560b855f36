//! Signing in by OpenID Connect, against a provider over HTTP that signs with real keys and does what a test wants.

#![allow(clippy::unwrap_used, reason = "in a test, that is how to fail")]

mod away;
mod keys;
mod person;
mod provider;
mod refusals;
mod signed;
