//! Feature flags: both are off until somebody turns them on.

use crate::config::ConfigError;

/// The effective values.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Flags {
    /// `CONSOLE_DEPLOY_ASYNC`: answer a dispatch with 202 at once instead of 201.
    pub deploy_async: bool,
    /// `CONSOLE_DEPLOY_PHASE_CALLBACKS`: ask the workflow for callbacks of its gates.
    pub phase_callbacks: bool,
}

impl Flags {
    /// Reads the overrides `FLAG_…` over `defaults`.
    ///
    /// # Errors
    /// If one is neither true nor false.
    pub fn read(get: &dyn Fn(&str) -> Option<String>, defaults: Self) -> Result<Self, ConfigError> {
        Ok(Self {
            deploy_async: flag(get, "FLAG_CONSOLE_DEPLOY_ASYNC", defaults.deploy_async)?,
            phase_callbacks: flag(get, "FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS", defaults.phase_callbacks)?,
        })
    }
}

fn flag(get: &dyn Fn(&str) -> Option<String>, key: &str, default: bool) -> Result<bool, ConfigError> {
    match get(key).as_deref() {
        None | Some("") => Ok(default),
        Some("true" | "1" | "on") => Ok(true),
        Some("false" | "0" | "off") => Ok(false),
        Some(other) => {
            Err(ConfigError::new(key, format!("`{other}` is not a switch"), "Write true or false"))
        }
    }
}
