//! What callbacks are signed with: a secret of all apps, or one of an app alone, so that one repository cannot speak for
//! another.

use std::{collections::HashMap, sync::Arc};

use webhook::SigningSecrets;

use super::{Apps, ConfigError, environment::secrets};

/// The secrets by which callbacks are verified. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CallbackSecrets {
    common: SigningSecrets,
    own: Arc<HashMap<String, SigningSecrets>>,
}

impl From<SigningSecrets> for CallbackSecrets {
    /// The same for all apps.
    fn from(common: SigningSecrets) -> Self {
        Self { common, own: Arc::default() }
    }
}

impl CallbackSecrets {
    /// That of all apps, and the variables that apps name.
    ///
    /// # Errors
    /// If one that is named is not set, or holds no usable secret.
    pub fn read(
        common: SigningSecrets,
        apps: &Apps,
        get: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut own = HashMap::new();
        for app in apps.iter() {
            let Some(key) = &app.callback_secret_variable else { continue };
            let missing = || {
                let problem =
                    format!("is not set, but app `{}` names it in callback_secret_variable", app.name);
                ConfigError::new(key, problem, "Set it to the secret that the app's workflow signs with")
            };
            own.insert(app.name.clone(), secrets(get, key)?.ok_or_else(missing)?);
        }
        Ok(Self { common, own: Arc::new(own) })
    }

    /// Those of all apps without one of their own.
    #[must_use]
    pub const fn common(&self) -> &SigningSecrets {
        &self.common
    }

    /// Whether it matters whose deploy a callback is about.
    #[must_use]
    pub fn depend_on_app(&self) -> bool {
        !self.own.is_empty()
    }

    /// Those by which a callback for a deploy of this app is verified; of a deploy that there is not, the common ones.
    #[must_use]
    pub fn of(&self, app: Option<&str>) -> &SigningSecrets {
        app.and_then(|app| self.own.get(app)).unwrap_or(&self.common)
    }
}
