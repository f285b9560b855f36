//! All checks of a token, in their order: what costs nothing comes before what asks the issuer.

use jsonwebtoken::{Algorithm, Header, TokenData, Validation, dangerous::insecure_decode, decode};
use runtime::clock::SharedClock;

use crate::{
    claims::Claims,
    error::{IdentityError, KeysError, TokenFault},
    http_client::{IssuerClient, NoTls},
    identity::Identity,
    issuer::Issuer,
    keys::Keys,
};

/// Bytes. GitHub's tokens have two thousand.
const MAX_TOKEN: usize = 16 * 1024;

/// Verifies tokens of one issuer for one audience. Cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    keys: Keys,
    audience: String,
    clock: SharedClock,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("keys", &self.keys).field("audience", &self.audience).finish()
    }
}

impl Verifier {
    /// Tokens of this issuer for this audience, which has no slash at its end. The issuer is not asked before a token comes.
    ///
    /// # Errors
    /// If the machine has no TLS to offer.
    pub fn new(issuer: Issuer, audience: String, clock: SharedClock) -> Result<Self, NoTls> {
        let keys = Keys::new(IssuerClient::new(issuer)?, clock.clone());
        Ok(Self { keys, audience, clock })
    }

    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        self.keys.client().issuer()
    }

    /// What a token proves.
    ///
    /// # Errors
    /// If it proves nothing, or cannot be verified now.
    pub async fn verify(&self, token: &str) -> Result<Identity, IdentityError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenFault::TooLong.into());
        }
        let unproved: TokenData<Claims> = insecure_decode(token).map_err(|_| TokenFault::Malformed)?;
        let key_name = key_name(&unproved.header)?;
        unproved.claims.check(self.issuer(), &self.audience, self.clock.now())?;
        let key = self.keys.key(key_name).await?;
        let proved = decode::<Claims>(token, &key, &signature_alone()).map_err(|_| TokenFault::Signature)?;
        proved.claims.check(self.issuer(), &self.audience, self.clock.now())?;
        Ok(proved.claims.identity()?)
    }

    /// How many keys the issuer publishes, asked now.
    ///
    /// # Errors
    /// If that cannot be read.
    pub async fn count_keys(&self) -> Result<usize, KeysError> {
        self.keys.count().await
    }
}

/// The name of the key by which a token says that it is signed.
fn key_name(header: &Header) -> Result<&str, TokenFault> {
    if header.alg != Algorithm::RS256 {
        return Err(TokenFault::Algorithm);
    }
    // What a header calls critical would have to be understood.
    let name = header.kid.as_deref().filter(|_| header.crit.is_none());
    name.ok_or(TokenFault::Malformed)
}

/// The library checks the signature, by RS256; times and audience are checked in [`Claims::check`], by our clock.
fn signature_alone() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    validation.required_spec_claims.clear();
    validation
}
