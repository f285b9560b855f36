//! The secret of a session: random. Of it, as of a token, a hash alone is kept.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A new one, of 256 random bits.
#[must_use]
pub fn new() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is kept of a secret. It has as many random bits as the hash, so no salt makes it harder to find.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_say_nothing() {
        let (one, other) = (new(), new());
        assert_eq!((one.len(), hash(&one).len()), (43, 64));
        assert!(one != other && hash(&one) != hash(&other));
    }
}
