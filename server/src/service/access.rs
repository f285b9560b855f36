//! Who may do what: asked here, and nowhere else, before a service acts. What a caller may not see is not there for them.

use app::{
    api::{ErrorCode, ServiceError},
    domain::{Action, Caller, DeployId, Scope},
};
use store::{Actor, StoredDeploy};

use super::Console;
use crate::config::{AppConfig, EnvironmentConfig};

/// Whether the caller may do this everywhere in the scope.
///
/// # Errors
/// `not_allowed`, which says the role that is missing, and on what.
pub(super) fn check(caller: &Caller, action: Action, scope: &Scope) -> Result<(), ServiceError> {
    match caller.denied(action, scope) {
        None => Ok(()),
        Some(missing) => Err(ServiceError::new(ErrorCode::NotAllowed).with_detail(missing)),
    }
}

/// Whether the caller sees the app of a deploy.
///
/// # Errors
/// `unknown_deploy`: one that they do not see is not there.
pub(super) fn check_seen(caller: &Caller, app: &str) -> Result<(), ServiceError> {
    if caller.sees(app) { Ok(()) } else { Err(ServiceError::new(ErrorCode::UnknownDeploy)) }
}

/// One environment of one app.
pub(super) fn scope(app: &str, environment: &str) -> Scope {
    Scope { app: Some(app.to_owned()), environment: Some(environment.to_owned()) }
}

/// The caller, as rows and the journal keep them.
pub(super) fn actor(caller: &Caller) -> Actor {
    Actor { id: caller.id.clone(), name: caller.name.clone() }
}

impl Console {
    /// A configured place of an app that the caller sees.
    pub(super) fn place(
        &self,
        caller: &Caller,
        app: &str,
        environment: &str,
    ) -> Result<(&AppConfig, &EnvironmentConfig), ServiceError> {
        let place = self.apps.find(app, environment).filter(|(app, _)| caller.sees(&app.name));
        place.ok_or_else(|| ServiceError::new(ErrorCode::UnknownEnvironment))
    }

    /// A deploy of an app that the caller sees.
    pub(super) async fn find_for(&self, caller: &Caller, id: DeployId) -> Result<StoredDeploy, ServiceError> {
        let stored = self.find(id).await?;
        check_seen(caller, &stored.app)?;
        Ok(stored)
    }
}

#[cfg(test)]
mod tests {
    use app::domain::{Grant, Role};

    use super::*;

    #[test]
    fn refusal_names_role_and_place() {
        let caller = Caller { grants: vec![Grant::everywhere(Role::Viewer)], ..Caller::local() };
        let here = scope("shop", "production");
        assert_eq!(check(&caller, Action::See, &here), Ok(()));
        let refused = check(&caller, Action::Deploy, &here).unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotAllowed);
        assert_eq!(refused.detail.as_deref(), Some("It needs the role deployer on shop in production."));
    }
}
