//! Why a token proves nothing. No text of a token or of an answer is passed on: strangers write them.

use jiff::SignedDuration;

/// Why a token was not verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IdentityError {
    /// The token is of no use, now or later.
    #[error("{0}")]
    Refused(TokenFault),
    /// The keys of the issuer are not known: the same token may be good when they can be read.
    #[error("the keys of the issuer cannot be read")]
    KeysUnavailable {
        /// When the issuer may be asked again.
        retry_after: SignedDuration,
    },
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenFault {
    #[error("the identity token is too long")]
    TooLong,
    #[error("the identity token is not a token of GitHub Actions")]
    Malformed,
    #[error("the identity token is not signed by RS256")]
    Algorithm,
    #[error("the identity token is signed by a key that its issuer does not publish")]
    UnknownKey,
    #[error("the signature of the identity token does not match")]
    Signature,
    #[error("the identity token is of another issuer")]
    Issuer,
    #[error("the identity token is for another audience")]
    Audience,
    #[error("the identity token has expired")]
    Expired,
    #[error("the identity token is not valid yet")]
    NotYetValid,
}

impl From<TokenFault> for IdentityError {
    fn from(fault: TokenFault) -> Self {
        Self::Refused(fault)
    }
}

/// Why the keys of an issuer could not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeysError {
    #[error("it took too long")]
    TooSlow,
    #[error("it could not be reached")]
    Unreachable,
    #[error("it answered {0}")]
    Status(u16),
    #[error("its answer broke off, or is too large")]
    Broken,
    #[error("its answer is not what OpenID describes")]
    Unreadable,
    #[error("it calls itself by another name than GITHUB_ACTIONS_ISSUER")]
    OtherIssuer,
    #[error("it keeps its keys at another host")]
    KeysElsewhere,
    #[error("it publishes no RSA key")]
    NoKeys,
}
