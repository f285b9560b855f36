//! Names that differ in more than case: on the screen and in a message, two that do not are taken for one.

use std::collections::HashMap;

use super::ConfigError;

/// The names so far, by their lower case.
#[derive(Default)]
pub(super) struct Names(HashMap<String, String>);

/// Two names that differ in case alone.
pub(super) struct DifferInCase {
    one: String,
    other: String,
}

impl Names {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(&name.to_lowercase()).is_some_and(|known| known == name)
    }

    /// Adds a name; the same one again changes nothing.
    pub(super) fn add(&mut self, name: &str) -> Result<(), DifferInCase> {
        let known = self.0.entry(name.to_lowercase()).or_insert_with(|| name.to_owned());
        if known == name { Ok(()) } else { Err(DifferInCase { one: known.clone(), other: name.to_owned() }) }
    }
}

impl DifferInCase {
    /// As an error of this key.
    pub(super) fn at(&self, key: &str) -> ConfigError {
        let problem = format!("`{}` and `{}` differ in case alone", self.one, self.other);
        ConfigError::new(key, problem, "Give them names that differ in more than case")
    }
}
