//! Keys, and tokens that are signed with them, by another library than the one that reads them.

use std::sync::LazyLock;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Three keys: to make them takes a while.
static KEYS: LazyLock<[RsaKeyPair; 3]> =
    LazyLock::new(|| std::array::from_fn(|_| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));

static CURVE_KEY: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());

/// How a token is signed.
#[derive(Clone, Debug)]
pub(crate) enum Signing {
    /// By a key, under a name.
    Rsa { key: usize, id: &'static str },
    /// ES256, and no key is named.
    Curve,
    /// `alg` is `none`.
    Not,
    /// HS256 by this text.
    Secret(&'static str),
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A key, as a provider publishes it.
pub(crate) fn published(key: usize, id: &str) -> Value {
    let public = KEYS[key].public_key();
    let (modulus, exponent) = (public.modulus(), public.exponent());
    let number = |number: &[u8]| base64(number);
    json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
        "n": number(modulus.big_endian_without_leading_zero()),
        "e": number(exponent.big_endian_without_leading_zero()),
    })
}

/// The other key, on a curve.
pub(crate) fn published_curve() -> Value {
    // Four, and the two coordinates.
    let point = CURVE_KEY.public_key().as_ref();
    json!({ "kty": "EC", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..]) })
}

pub(crate) fn token(claims: &Value, signing: &Signing) -> String {
    let header = match signing {
        Signing::Rsa { id, .. } => json!({ "alg": "RS256", "typ": "JWT", "kid": id }),
        Signing::Curve => json!({ "alg": "ES256" }),
        Signing::Not => json!({ "alg": "none", "typ": "JWT" }),
        Signing::Secret(_) => json!({ "alg": "HS256", "typ": "JWT" }),
    };
    let text = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
    let signature = match signing {
        Signing::Rsa { key, .. } => {
            let mut signature = vec![0; KEYS[*key].public_modulus_len()];
            KEYS[*key]
                .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
                .unwrap();
            base64(signature)
        }
        Signing::Curve => base64(CURVE_KEY.sign(&SystemRandom::new(), text.as_bytes()).unwrap()),
        Signing::Not => String::new(),
        Signing::Secret(secret) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            base64(hmac::sign(&key, text.as_bytes()))
        }
    };
    format!("{text}.{signature}")
}
