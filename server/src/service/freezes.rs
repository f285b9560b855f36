//! Freezes: declared, lifted, listed. Whether one stops a deploy is decided in the transaction that records the deploy.

mod draft;
mod preview;

use app::{
    api::{
        ErrorCode, FieldProblem, FreezeDraft, FreezePreview, FreezeReport, FreezeState, FreezesApi,
        ServiceError,
    },
    domain::{Action, Caller, Freeze, FreezeId, Frozen, Scope, Timestamp, Visible, Window},
};
use async_trait::async_trait;
use runtime::ids::uuid_at;
use store::{
    Lift,
    freeze_window::{self, Until},
};

use self::draft::ReadDraft;
use super::{
    Console,
    access::{actor, check},
    from_store,
};

/// How many lifted freezes are shown.
const LIFTED: u32 = 20;

#[async_trait]
impl FreezesApi for Console {
    async fn freezes(&self, caller: &Caller) -> Result<Vec<FreezeReport>, ServiceError> {
        let now = self.clock.now();
        let freezes = self.store.freezes(LIFTED, &caller.visible()).await.map_err(from_store)?;
        let report = |freeze: Freeze| FreezeReport {
            state: state(&freeze, now),
            denied: caller.denied(Action::Freeze, &freeze.scope),
            freeze,
        };
        Ok(freezes.into_iter().map(report).collect())
    }

    async fn preview_freeze(
        &self,
        caller: &Caller,
        draft: FreezeDraft,
    ) -> Result<FreezePreview, ServiceError> {
        self.check_scope(caller, &draft::scope(&draft))?;
        let ReadDraft { scope, window, problems } = draft::read(&draft)?;
        let effect = match &window {
            Some(window) => Some(self.freeze_effect(caller, &scope, window, &draft.time_zone).await?),
            None => None,
        };
        Ok(FreezePreview { problems, effect })
    }

    fn time_zones(&self) -> Vec<String> {
        let mut names: Vec<_> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        names.sort_unstable();
        names
    }

    async fn declare_freeze(&self, caller: &Caller, draft: FreezeDraft) -> Result<(), ServiceError> {
        self.check_scope(caller, &draft::scope(&draft))?;
        let ReadDraft { scope, window, problems } = draft::read(&draft)?;
        let (None, Some(window)) = (problems.first(), window) else {
            return Err(invalid(problems.first()));
        };
        let reason = draft.reason;
        let now = self.clock.now();
        let freeze = Freeze {
            id: FreezeId::new(uuid_at(now)),
            scope,
            window,
            reason,
            declared_by: caller.name.clone(),
            declared_at: now,
            lifted: None,
        };
        self.store.declare(&freeze, &caller.id).await.map_err(from_store)?;
        tracing::info!(?freeze, "freeze declared");
        self.wake_protection();
        Ok(())
    }

    async fn lift_freeze(&self, caller: &Caller, id: FreezeId) -> Result<(), ServiceError> {
        let freezes = self.store.freezes(0, &caller.visible()).await.map_err(from_store)?;
        let freeze = freezes.iter().find(|freeze| freeze.id == id);
        let freeze = freeze.ok_or_else(|| ServiceError::new(ErrorCode::UnknownFreeze))?;
        check(caller, Action::Freeze, &freeze.scope)?;
        let lift = Lift { id, by: actor(caller), at: self.clock.now() };
        if self.store.lift(&lift).await.map_err(from_store)? {
            self.wake_protection();
            tracing::info!(freeze_id = %id, "freeze lifted");
            Ok(())
        } else {
            Err(ServiceError::new(ErrorCode::UnknownFreeze))
        }
    }
}

impl Console {
    /// Whether the caller may declare a freeze of this scope.
    fn check_scope(&self, caller: &Caller, scope: &Scope) -> Result<(), ServiceError> {
        let visible = caller.visible();
        let is_known = |name: &str| visible.has(name) && self.apps.iter().any(|app| app.name == name);
        let knows_app = scope.app.as_deref().is_none_or(is_known);
        let names = self.apps.environment_names();
        if !knows_app || scope.environment.as_deref().is_some_and(|name| !names.contains(&name)) {
            return Err(ServiceError::new(ErrorCode::UnknownEnvironment));
        }
        check(caller, Action::Freeze, scope)
    }

    /// What freezes each environment now.
    pub(super) async fn frozen_now(
        &self,
    ) -> Result<impl Fn(&str, &str) -> Option<Frozen> + use<>, ServiceError> {
        let now = self.clock.now();
        let freezes = self.store.freezes(0, &Visible::All).await.map_err(from_store)?;
        Ok(move |app: &str, environment: &str| freeze_window::frozen(&freezes, app, environment, now))
    }
}

fn state(freeze: &Freeze, now: Timestamp) -> FreezeState {
    if freeze.lifted.is_some() {
        return FreezeState::Over;
    }
    match (freeze_window::holds(&freeze.window, now), &freeze.window) {
        (Some(Until::Lifted), _) => FreezeState::InForce { until: None },
        (Some(Until::At(end)), _) => FreezeState::InForce { until: Some(end) },
        (None, Window::Once { until, .. }) if *until <= now => FreezeState::Over,
        (None, _) => FreezeState::Waiting,
    }
}

/// Particulars begin with the name of the field.
fn invalid(problem: Option<&FieldProblem>) -> ServiceError {
    let error = ServiceError::new(ErrorCode::InvalidField);
    match problem {
        Some(FieldProblem { field, text }) => error.with_detail(format!("{field}: {text}")),
        None => error,
    }
}
