//! Standard Webhooks 1.0: signed messages in and out.
//!
//! - [`secret`]: one or more secrets, so that they can be rotated.
//! - [`signature`]: signing and verifying. Nothing here is told about HTTP routes or deploys.

mod secret;
mod signature;

pub use secret::{SecretError, SigningSecrets};
pub use signature::{MessageId, SignatureError, sign, sign_with_each, verify};
