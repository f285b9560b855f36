//! Values of inputs, by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::spec::{InputProblem, InputSpec, InvalidInput};

/// Values of inputs by name, each a text: GitHub takes no other.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "BTreeMap<String, InputValue>")]
pub struct InputValues(BTreeMap<String, String>);

/// A value as it is given: of a boolean, also as such.
#[derive(Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum InputValue {
    /// A text.
    Text(String),
    /// Of a boolean.
    Flag(bool),
}

impl From<BTreeMap<String, InputValue>> for InputValues {
    fn from(given: BTreeMap<String, InputValue>) -> Self {
        let text = |value| match value {
            InputValue::Text(text) => text,
            InputValue::Flag(flag) => flag.to_string(),
        };
        given.into_iter().map(|(name, value)| (name, text(value))).collect()
    }
}

impl FromIterator<(String, String)> for InputValues {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl InputValues {
    /// The value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets a value, in place of an earlier one.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and others; of a name that both have, the other's.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// These, and of an earlier deploy what was not given now, as far as it may still be given.
    #[must_use]
    pub fn or_repeat(mut self, earlier: &Self, specs: &[InputSpec]) -> Self {
        for spec in specs {
            let repeated = earlier.get(&spec.name).filter(|value| spec.kind.check(value).is_ok());
            if let (Some(value), None) = (repeated, self.get(&spec.name)) {
                self.set(&spec.name, value.to_owned());
            }
        }
        self
    }

    /// What is sent for what was given: with the defaults of the rest.
    ///
    /// # Errors
    /// What is wrong with each, if anything is.
    pub fn resolve(&self, specs: &[InputSpec]) -> Result<Self, Vec<InvalidInput>> {
        let mut problems: Vec<_> = self.unknown(specs).into_iter().collect();
        let mut resolved = Self::default();
        for spec in specs {
            match spec.resolve(self.get(&spec.name)) {
                Ok(Some(value)) => resolved.set(&spec.name, value.to_owned()),
                Ok(None) => {}
                Err(problem) => problems.push(InvalidInput { name: spec.name.clone(), problem }),
            }
        }
        if problems.is_empty() { Ok(resolved) } else { Err(problems) }
    }

    /// The first that no input has as its name. There may be any number, so the others are not named.
    fn unknown(&self, specs: &[InputSpec]) -> Option<InvalidInput> {
        let name = self.0.keys().find(|name| !specs.iter().any(|spec| spec.name == **name))?.clone();
        let names = specs.iter().map(|spec| spec.name.clone()).collect();
        Some(InvalidInput { name, problem: InputProblem::Unknown(names) })
    }
}
