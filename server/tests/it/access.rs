//! Who may ask: under which host name, from which site, how often of GitHub; who they are, and what they may.

mod actors;
mod amplification;
mod credentials;
mod ended_by_admins;
mod hosts;
pub mod people;
mod proxy;
mod revoked_elsewhere;
mod routes;
mod sessions;
mod sessions_and_tokens;
mod tokens;
mod visible;
mod who_may;
