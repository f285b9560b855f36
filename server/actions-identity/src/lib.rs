//! Identity tokens of GitHub Actions: a job asks GitHub for one, and whoever receives it knows which run of which workflow sent
//! it, without a shared secret. Nothing here is told about routes or deploys.
//!
//! - [`issuer`]: who signs. [`http_client`]: how its keys are read; [`keys`]: how long they count, and how often it is asked.
//! - [`claims`]: what a token says, and whether it is for us and for now. [`verifier`]: all checks of a token, in order.
//! - [`identity`]: what is proved, and whether that is the workflow one expects.
//!
//! Nothing of a token counts before its signature is verified, except to refuse it.

mod claims;
mod error;
mod http_client;
mod identity;
mod issuer;
mod keys;
mod verifier;

pub use error::{IdentityError, KeysError, TokenFault};
pub use http_client::NoTls;
pub use identity::{ExpectedWorkflow, Identity, Mismatch};
pub use issuer::{Issuer, WrongIssuer};
pub use verifier::Verifier;
