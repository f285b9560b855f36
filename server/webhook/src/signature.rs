//! Signing and verifying. A failed check says nothing but that it failed.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use sha2::Sha256;

use super::SigningSecrets;

/// How far a timestamp may lie from our clock, in seconds, either way (Standard Webhooks: five minutes).
const TOLERANCE_SECONDS: u64 = 300;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";
const VERSION: &str = "v1,";
/// Bytes of HMAC-SHA256, and of its base64.
const LENGTH: usize = 32;
const ENCODED_LENGTH: usize = 44;
/// Signatures that are looked at: a sender that rotates has two or three. Each secret is computed once, however many
/// there are.
const MAX_SIGNATURES: usize = 16;
/// Bytes; ours are UUIDs, the specification has no limit.
const MAX_ID_LENGTH: usize = 255;

/// The id of one delivery; a retry carries it again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageId(String);

impl MessageId {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for MessageId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a message is not accepted as signed; for the log, never for the sender.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing, is there twice, or is not text.
    #[error("a webhook header is missing, repeated or not text")]
    Headers,
    /// The delivery id is empty or too long.
    #[error("the delivery id is empty or too long")]
    Id,
    /// The timestamp is not a number of seconds.
    #[error("the timestamp is not a number of Unix seconds")]
    Timestamp,
    /// The timestamp is too far from our clock.
    #[error("the timestamp is more than 300 s from the console's clock")]
    Stale,
    #[error("no signature matches")]
    Mismatch,
}

/// The signature of a message: `v1,` and base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`.
#[must_use]
pub fn sign(secrets: &SigningSecrets, id: &MessageId, unix_seconds: i64, body: &[u8]) -> String {
    signature(secrets.first(), id, unix_seconds, body)
}

/// The signatures of a message by each secret, separated by spaces: a receiver that knows one of them accepts it,
/// so that it can move from one to the next.
#[must_use]
pub fn sign_with_each(secrets: &SigningSecrets, id: &MessageId, unix_seconds: i64, body: &[u8]) -> String {
    let signatures: Vec<_> = secrets.iter().map(|secret| signature(secret, id, unix_seconds, body)).collect();
    signatures.join(" ")
}

fn signature(secret: &[u8], id: &MessageId, unix_seconds: i64, body: &[u8]) -> String {
    let mac = mac(secret, id.as_str(), &unix_seconds.to_string(), body);
    format!("{VERSION}{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// Checks the three headers against the body and our clock, and answers with the delivery id.
///
/// # Errors
/// If anything is missing, malformed, stale or wrong; then nothing in the message may be trusted.
pub fn verify(
    secrets: &SigningSecrets,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<MessageId, SignatureError> {
    let signatures = single(headers, SIGNATURE)?;
    let id = check_headers(headers, now)?;
    let timestamp = single(headers, TIMESTAMP)?;
    let given: Vec<_> = signatures.split(' ').filter_map(given).take(MAX_SIGNATURES).collect();
    let matches = |secret| {
        let expected = mac(secret, id.as_str(), timestamp, body);
        given.iter().any(|signature| expected.clone().verify_slice(signature).is_ok())
    };
    // Where there is nothing to compare with, nothing is computed.
    if !given.is_empty() && secrets.iter().any(matches) { Ok(id) } else { Err(SignatureError::Mismatch) }
}

/// Whether a message comes with a signature, good or not.
#[must_use]
pub fn has_signature(headers: &HeaderMap) -> bool {
    headers.contains_key(SIGNATURE)
}

/// Checks the delivery id and the timestamp alone, for a message that something else than a signature proves.
///
/// # Errors
/// If either is missing, malformed or stale.
pub fn check_headers(headers: &HeaderMap, now: Timestamp) -> Result<MessageId, SignatureError> {
    let id = single(headers, ID)?;
    let timestamp = single(headers, TIMESTAMP)?;
    if id.is_empty() || id.len() > MAX_ID_LENGTH {
        return Err(SignatureError::Id);
    }
    check_age(timestamp, now)?;
    Ok(id.into())
}

/// A signature of our version and length. Other entries of the list are for other receivers.
fn given(entry: &str) -> Option<[u8; LENGTH]> {
    let encoded = entry.strip_prefix(VERSION).filter(|encoded| encoded.len() == ENCODED_LENGTH)?;
    BASE64_STANDARD.decode(encoded).ok()?.try_into().ok()
}

fn mac(secret: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length: there is nothing to go wrong")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any key length");
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

/// A header that is there exactly once: two would let a proxy and us read different ones.
pub(super) fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, SignatureError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| SignatureError::Headers),
        (None, _) | (Some(_), Some(_)) => Err(SignatureError::Headers),
    }
}

fn check_age(timestamp: &str, now: Timestamp) -> Result<(), SignatureError> {
    if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SignatureError::Timestamp);
    }
    let seconds: i64 = timestamp.parse().map_err(|_| SignatureError::Timestamp)?;
    // abs_diff cannot overflow for any value.
    if now.as_second().abs_diff(seconds) > TOLERANCE_SECONDS { Err(SignatureError::Stale) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
