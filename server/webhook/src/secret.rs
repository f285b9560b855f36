//! The shared secrets.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};

/// One or more secrets. The first signs; each verifies, so that an old one stays good while workflows move
/// to the new one.
#[derive(Clone)]
pub struct SigningSecrets(Vec<Box<[u8]>>);

/// Why a text holds no usable secrets. It never quotes the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SecretError {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// `whsec_` is followed by something that is not base64, or by nothing.
    #[error("has a secret that begins with whsec_ but does not go on in base64")]
    NotBase64,
}

const BASE64_PREFIX: &str = "whsec_";

impl SigningSecrets {
    /// Secrets that are taken as their bytes, whatever they begin with.
    ///
    /// # Errors
    /// If there is none, or one is empty.
    pub fn of_bytes<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, SecretError> {
        let secrets: Vec<Box<[u8]>> = texts.into_iter().map(|text| text.as_bytes().into()).collect();
        let is_good = !secrets.is_empty() && secrets.iter().all(|secret| !secret.is_empty());
        if is_good { Ok(Self(secrets)) } else { Err(SecretError::Empty) }
    }

    /// The secret that signs.
    #[must_use]
    pub fn first(&self) -> &[u8] {
        // No constructor lets an empty list through.
        self.0.first().map_or(&[], |secret| secret)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|secret| &**secret)
    }
}

impl FromStr for SigningSecrets {
    type Err = SecretError;

    /// Reads secrets separated by white space: `whsec_…` is base64, anything else is taken as its bytes.
    fn from_str(text: &str) -> Result<Self, SecretError> {
        let secrets = text.split_whitespace().map(decode).collect::<Result<Vec<_>, _>>()?;
        if secrets.is_empty() { Err(SecretError::Empty) } else { Ok(Self(secrets)) }
    }
}

fn decode(text: &str) -> Result<Box<[u8]>, SecretError> {
    let Some(encoded) = text.strip_prefix(BASE64_PREFIX) else { return Ok(text.as_bytes().into()) };
    match BASE64_STANDARD.decode(encoded) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes.into()),
        Ok(_) | Err(_) => Err(SecretError::NotBase64),
    }
}

impl fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecrets({} hidden)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f03_missing_secret_is_refused() {
        for (text, error) in [
            ("", SecretError::Empty),
            (" \n\t", SecretError::Empty),
            ("whsec_", SecretError::NotBase64),
            ("whsec_%%%", SecretError::NotBase64),
            ("good whsec_%%%", SecretError::NotBase64),
        ] {
            assert_eq!(text.parse::<SigningSecrets>().unwrap_err(), error, "{text:?}");
        }
    }

    #[test]
    fn f58_secret_is_absent_from_debug_text() {
        let secrets: SigningSecrets = "canary-one canary-two".parse().unwrap();
        assert_eq!(format!("{secrets:?}"), "SigningSecrets(2 hidden)");
    }
}
