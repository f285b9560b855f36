//! Who asks.

use serde::{Deserialize, Serialize};

use super::{
    grant::Grant,
    role::{Action, Role},
};
use crate::domain::Scope;

/// Who everybody is where nobody signs in: the console listens on loopback alone then.
pub const LOCAL_OPERATOR: &str = "local operator";

/// Who asks for something, and what they may. No service does anything without one.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Caller {
    /// What it is.
    pub kind: CallerKind,
    /// What the journal keeps: where they signed in, and as whom.
    pub id: String,
    /// What people call them.
    pub name: String,
    /// The groups that the provider named at sign-in.
    pub groups: Vec<String>,
    /// What they may.
    pub grants: Vec<Grant>,
}

/// What a caller is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// Somebody who signed in.
    Person,
    /// A program, by its token.
    Token,
    /// Whoever sits at this machine, where nobody signs in.
    Local,
}

/// Which apps somebody sees.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Visible {
    /// All of them.
    #[default]
    All,
    /// These.
    Only(Vec<String>),
}

impl Visible {
    /// Whether an app is among them.
    #[must_use]
    pub fn has(&self, app: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(apps) => apps.iter().any(|shown| shown == app),
        }
    }
}

impl Caller {
    /// Whoever sits at this machine: they may everything.
    #[must_use]
    pub fn local() -> Self {
        Self {
            kind: CallerKind::Local,
            id: LOCAL_OPERATOR.to_owned(),
            name: LOCAL_OPERATOR.to_owned(),
            groups: Vec::new(),
            grants: vec![Grant::everywhere(Role::Admin)],
        }
    }

    /// Whoever has a shell on the machine: the command line acts for them, with all that it is given.
    #[must_use]
    pub fn command_line() -> Self {
        let name = "command line";
        Self { id: name.to_owned(), name: name.to_owned(), ..Self::local() }
    }

    /// Whether they may do this everywhere in a scope.
    #[must_use]
    pub fn may(&self, action: Action, scope: &Scope) -> bool {
        self.grants.iter().any(|grant| grant.covers(action.role(), scope))
    }

    /// Why they may not do this everywhere in a scope, as a sentence; none, if they may.
    #[must_use]
    pub fn denied(&self, action: Action, scope: &Scope) -> Option<String> {
        let role = action.role();
        (!self.may(action, scope)).then(|| format!("It needs the role {role} {}.", place(scope)))
    }

    /// Why they may do this nowhere, as a sentence; none, if they may somewhere.
    #[must_use]
    pub fn denied_anywhere(&self, action: Action) -> Option<String> {
        let role = action.role();
        (!self.has(role)).then(|| format!("It needs the role {role}."))
    }

    /// Whether they have this role anywhere.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role >= role)
    }

    /// Whether they see this app.
    #[must_use]
    pub fn sees(&self, app: &str) -> bool {
        self.grants.iter().any(|grant| grant.apps.as_ref().is_none_or(|apps| apps.iter().any(|it| it == app)))
    }

    /// The apps that they see.
    #[must_use]
    pub fn visible(&self) -> Visible {
        if self.grants.iter().any(|grant| grant.apps.is_none()) {
            return Visible::All;
        }
        let mut apps: Vec<String> =
            self.grants.iter().filter_map(|grant| grant.apps.clone()).flatten().collect();
        apps.sort();
        apps.dedup();
        Visible::Only(apps)
    }
}

/// A scope, as the end of a sentence.
fn place(scope: &Scope) -> String {
    match (&scope.app, &scope.environment) {
        (None, None) => "everywhere".to_owned(),
        (Some(app), None) => format!("on {app} in every environment"),
        (None, Some(environment)) => format!("on every app in {environment}"),
        (Some(app), Some(environment)) => format!("on {app} in {environment}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denial_names_the_missing_role() {
        let role = Role::Deployer;
        let staging = Some(vec!["staging".to_owned()]);
        let caller =
            Caller { grants: vec![Grant { role, apps: None, environments: staging }], ..Caller::local() };
        let scope = |app: Option<&str>, environment: Option<&str>| Scope {
            app: app.map(str::to_owned),
            environment: environment.map(str::to_owned),
        };
        for (action, scope, expected) in [
            (Action::Deploy, scope(Some("shop"), Some("staging")), None),
            (
                Action::Deploy,
                scope(Some("shop"), Some("production")),
                Some("It needs the role deployer on shop in production."),
            ),
            (
                Action::Freeze,
                scope(None, Some("staging")),
                Some("It needs the role operator on every app in staging."),
            ),
            (
                Action::See,
                scope(Some("shop"), None),
                Some("It needs the role viewer on shop in every environment."),
            ),
            (Action::ManageTokens, scope(None, None), Some("It needs the role admin everywhere.")),
        ] {
            assert_eq!(caller.denied(action, &scope).as_deref(), expected);
        }
        assert_eq!(caller.denied_anywhere(Action::Cancel), None);
        let denied = caller.denied_anywhere(Action::Freeze);
        assert_eq!(denied.as_deref(), Some("It needs the role operator."));
    }

    #[test]
    fn local_operator_may_everything() {
        let local = Caller::local();
        let everywhere = Scope { app: None, environment: None };
        assert!(Action::ALL.into_iter().all(|action| local.may(action, &everywhere)));
        assert_eq!(local.visible(), Visible::All);
    }

    #[test]
    fn apps_with_a_grant_are_visible() {
        let on = |apps: &[&str]| Grant {
            role: Role::Viewer,
            apps: Some(apps.iter().map(|app| (*app).to_owned()).collect()),
            environments: Some(Vec::new()),
        };
        let caller = Caller { grants: vec![on(&["shop", "docs"]), on(&["shop"])], ..Caller::local() };
        assert_eq!(caller.visible(), Visible::Only(vec!["docs".to_owned(), "shop".to_owned()]));
        let nobody = Caller { grants: Vec::new(), ..Caller::local() };
        assert_eq!(nobody.visible(), Visible::Only(Vec::new()));
    }
}
