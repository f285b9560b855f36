//! Inputs of the console without which a workflow can be run all the same.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An input that a workflow file may lack: the files of before do not declare it, and GitHub refuses what is not
/// declared.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionalInput {
    /// Asks it to report its gates.
    PhaseCallbacks,
    /// Tells it who requested the deploy.
    RequestedBy,
}

impl OptionalInput {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::PhaseCallbacks, Self::RequestedBy];

    /// Its name in the workflow file, and in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhaseCallbacks => "phase_callbacks",
            Self::RequestedBy => "requested_by",
        }
    }

    /// What a workflow cannot do that does not declare it, in a sentence.
    #[must_use]
    pub const fn without(self) -> &'static str {
        match self {
            Self::PhaseCallbacks => {
                "This workflow cannot report its gates: it does not declare the input phase_callbacks."
            }
            Self::RequestedBy => {
                "This workflow is not told who requested the deploy: it does not declare the input requested_by."
            }
        }
    }
}

impl fmt::Display for OptionalInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OptionalInput {
    type Err = UnknownInput;

    fn from_str(text: &str) -> Result<Self, UnknownInput> {
        Self::ALL.into_iter().find(|input| input.as_str() == text).ok_or(UnknownInput)
    }
}

/// Not the name of an optional input.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownInput;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_input_has_one_name() {
        for (input, name) in OptionalInput::ALL.into_iter().zip(["phase_callbacks", "requested_by"]) {
            assert_eq!((input.to_string().as_str(), name.parse()), (name, Ok(input)));
            assert_eq!(serde_json::to_value(input).unwrap(), name);
            assert!(input.without().contains(name));
        }
        assert_eq!("git_ref".parse::<OptionalInput>(), Err(UnknownInput));
    }
}
