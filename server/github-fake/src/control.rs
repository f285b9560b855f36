//! What tests and rehearsals make the simulated GitHub do, and what they ask of it.
//!
//! - [`deploys`]: the run of a deploy. [`runs`]: other runs. [`people`]: who signs in. [`apps`]: the GitHub App. [`identity`]: the tokens of workflows. [`protection`]: protected environments. [`faults`]: what goes wrong, and how much was asked.

mod apps;
mod deploys;
mod faults;
mod identity;
mod people;
mod protection;
mod runs;
mod webhooks;

pub use apps::RegisteredApp;
pub(crate) use identity::ISSUER;
pub use identity::Spoiled;
