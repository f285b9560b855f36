//! Inputs of a workflow that are configured for an app and filled in by operators: what each takes, and the rule that
//! the form and the API share.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Characters of a text.
const MAX_TEXT: usize = 1_000;

/// One input that operators fill in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct InputSpec {
    /// Its name in the workflow file.
    pub name: String,
    /// What it takes.
    pub kind: InputKind,
    /// What is sent when nothing is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether it must have a value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// What an input takes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// A line of text.
    String,
    /// One of these.
    Choice(Vec<String>),
    /// `true` or `false`.
    Boolean,
}

/// Why a value is not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum InputProblem {
    /// No input has this name; these are there.
    Unknown(Vec<String>),
    /// It needs a value, and has none.
    Missing,
    /// It takes only these.
    NotAnOption(Vec<String>),
    /// It is neither `true` nor `false`.
    NotABoolean,
    /// It is too long.
    TooLong,
    /// It has a line end, or another control character.
    ControlCharacter,
}

/// An input whose value is not taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("inputs.{name}: {problem}.")]
pub struct InvalidInput {
    /// Its name.
    pub name: String,
    /// Why.
    pub problem: InputProblem,
}

impl fmt::Display for InputProblem {
    /// What to do, as a part of a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(names) if names.is_empty() => f.write_str("this app takes no inputs"),
            Self::Unknown(names) => write!(f, "this app takes no such input, only {}", names.join(", ")),
            Self::Missing => f.write_str("give a value"),
            Self::NotAnOption(options) => write!(f, "give one of {}", options.join(", ")),
            Self::NotABoolean => f.write_str("give true or false"),
            Self::TooLong => write!(f, "give {MAX_TEXT} characters at most"),
            Self::ControlCharacter => f.write_str("leave out line ends and other control characters"),
        }
    }
}

impl InputKind {
    /// Whether this is a value of it.
    ///
    /// # Errors
    /// Why it is none.
    pub fn check(&self, value: &str) -> Result<(), InputProblem> {
        let problem = match self {
            Self::String => text_problem(value),
            Self::Choice(options) => (!options.iter().any(|option| option == value))
                .then(|| InputProblem::NotAnOption(options.clone())),
            Self::Boolean => (!["true", "false"].contains(&value)).then_some(InputProblem::NotABoolean),
        };
        problem.map_or(Ok(()), Err)
    }
}

fn text_problem(value: &str) -> Option<InputProblem> {
    if value.chars().count() > MAX_TEXT {
        return Some(InputProblem::TooLong);
    }
    value.chars().any(char::is_control).then_some(InputProblem::ControlCharacter)
}

impl InputSpec {
    /// Its name in words: `dry_run` is "Dry run".
    #[must_use]
    pub fn label(&self) -> String {
        let words = self.name.replace('_', " ");
        let mut rest = words.chars();
        rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
    }

    /// What its field holds: what was given, or else its default.
    #[must_use]
    pub fn shown<'a>(&'a self, given: Option<&'a str>) -> &'a str {
        let nothing = if self.kind == InputKind::Boolean { "false" } else { "" };
        given.or(self.default.as_deref()).unwrap_or(nothing)
    }

    /// What is sent for what was given; none if the input is left out, so that the workflow's own default holds. An
    /// empty field gives nothing, unless it takes the place of the default of a text.
    pub(super) fn resolve<'a>(&'a self, given: Option<&'a str>) -> Result<Option<&'a str>, InputProblem> {
        let empties_a_text = self.kind == InputKind::String && self.default.is_some();
        let given = given.filter(|given| !given.is_empty() || empties_a_text);
        let Some(value) = given.or(self.default.as_deref()) else {
            return if self.required { Err(InputProblem::Missing) } else { Ok(None) };
        };
        if self.required && value.trim().is_empty() {
            return Err(InputProblem::Missing);
        }
        self.kind.check(value).map(|()| Some(value))
    }
}
