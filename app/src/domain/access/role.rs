//! The roles, and what each action asks for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What somebody may. Each may what those before it may, too.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// To see.
    Viewer,
    /// To dispatch, cancel, abandon, roll back and promote deploys.
    Deployer,
    /// To approve or reject what others asked for.
    Approver,
    /// To declare, lift and override freezes, and to promote flags.
    Operator,
    /// Everything, tokens and sessions included.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 5] = [Self::Viewer, Self::Deployer, Self::Approver, Self::Operator, Self::Admin];

    /// Its name in `console.toml`, and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Deployer => "deployer",
            Self::Approver => "approver",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// What it may, as the end of a sentence.
    #[must_use]
    pub const fn may(self) -> &'static str {
        match self {
            Self::Viewer => "see",
            Self::Deployer => "see, deploy, cancel and abandon",
            Self::Approver => "see, deploy, cancel, abandon, approve and reject",
            Self::Operator => {
                "see, deploy, cancel, abandon, approve, reject, freeze, override freezes and promote flags"
            }
            Self::Admin => "do everything, with tokens and sessions of others too",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|role| role.as_str() == text);
        named.ok_or_else(|| "the roles are viewer, deployer, approver, operator and admin".to_owned())
    }
}

/// Something that is asked of the console.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// To see what there is.
    See,
    /// To deploy, again or forward too.
    Deploy,
    /// To cancel a deploy.
    Cancel,
    /// To give a deploy up.
    Abandon,
    /// To approve or reject a deploy.
    Approve,
    /// To declare or lift a freeze.
    Freeze,
    /// To deploy through a freeze.
    OverrideFreeze,
    /// To switch a flag.
    PromoteFlag,
    /// To make, list and revoke tokens.
    ManageTokens,
    /// To list and end sessions of others.
    ManageSessions,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 10] = [
        Self::See,
        Self::Deploy,
        Self::Cancel,
        Self::Abandon,
        Self::Approve,
        Self::Freeze,
        Self::OverrideFreeze,
        Self::PromoteFlag,
        Self::ManageTokens,
        Self::ManageSessions,
    ];

    /// The least role that may.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::See => Role::Viewer,
            Self::Deploy | Self::Cancel | Self::Abandon => Role::Deployer,
            Self::Approve => Role::Approver,
            Self::Freeze | Self::OverrideFreeze | Self::PromoteFlag => Role::Operator,
            Self::ManageTokens | Self::ManageSessions => Role::Admin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_and_named() {
        assert!(Role::ALL.is_sorted());
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!("root".parse::<Role>().is_err());
    }
}
