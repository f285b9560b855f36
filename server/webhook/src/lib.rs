//! Signed messages, in and out. Nothing here is told about HTTP routes or deploys.
//!
//! - [`secret`]: one or more secrets, so that they can be rotated.
//! - [`signature`]: signing and verifying by Standard Webhooks 1.0. [`github`]: the same as GitHub does it.

mod github;
mod secret;
mod signature;

pub use github::{sign_as_github, verify_github};
pub use secret::{SecretError, SigningSecrets};
pub use signature::{MessageId, SignatureError, check_headers, has_signature, sign, sign_with_each, verify};
