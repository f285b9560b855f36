//! The value of each flag in an environment: from the variable, else the promotion, else the file. And what deploys
//! have shown of it, so that production comes after an observation elsewhere.

use std::{collections::HashSet, sync::Arc};

use app::{
    api::{ErrorCode, FlagOrigin, FlagReport, FlagSetting, FlagsApi, Observed, Promote, ServiceError},
    domain::{Action, Caller, Flag, Scope, Visible},
};
use async_trait::async_trait;
use runtime::clock::SharedClock;
use store::{DeployFilter, Place, Promotion, StatusFilter, Store, StoredDeploy};

use super::{
    access::{actor, check},
    deploy_view, from_store,
};
use crate::{
    config::Apps,
    flags::{Flags, Known},
};

/// How many deploys of an environment are examined for what they show of a flag.
const OBSERVED: u32 = 100;

/// Every flag in every environment. The command line uses it without the rest of the console.
#[derive(Clone)]
pub struct FlagService {
    /// Holds the promotions.
    pub store: Arc<dyn Store>,
    /// The values of the file and the variables.
    pub flags: Flags,
    /// Names the environments.
    pub apps: Apps,
    pub clock: SharedClock,
}

#[async_trait]
impl FlagsApi for FlagService {
    async fn flags(&self, caller: &Caller) -> Result<Vec<FlagReport>, ServiceError> {
        let visible = caller.visible();
        let promotions = self.store.promotions().await.map_err(from_store)?;
        let mut reports = Vec::new();
        for known in self.flags.iter() {
            reports.push(FlagReport {
                flag: known.flag,
                does: known.does.clone(),
                stage: known.stage,
                default: known.default,
                settings: self
                    .settings(known, &promotions, &visible)
                    .await?
                    .into_iter()
                    .map(|setting| FlagSetting { denied: denied_in(caller, &setting.environment), ..setting })
                    .collect(),
            });
        }
        Ok(reports)
    }

    async fn promote(&self, caller: &Caller, promote: Promote) -> Result<(), ServiceError> {
        let Promote { flag, environment, is_on, without_observation } = promote;
        if !self.apps.environment_names().contains(&environment.as_str()) {
            return Err(ServiceError::new(ErrorCode::UnknownEnvironment));
        }
        check(caller, Action::PromoteFlag, &everywhere_in(&environment))?;
        let is_unobserved = is_on && self.asks_to_confirm(flag, &environment).await?;
        if is_unobserved && !without_observation {
            return Err(ServiceError::new(ErrorCode::FlagNotObserved));
        }
        let promotion = Promotion {
            flag,
            environment,
            is_on,
            without_observation: is_unobserved,
            by: actor(caller),
            at: self.clock.now(),
        };
        let is_new = self.store.promote(&promotion).await.map_err(from_store)?;
        tracing::info!(?promotion, is_new, "flag promoted");
        Ok(())
    }
}

impl FlagService {
    /// Which flags are on in an environment, now.
    ///
    /// # Errors
    /// If the database is not available: then promotions are not known.
    pub async fn on_in(&self, environment: &str) -> Result<HashSet<Flag>, ServiceError> {
        let promotions = self.store.promotions().await.map_err(from_store)?;
        let is_on = |known: &&Known| setting(known, environment, &promotions).is_on;
        Ok(self.flags.iter().filter(is_on).map(|known| known.flag).collect())
    }

    /// The value of one flag in each environment.
    async fn settings(
        &self,
        known: &Known,
        promotions: &[Promotion],
        visible: &Visible,
    ) -> Result<Vec<FlagSetting>, ServiceError> {
        let mut settings = Vec::new();
        for environment in self.apps.environment_names() {
            let mut setting = setting(known, environment, promotions);
            if setting.is_on {
                setting.observed = Some(self.observed(known.flag, &setting, visible).await?);
                setting.unable = self.unable(known.flag, environment, visible).await?;
            }
            settings.push(setting);
        }
        for at in 0..settings.len() {
            let FlagSetting { environment, is_on, .. } = &settings[at];
            settings[at].asks_to_confirm = !is_on
                && self.apps.asks_for_name(environment)
                && !self.is_shown_elsewhere(&settings, environment);
        }
        Ok(settings)
    }

    /// Whether an environment without confirmations has shown that the flag works.
    fn is_shown_elsewhere(&self, settings: &[FlagSetting], environment: &str) -> bool {
        let elsewhere = settings.iter().filter(|setting| {
            setting.environment != environment && !self.apps.asks_for_name(&setting.environment)
        });
        elsewhere.filter_map(|setting| setting.observed).any(|observed| observed.shown > 0)
    }

    /// What the newest deploys there have shown of a flag since it was turned on.
    async fn observed(
        &self,
        flag: Flag,
        setting: &FlagSetting,
        visible: &Visible,
    ) -> Result<Observed, ServiceError> {
        let since = match &setting.origin {
            FlagOrigin::Promotion { at, .. } => Some(*at),
            FlagOrigin::Variable | FlagOrigin::Default => None,
        };
        let filter = DeployFilter {
            environment: Some(setting.environment.clone()),
            status: StatusFilter::Ended,
            since,
            limit: OBSERVED,
            visible: visible.clone(),
            ..DeployFilter::default()
        };
        let deploys = self.store.deploys(&filter).await.map_err(from_store)?;
        let is_capped = deploys.len() >= OBSERVED as usize;
        let (mut ended, mut shown) = (0, 0);
        for deploy in deploys.into_iter().map(|stored| deploy_view(&self.apps, stored)).filter(Flag::is_about)
        {
            ended += 1;
            shown += u32::from(flag.is_seen_in(&deploy));
        }
        Ok(Observed { shown, ended, is_capped, is_since: since.is_some() })
    }

    /// Apps whose newest deploy there was dispatched without the input that the flag needs.
    async fn unable(
        &self,
        flag: Flag,
        environment: &str,
        visible: &Visible,
    ) -> Result<Vec<String>, ServiceError> {
        let Some(input) = flag.input() else { return Ok(Vec::new()) };
        let seen = self.apps.iter().filter(|app| visible.has(&app.name));
        let with_it = seen.filter(|app| self.apps.find(&app.name, environment).is_some());
        let places = with_it.map(|app| Place { app: app.name.clone(), environment: environment.to_owned() });
        let environment_summaries =
            self.store.environment_summaries(places.collect()).await.map_err(from_store)?;
        let newest =
            environment_summaries.into_iter().filter_map(|summary| summary.under_way.or(summary.last_ended));
        let lacks = |deploy: &StoredDeploy| deploy.left_out.contains(&input);
        Ok(newest.filter(lacks).map(|deploy| deploy.app).collect())
    }

    async fn asks_to_confirm(&self, flag: Flag, environment: &str) -> Result<bool, ServiceError> {
        let promotions = self.store.promotions().await.map_err(from_store)?;
        let Some(known) = self.flags.iter().find(|known| known.flag == flag) else { return Ok(false) };
        let settings = self.settings(known, &promotions, &Visible::All).await?;
        Ok(settings.iter().any(|setting| setting.environment == environment && setting.asks_to_confirm))
    }
}

fn everywhere_in(environment: &str) -> Scope {
    Scope { app: None, environment: Some(environment.to_owned()) }
}

fn denied_in(caller: &Caller, environment: &str) -> Option<String> {
    caller.denied(Action::PromoteFlag, &everywhere_in(environment))
}

fn setting(known: &Known, environment: &str, promotions: &[Promotion]) -> FlagSetting {
    let is_this = |it: &&Promotion| it.flag == known.flag && it.environment == environment;
    let (is_on, origin) = match (known.variable, promotions.iter().find(is_this)) {
        (Some(is_on), _) => (is_on, FlagOrigin::Variable),
        (None, Some(it)) => (it.is_on, FlagOrigin::Promotion { by: it.by.name.clone(), at: it.at }),
        (None, None) => (known.default, FlagOrigin::Default),
    };
    FlagSetting {
        environment: environment.to_owned(),
        is_on,
        origin,
        observed: None,
        unable: Vec::new(),
        asks_to_confirm: false,
        denied: None,
    }
}
