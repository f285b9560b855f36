//! Why nobody was signed in: a code for programs, a sentence for the person, a cause for the log.

/// Why a provider cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("is no address")]
    NoAddress,
    /// With its origin.
    #[error("{0} is not at https: over http, a provider can be on this machine alone")]
    Insecure(String),
    #[error("no HTTP client can be had")]
    Http(#[source] Cause),
}

/// Why nobody was signed in. Its text is for the person who tried; the source is for the log alone, and neither has a
/// secret in it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignInError {
    /// No answer, a broken one, or one that says that it is out of order.
    #[error(
        "The sign-in provider does not answer. Try again in a minute; if it stays away, tell whoever runs it."
    )]
    ProviderAway(#[source] Cause),
    /// It answers, but not as a provider does, or it is another one than the settings say.
    #[error(
        "The sign-in provider answers in a way that the console does not understand. Tell whoever runs the console: its log says more."
    )]
    ProviderUnusable(#[source] Cause),
    /// The answer belongs to no attempt of this browser, or to an earlier one.
    #[error("This answer belongs to another sign-in, or to an earlier one. Begin again.")]
    WrongState,
    /// The attempt began too long ago.
    #[error("Signing in took longer than ten minutes. Begin again.")]
    AttemptExpired,
    /// The answer names another issuer than the one that was asked, or none where it has to (RFC 9207).
    #[error(
        "The answer came from another provider than the one that was asked, so nobody was signed in. Begin again; if it happens again, tell whoever runs the console."
    )]
    WrongProvider,
    /// The person said no.
    #[error("You did not allow the sign-in. Begin again if you want to sign in.")]
    RefusedByPerson,
    /// The provider said no.
    #[error(
        "The sign-in provider refused the sign-in. Begin again; if it happens again, tell whoever runs the console: its log says why."
    )]
    RefusedByProvider(#[source] Cause),
    /// The answer has neither a code nor an error.
    #[error("The answer of the sign-in provider is incomplete. Begin again.")]
    NoCode,
    /// The code was used before, or is too old.
    #[error("This sign-in was completed before, or took too long. Begin again.")]
    CodeRefused(#[source] Cause),
    /// The provider does not know the console by its id, secret and redirect address.
    #[error(
        "The sign-in provider does not accept the console's own credentials. Tell whoever runs the console: its client id, client secret or redirect address is not what the provider has."
    )]
    ClientRefused(#[source] Cause),
    /// What the provider says of the person cannot be believed.
    #[error("The sign-in provider's token was not accepted: {}. Begin again; if it happens again, tell whoever runs the console.", .0.reason())]
    Token(TokenFault, #[source] Cause),
    /// There is nothing by which to call the person.
    #[error(
        "The sign-in provider gave no name that can be used. Tell whoever runs the console: the claim for names may be wrong."
    )]
    NoName,
}

/// What is wrong with an ID token.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TokenFault {
    Issuer,
    Audience,
    Nonce,
    Signature,
    Expired,
    /// It is none, or belongs to another person than the provider's other answer.
    Malformed,
}

impl TokenFault {
    const fn reason(self) -> &'static str {
        match self {
            Self::Issuer => "another provider issued it",
            Self::Audience => "it is for another application",
            Self::Nonce => "it belongs to another sign-in",
            Self::Signature => "its signature is not the provider's",
            Self::Expired => "it has expired, or a clock is wrong",
            Self::Malformed => "it cannot be read",
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Issuer => "token_issuer",
            Self::Audience => "token_audience",
            Self::Nonce => "token_nonce",
            Self::Signature => "token_signature",
            Self::Expired => "token_expired",
            Self::Malformed => "token_malformed",
        }
    }
}

impl SignInError {
    /// A name that stays the same.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ProviderAway(_) => "provider_away",
            Self::ProviderUnusable(_) => "provider_unusable",
            Self::WrongState => "wrong_state",
            Self::AttemptExpired => "attempt_expired",
            Self::WrongProvider => "wrong_provider",
            Self::RefusedByPerson => "refused_by_person",
            Self::RefusedByProvider(_) => "refused_by_provider",
            Self::NoCode => "no_code",
            Self::CodeRefused(_) => "code_refused",
            Self::ClientRefused(_) => "client_refused",
            Self::Token(fault, _) => fault.code(),
            Self::NoName => "no_name",
        }
    }

    /// What the log says besides.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        std::error::Error::source(self).map(ToString::to_string)
    }
}

/// What exactly happened, for the log: a line without anything secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

/// Characters of a foreign text that the log is given.
const MOST: usize = 300;

impl Cause {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What a provider wrote: cut, and in one line.
    pub(crate) fn said(error: &str, description: Option<&str>) -> Self {
        let said = match description {
            Some(description) => format!("{error}: {description}"),
            None => error.to_owned(),
        };
        let harmless = said.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c });
        Self(harmless.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_for_the_log_alone() {
        let error = SignInError::RefusedByProvider(Cause::said("server_error", Some("a\nb")));
        assert_eq!(error.cause().unwrap(), "server_error: a b");
        assert!(!error.to_string().contains("server_error"));
        let fault = SignInError::Token(TokenFault::Nonce, Cause::new("nonce mismatch"));
        assert_eq!(fault.code(), "token_nonce");
        assert!(fault.to_string().contains("it belongs to another sign-in"), "{fault}");
    }
}
