//! What a provider's refusals, and answers that are none, mean. The library's errors can hold whole answers, with the
//! tokens in them: none of them is passed on.

use openidconnect::{
    ClaimsVerificationError, DiscoveryError, RequestTokenError, SignatureVerificationError, UserInfoError,
    core::CoreErrorResponseType,
};

use super::types::TokenError;
use crate::{
    error::{Cause, SignInError, TokenFault},
    http_client::HttpError,
};

pub(super) fn unusable(what: &str) -> SignInError {
    SignInError::ProviderUnusable(Cause::said(what, None))
}

pub(super) fn of_discovery(error: DiscoveryError<HttpError>) -> SignInError {
    match error {
        DiscoveryError::Request(error) => error.into(),
        DiscoveryError::Response(_, _, what)
        | DiscoveryError::Validation(what)
        | DiscoveryError::Other(what) => unusable(&what),
        DiscoveryError::Parse(error) => unusable(&format!("its metadata cannot be read at {}", error.path())),
        DiscoveryError::UrlParse(_) => unusable("its issuer cannot have metadata"),
        _ => unusable("its metadata cannot be read"),
    }
}

/// Of exchanging the code.
pub(super) fn of_code(error: RequestTokenError<HttpError, TokenError>) -> SignInError {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(refusal) => {
            let description = refusal.error_description().map(String::as_str);
            refused(refusal.error(), Cause::said(refusal.error().as_ref(), description))
        }
        RequestTokenError::Parse(error, _) => {
            unusable(&format!("its answer to the code cannot be read at {}", error.path()))
        }
        RequestTokenError::Other(what) => unusable(&what),
    }
}

fn refused(error: &CoreErrorResponseType, cause: Cause) -> SignInError {
    match error {
        CoreErrorResponseType::InvalidGrant => SignInError::CodeRefused(cause),
        CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
            SignInError::ClientRefused(cause)
        }
        _ => SignInError::RefusedByProvider(cause),
    }
}

/// Whether newer keys may help.
pub(super) fn is_of_key(error: &ClaimsVerificationError) -> bool {
    use SignatureVerificationError::{CryptoError, NoMatchingKey};
    matches!(error, ClaimsVerificationError::SignatureVerification(NoMatchingKey | CryptoError(_)))
}

pub(super) fn of_token(error: ClaimsVerificationError) -> SignInError {
    let (fault, what) = match error {
        ClaimsVerificationError::Expired(what) => (TokenFault::Expired, what),
        ClaimsVerificationError::InvalidAudience(what) => (TokenFault::Audience, what),
        ClaimsVerificationError::InvalidIssuer(what) => (TokenFault::Issuer, what),
        ClaimsVerificationError::InvalidNonce(what) => (TokenFault::Nonce, what),
        ClaimsVerificationError::SignatureVerification(error) => (TokenFault::Signature, error.to_string()),
        error => (TokenFault::Malformed, error.to_string()),
    };
    SignInError::Token(fault, Cause::said(&what, None))
}

pub(super) fn of_user_info(error: UserInfoError<HttpError>) -> SignInError {
    match error {
        UserInfoError::Request(error) => error.into(),
        UserInfoError::ClaimsVerification(error) => of_token(error),
        UserInfoError::Response(status, _, _) => unusable(&format!("its userinfo endpoint answers {status}")),
        UserInfoError::Parse(error) => unusable(&format!("its userinfo cannot be read at {}", error.path())),
        _ => unusable("its userinfo cannot be read"),
    }
}
