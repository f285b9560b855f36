//! Freezes: declared, lifted, listed. Whether one stops a deploy is decided in the transaction that records the deploy.

use app::{
    api::{ErrorCode, FreezeReport, FreezeRequest, FreezeState, FreezesApi, ServiceError},
    domain::{Action, Caller, Freeze, FreezeId, Frozen, Timestamp, Visible, Window},
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use runtime::ids::uuid_at;
use store::{
    Lift,
    freeze_window::{self, Until},
};

use super::{
    Console,
    access::{actor, check},
    deploys::checks::check_reason,
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

    async fn declare_freeze(&self, caller: &Caller, request: FreezeRequest) -> Result<(), ServiceError> {
        let FreezeRequest { scope, window, reason } = request;
        let visible = caller.visible();
        let is_known = |name: &str| visible.has(name) && self.apps.iter().any(|app| app.name == name);
        let knows_app = scope.app.as_deref().is_none_or(is_known);
        let names = self.apps.environment_names();
        if !knows_app || scope.environment.as_deref().is_some_and(|name| !names.contains(&name)) {
            return Err(ServiceError::new(ErrorCode::UnknownEnvironment));
        }
        check(caller, Action::Freeze, &scope)?;
        if reason.trim().is_empty() {
            return Err(invalid("reason: say why."));
        }
        check_reason("reason", Some(&reason))?;
        check_window(&window)?;
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
        Ok(())
    }

    async fn lift_freeze(&self, caller: &Caller, id: FreezeId) -> Result<(), ServiceError> {
        let freezes = self.store.freezes(0, &caller.visible()).await.map_err(from_store)?;
        let freeze = freezes.iter().find(|freeze| freeze.id == id);
        let freeze = freeze.ok_or_else(|| ServiceError::new(ErrorCode::UnknownFreeze))?;
        check(caller, Action::Freeze, &freeze.scope)?;
        let lift = Lift { id, by: actor(caller), at: self.clock.now() };
        if self.store.lift(&lift).await.map_err(from_store)? {
            tracing::info!(freeze_id = %id, "freeze lifted");
            Ok(())
        } else {
            Err(ServiceError::new(ErrorCode::UnknownFreeze))
        }
    }
}

impl Console {
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

fn check_window(window: &Window) -> Result<(), ServiceError> {
    match window {
        Window::UntilLifted => Ok(()),
        Window::Once { from, until } if from < until => Ok(()),
        Window::Once { .. } => Err(invalid("until: it has to come after the beginning.")),
        Window::Weekly { from, until, .. } if from == until => {
            Err(invalid("until: a whole week is a freeze without an end."))
        }
        Window::Weekly { time_zone, .. } => match TimeZone::get(time_zone) {
            Ok(_) => Ok(()),
            Err(_) => Err(invalid("time_zone: a name of the IANA database, such as Europe/Berlin.")),
        },
        Window::Unknown => Err(invalid("window: of no known kind.")),
    }
}

fn invalid(detail: &str) -> ServiceError {
    ServiceError::new(ErrorCode::InvalidField).with_detail(detail)
}
