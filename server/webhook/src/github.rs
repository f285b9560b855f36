//! GitHub's signature of a webhook: `X-Hub-Signature-256` is HMAC-SHA256 over the body, in hex. It covers neither the id of
//! the delivery nor a time, so that one that was overheard can be sent again: what follows from it must not depend on either.
//!
//! <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;

use super::{SignatureError, SigningSecrets, signature::single};

const SIGNATURE: &str = "x-hub-signature-256";
const VERSION: &str = "sha256=";
/// Bytes of HMAC-SHA256.
const LENGTH: usize = 32;

/// The signature of a body, as GitHub sends it.
#[must_use]
pub fn sign_as_github(secrets: &SigningSecrets, body: &[u8]) -> String {
    format!("{VERSION}{}", hex::encode(mac(secrets.first(), body).finalize().into_bytes()))
}

/// Checks the signature of GitHub against the body.
///
/// # Errors
/// If it is missing, malformed or wrong; then nothing in the body may be trusted.
pub fn verify_github(
    secrets: &SigningSecrets,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), SignatureError> {
    let given = single(headers, SIGNATURE)?;
    let given = given.strip_prefix(VERSION).ok_or(SignatureError::Mismatch)?;
    let mut bytes = [0; LENGTH];
    hex::decode_to_slice(given, &mut bytes).map_err(|_| SignatureError::Mismatch)?;
    let matches = |secret| mac(secret, body).verify_slice(&bytes).is_ok();
    if secrets.iter().any(matches) { Ok(()) } else { Err(SignatureError::Mismatch) }
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length: there is nothing to go wrong")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any key length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"Hello, World!";
    const GOOD: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn check(secrets: &SigningSecrets, signatures: &[&str]) -> Result<(), SignatureError> {
        let mut headers = HeaderMap::new();
        for signature in signatures {
            headers.append(SIGNATURE, signature.parse().unwrap());
        }
        verify_github(secrets, &headers, BODY)
    }

    /// The example of GitHub's documentation, to the letter.
    #[test]
    fn f96_documented_signature_is_verified() {
        let secret = SigningSecrets::of_bytes(["It's a Secret to Everybody"]).unwrap();
        assert_eq!(check(&secret, &[GOOD]), Ok(()));
        assert_eq!(sign_as_github(&secret, BODY), GOOD);
    }

    #[test]
    fn f96_any_of_the_secrets_verifies() {
        let secrets = SigningSecrets::of_bytes(["new", "It's a Secret to Everybody"]).unwrap();
        assert_eq!(check(&secrets, &[GOOD]), Ok(()));
        let others = SigningSecrets::of_bytes(["new", "newer"]).unwrap();
        assert_eq!(check(&others, &[GOOD]), Err(SignatureError::Mismatch));
    }

    #[test]
    fn f96_wrong_signatures_are_refused() {
        let secret = SigningSecrets::of_bytes(["It's a Secret to Everybody"]).unwrap();
        let (cut, upper) = (&GOOD[..GOOD.len() - 1], GOOD.replacen("757", "857", 1));
        for (signatures, error) in [
            (&[][..], SignatureError::Headers),
            (&[GOOD, GOOD], SignatureError::Headers),
            (&[""], SignatureError::Mismatch),
            (&["sha256="], SignatureError::Mismatch),
            (&[&GOOD["sha256=".len()..]], SignatureError::Mismatch),
            (&[&GOOD.replacen("sha256", "sha1", 1)], SignatureError::Mismatch),
            (&[cut], SignatureError::Mismatch),
            (&[&format!("{GOOD}00")], SignatureError::Mismatch),
            (&[&upper], SignatureError::Mismatch),
        ] {
            assert_eq!(check(&secret, signatures), Err(error), "{signatures:?}");
        }
    }
}
