//! A role, and where it holds.

use serde::{Deserialize, Serialize};

use super::role::Role;
use crate::domain::Scope;

/// A role on some apps, in some environments.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Grant {
    /// What may be done.
    pub role: Role,
    /// To which apps; none: to all of them.
    pub apps: Option<Vec<String>>,
    /// In which environments; none: in all of them.
    pub environments: Option<Vec<String>>,
}

impl Grant {
    /// A role everywhere.
    #[must_use]
    pub const fn everywhere(role: Role) -> Self {
        Self { role, apps: None, environments: None }
    }

    /// Whether it gives this role everywhere in a scope.
    #[must_use]
    pub fn covers(&self, role: Role, scope: &Scope) -> bool {
        self.role >= role
            && holds(self.apps.as_deref(), scope.app.as_deref())
            && holds(self.environments.as_deref(), scope.environment.as_deref())
    }

    /// Whether it lets its holder see an app: one that they may do anything to, in any environment.
    #[must_use]
    pub fn shows(&self, app: &str) -> bool {
        holds(self.apps.as_deref(), Some(app))
    }
}

/// Whether a list, where none means all, has a name, where none means all.
fn holds(list: Option<&[String]>, name: Option<&str>) -> bool {
    match (list, name) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(list), Some(name)) => list.iter().any(|listed| listed == name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(app: Option<&str>, environment: Option<&str>) -> Scope {
        Scope { app: app.map(str::to_owned), environment: environment.map(str::to_owned) }
    }

    #[test]
    fn grant_covers_what_it_names() {
        let grant = Grant {
            role: Role::Approver,
            apps: Some(vec!["shop".to_owned()]),
            environments: Some(vec!["staging".to_owned()]),
        };
        let staging = scope(Some("shop"), Some("staging"));
        assert!(grant.covers(Role::Deployer, &staging) && grant.covers(Role::Approver, &staging));
        assert!(!grant.covers(Role::Operator, &staging), "each may what those before it may");
        for other in [
            scope(Some("shop"), Some("production")),
            scope(Some("docs"), Some("staging")),
            scope(Some("shop"), None),
            scope(None, Some("staging")),
            scope(None, None),
        ] {
            assert!(!grant.covers(Role::Viewer, &other), "{other:?}");
        }
        assert!(grant.shows("shop") && !grant.shows("docs"));
        assert!(Grant::everywhere(Role::Viewer).covers(Role::Viewer, &scope(None, None)));
    }
}
