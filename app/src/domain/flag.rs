//! What can be switched, by environment.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Deploy, OptionalInput};

/// A feature flag.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Flag {
    /// A dispatch is answered at once instead of after waiting for its run.
    ConsoleDeployAsync,
    /// Workflows report their gates.
    ConsoleDeployPhaseCallbacks,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 2] = [Self::ConsoleDeployAsync, Self::ConsoleDeployPhaseCallbacks];

    /// Its name, in the file of flags, in the database and behind `FLAG_` in the environment.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsoleDeployAsync => "CONSOLE_DEPLOY_ASYNC",
            Self::ConsoleDeployPhaseCallbacks => "CONSOLE_DEPLOY_PHASE_CALLBACKS",
        }
    }

    /// The input that a workflow has to declare for the flag to do anything there.
    #[must_use]
    pub const fn input(self) -> Option<OptionalInput> {
        match self {
            Self::ConsoleDeployAsync => None,
            Self::ConsoleDeployPhaseCallbacks => Some(OptionalInput::PhaseCallbacks),
        }
    }

    /// Whether a deploy that was asked for here shows that the flag works, as [`Self::seen`] says it.
    #[must_use]
    pub fn is_seen_in(self, deploy: &Deploy) -> bool {
        match self {
            Self::ConsoleDeployAsync => deploy.github_run_id.is_some(),
            Self::ConsoleDeployPhaseCallbacks => deploy.reported_all_phases(),
        }
    }

    /// What a deploy did that shows that the flag works.
    #[must_use]
    pub const fn seen(self) -> &'static str {
        match self {
            Self::ConsoleDeployAsync => "found their run",
            Self::ConsoleDeployPhaseCallbacks => "reported all of their phases",
        }
    }

    /// Whether a deploy says anything about flags: one that was not asked for here does not.
    #[must_use]
    pub const fn is_about(deploy: &Deploy) -> bool {
        !deploy.origin.is_found()
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Flag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|flag| flag.as_str() == text);
        found.ok_or_else(|| {
            format!("there is no flag `{text}`; there are {}", Self::ALL.map(Self::as_str).join(", "))
        })
    }
}

/// How far a feature is planned to go. Which flags are on, and where, is up to the configuration.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Built; nothing uses it yet.
    Dark,
    /// Off, except where it is being tried out.
    Flag,
    /// On in the first environments.
    Beta,
    /// On everywhere: generally available.
    Ga,
}

impl Stage {
    /// The word for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Flag => "Behind the flag",
            Self::Beta => "Beta",
            Self::Ga => "Generally available",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_one_name() {
        for (flag, name) in [
            (Flag::ConsoleDeployAsync, "CONSOLE_DEPLOY_ASYNC"),
            (Flag::ConsoleDeployPhaseCallbacks, "CONSOLE_DEPLOY_PHASE_CALLBACKS"),
        ] {
            assert_eq!((flag.as_str(), flag.to_string().as_str()), (name, name));
            assert_eq!(name.parse(), Ok(flag));
            assert_eq!(serde_json::to_value(flag).unwrap(), name);
        }
        let unknown = "OF_TOMORROW".parse::<Flag>().unwrap_err();
        assert!(unknown.contains("OF_TOMORROW") && unknown.contains("CONSOLE_DEPLOY_ASYNC"), "{unknown}");
    }

    #[test]
    fn each_stage_has_its_words() {
        let words = [Stage::Dark, Stage::Flag, Stage::Beta, Stage::Ga].map(Stage::label);
        assert_eq!(words, ["Dark", "Behind the flag", "Beta", "Generally available"]);
    }
}
