//! What each flag is in an environment: the variable says, else who promoted it, else the file.

use std::{collections::HashSet, sync::Arc};

use app::{
    api::{ErrorCode, FlagOrigin, FlagReport, FlagSetting, Problem},
    domain::Flag,
};

use super::from_store;
use crate::{
    clock::SharedClock,
    config::Apps,
    flags::{Flags, Known},
    store::{Promotion, Store},
};

/// Every flag in every environment. The command line has it without the rest of the console.
#[derive(Clone)]
pub struct Switches {
    /// What they were promoted to.
    pub store: Arc<dyn Store>,
    /// What the file and the variables say.
    pub flags: Flags,
    /// Which environments there are.
    pub apps: Apps,
    /// The time.
    pub clock: SharedClock,
}

impl Switches {
    /// Which flags are on in an environment, now.
    ///
    /// # Errors
    /// If the database is not available: whether somebody promoted one is not known then.
    pub async fn on_in(&self, environment: &str) -> Result<HashSet<Flag>, Problem> {
        let promotions = self.store.promotions().await.map_err(from_store)?;
        let is_on = |known: &&Known| setting(known, environment, &promotions).is_on;
        Ok(self.flags.iter().filter(is_on).map(|known| known.flag).collect())
    }

    /// Every flag.
    ///
    /// # Errors
    /// If the database is not available.
    pub async fn list(&self) -> Result<Vec<FlagReport>, Problem> {
        let promotions = self.store.promotions().await.map_err(from_store)?;
        let environments = self.apps.environment_names();
        let report = |known: &Known| FlagReport {
            flag: known.flag,
            does: known.does.clone(),
            stage: known.stage,
            default: known.default,
            settings: environments.iter().map(|name| setting(known, name, &promotions)).collect(),
        };
        Ok(self.flags.iter().map(report).collect())
    }

    /// Turns a flag on or off in an environment. Where it is so already, nothing happens.
    ///
    /// # Errors
    /// If no app has the environment, or the database is not available.
    pub async fn promote(&self, flag: Flag, environment: &str, is_on: bool, by: &str) -> Result<(), Problem> {
        if !self.apps.environment_names().contains(&environment) {
            return Err(Problem::new(ErrorCode::UnknownEnvironment));
        }
        let promotion = Promotion {
            flag,
            environment: environment.to_owned(),
            is_on,
            by: by.to_owned(),
            at: self.clock.now(),
        };
        let is_new = self.store.promote(&promotion).await.map_err(from_store)?;
        tracing::info!(%flag, environment, is_on, by, is_new, "flag promoted");
        Ok(())
    }
}

fn setting(known: &Known, environment: &str, promotions: &[Promotion]) -> FlagSetting {
    let is_this = |it: &&Promotion| it.flag == known.flag && it.environment == environment;
    let (is_on, origin) = match (known.variable, promotions.iter().find(is_this)) {
        (Some(is_on), _) => (is_on, FlagOrigin::Variable),
        (None, Some(it)) => (it.is_on, FlagOrigin::Promotion { by: it.by.clone(), at: it.at }),
        (None, None) => (known.default, FlagOrigin::Default),
    };
    FlagSetting { environment: environment.to_owned(), is_on, origin }
}
