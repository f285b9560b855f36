//! Whether GitHub asks the console before a job goes on into an environment, so that freezes and approvals also bind what was
//! not requested here.

use app::{
    api::{Check, CheckSubject},
    domain::Origin,
};
use futures::future::join_all;
use github::{Client, LookError, ReadError};

use super::found::{Looked, in_general, list, ok, unknown, warning};
use crate::config::{AppConfig, EnvironmentConfig};

const SUBJECT: CheckSubject = CheckSubject::Gate;

/// Of each environment, in their order, whether it is asked about.
pub(super) async fn look(github: &Client, app: &AppConfig) -> Looked<Vec<bool>> {
    let ask = |environment: &EnvironmentConfig| {
        let name = environment.name.clone();
        async move { github.is_asked_about(&app.repo, &name).await }
    };
    let asked = join_all(app.environments.iter().map(ask)).await;
    // An environment that is not there on GitHub has no rule either.
    let is_asked = |asked| match asked {
        Err(ReadError::NotFound) => Ok(false),
        asked => asked.map_err(LookError::from),
    };
    asked.into_iter().map(is_asked).collect()
}

pub(super) fn gate(app: &AppConfig, looked: &Looked<Vec<bool>>) -> Check {
    let known_by = format!("GitHub's deployment protection rules of the environments of {}", app.repo);
    let asked = match looked {
        Ok(asked) => asked,
        Err(error) => {
            return in_general(SUBJECT, error, &known_by).unwrap_or_else(|| {
                let advice = "Give the App the permission Actions: read and write, and check again.";
                unknown(SUBJECT, "Not known.", &known_by, advice)
            });
        }
    };
    let (bound, free): (Vec<_>, Vec<_>) = app.environments.iter().zip(asked).partition(|(_, asked)| **asked);
    let names = |of: &[(&EnvironmentConfig, &bool)]| {
        list(&of.iter().map(|(environment, _)| environment.name.as_str()).collect::<Vec<_>>())
    };
    let open: Vec<_> = free.into_iter().filter(|(environment, _)| is_guarded(environment)).collect();
    if !open.is_empty() {
        let names = names(&open);
        return warning(
            SUBJECT,
            format!(
                "GitHub does not ask the console before a job goes on into {names}: a run by hand passes freezes and approvals."
            ),
            known_by,
            format!(
                "Switch the App's rule on: Settings, Environments, {names}, Deployment protection rules."
            ),
        );
    }
    let found = if bound.is_empty() {
        "None of its environments has a freeze check or approvals that a run by hand could pass.".to_owned()
    } else {
        format!("GitHub asks the console before a job goes on into {}.", names(&bound))
    };
    ok(SUBJECT, found, known_by)
}

/// Whether something here should bind what is deployed there.
fn is_guarded(environment: &EnvironmentConfig) -> bool {
    environment.gates.freeze_check || environment.approvals_of(&Origin::Request) > 0
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult;

    use super::{super::tests::app, *};

    #[test]
    fn f97_unbound_production_is_a_warning() {
        for (asked, expected) in [
            ([true, true], CheckResult::Ok),
            ([true, false], CheckResult::Ok),
            ([false, true], CheckResult::Warning),
            ([false, false], CheckResult::Warning),
        ] {
            assert_eq!(gate(&app(), &Ok(asked.to_vec())).result, expected, "{asked:?}");
        }
        let error = LookError::Forbidden { words: None, needs: None };
        assert_eq!(gate(&app(), &Err(error)).result, CheckResult::Unknown);
    }
}
