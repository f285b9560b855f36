//! What callbacks are signed with: a secret of all apps, or one of an app alone, so that one repository cannot speak for
//! another.

use std::{collections::HashMap, sync::Arc};

use webhook::SigningSecrets;

use super::{Apps, ConfigError, environment::secrets};

/// The secrets by which callbacks are verified. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CallbackSecrets {
    common: Option<SigningSecrets>,
    own: Arc<HashMap<String, SigningSecrets>>,
}

impl From<SigningSecrets> for CallbackSecrets {
    /// The same for all apps.
    fn from(common: SigningSecrets) -> Self {
        Self { common: Some(common), own: Arc::default() }
    }
}

impl CallbackSecrets {
    /// That of all apps, and the variables that apps name.
    ///
    /// # Errors
    /// If one that is named is not set, or holds no usable secret; or if that of all apps is not set, and an app takes
    /// signatures.
    pub fn read(
        common: Option<SigningSecrets>,
        apps: &Apps,
        get: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        if common.is_none() && apps.iter().any(|app| app.callback_identity.takes_signatures()) {
            return Err(ConfigError::new(
                "DEPLOY_CALLBACK_HMAC_SECRET",
                "is not set",
                "Set it to the secret that the workflows sign with; without it no callback could be trusted",
            ));
        }
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

    /// Those of all apps without one of their own; none, if no app takes signatures.
    #[must_use]
    pub const fn common(&self) -> Option<&SigningSecrets> {
        self.common.as_ref()
    }

    /// Whether it matters whose deploy a callback is about.
    #[must_use]
    pub fn depend_on_app(&self) -> bool {
        !self.own.is_empty()
    }

    /// Those by which a callback for a deploy of this app is verified; of a deploy that there is not, the common ones.
    #[must_use]
    pub fn of(&self, app: Option<&str>) -> Option<&SigningSecrets> {
        app.and_then(|app| self.own.get(app)).or(self.common.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f98_no_secret_is_needed_where_no_app_takes_signatures() {
        let read = |second: &str, common: Option<&str>| {
            let app = |name: &str, identity: &str| {
                format!(
                    "[[app]]\nname = \"{name}\"\nrepo = \"acme/{name}\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
                     callback_identity = \"{identity}\"\nenvironments = [{{ name = \"staging\", freeze_check = false }}]\n"
                )
            };
            let apps = Apps::parse(&(app("shop", "github") + &app("docs", second)), "console.toml").unwrap();
            let common = common.map(|text| text.parse().unwrap());
            CallbackSecrets::read(common, &apps, &|_| None).map_err(|error| error.to_string())
        };
        let without = read("github", None).unwrap();
        assert!(
            without.common().is_none() && without.of(Some("shop")).is_none() && without.of(None).is_none()
        );
        assert!(read("github", Some("kept")).unwrap().common().is_some());
        for takes_signatures in ["secret", "either"] {
            assert!(read(takes_signatures, Some("kept")).is_ok());
            let line = read(takes_signatures, None).unwrap_err();
            assert!(line.starts_with("DEPLOY_CALLBACK_HMAC_SECRET: is not set. Set it"), "{line}");
        }
    }
}
