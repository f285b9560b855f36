//! `callback_identity`: what proves that a callback is of an app's workflow.

use std::str::FromStr;

/// What proves that a callback is of an app's workflow.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CallbackIdentity {
    /// A signature, by a secret that the workflow shares with the console.
    #[default]
    Secret,
    /// An identity token of GitHub Actions.
    GitHub,
    /// Either of them: while the workflow is moved from one to the other.
    Either,
}

impl CallbackIdentity {
    pub(super) const FIX: &'static str = "Write secret, github or either";

    #[must_use]
    pub const fn takes_signatures(self) -> bool {
        match self {
            Self::Secret | Self::Either => true,
            Self::GitHub => false,
        }
    }

    #[must_use]
    pub const fn takes_tokens(self) -> bool {
        match self {
            Self::GitHub | Self::Either => true,
            Self::Secret => false,
        }
    }
}

impl FromStr for CallbackIdentity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "secret" => Ok(Self::Secret),
            "github" => Ok(Self::GitHub),
            "either" => Ok(Self::Either),
            // A secret that was put here by mistake is not shown.
            _ => Err("is none of its three values".to_owned()),
        }
    }
}
