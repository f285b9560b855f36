//! Feature flags: what the file that is built in says of each, and what the server's environment says over it.
//! Promotions are in the database; see [`crate::service::FlagService`].

use std::fmt::Write as _;

use app::{
    api::{FlagOrigin, FlagReport, FlagSetting},
    domain::{Flag, Stage},
};
use serde::Deserialize;

use crate::config::ConfigError;

/// The file, as it was when this was built.
const FILE: &str = include_str!("../../feature_flags.yaml");
/// Its name, for errors.
const NAME: &str = "feature_flags.yaml";

/// What is known of each flag without the database.
#[derive(Clone, Debug)]
pub struct Flags(Vec<Known>);

/// What is known of one flag.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    #[serde(rename = "name")]
    pub flag: Flag,
    /// What it does, in a sentence.
    pub does: String,
    /// Its value where nothing overrides it.
    pub default: bool,
    /// How far it has come.
    pub stage: Stage,
    /// What the variable says, if it is set.
    #[serde(skip)]
    pub variable: Option<bool>,
}

impl Flags {
    /// The flags of the file.
    ///
    /// # Errors
    /// Never, as a test shows.
    pub fn shipped() -> Result<Self, ConfigError> {
        Self::parse(FILE)
    }

    fn parse(text: &str) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError::new(NAME, problem, "Name each flag of this build once");
        let known: Vec<Known> = serde_saphyr::from_str(text)
            .map_err(|error| wrong(error.to_string().lines().next().unwrap_or_default().to_owned()))?;
        match Flag::ALL.into_iter().find(|flag| known.iter().filter(|known| known.flag == *flag).count() != 1)
        {
            Some(flag) => Err(wrong(format!("`{flag}` is not there once"))),
            None => Ok(Self(known)),
        }
    }

    /// All of them on where nothing overrides them: a rehearsal shows everything there is.
    #[must_use]
    pub fn all_on(mut self) -> Self {
        self.0.iter_mut().for_each(|known| known.default = true);
        self
    }

    /// Reads the variables `FLAG_…`.
    ///
    /// # Errors
    /// If one is neither true nor false.
    pub fn overridden(mut self, get: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        for known in &mut self.0 {
            let key = format!("FLAG_{}", known.flag);
            let text = get(&key).filter(|text| !text.is_empty());
            known.variable = text.map(|text| switch(&key, &text)).transpose()?;
        }
        Ok(self)
    }

    /// Each of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.0.iter()
    }
}

/// A line for each flag in each environment: name, environment, value, and why.
#[must_use]
pub fn table(reports: &[FlagReport]) -> String {
    let mut text = String::new();
    for report in reports {
        for FlagSetting { environment, is_on, origin, observed, unable, .. } in &report.settings {
            let value = if *is_on { "on" } else { "off" };
            let because = match origin {
                FlagOrigin::Variable => format!("variable FLAG_{}", report.flag),
                FlagOrigin::Promotion { by, at } => format!("{by}, {at:.0}"),
                FlagOrigin::Default => "default".to_owned(),
            };
            let observed = observed.map(|observed| format!("; {}", observed.sentence(report.flag)));
            let observed = observed.unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{:<32} {environment:<16} {value:<4} {because}{observed}",
                report.flag.as_str()
            );
            for (app, input) in unable.iter().zip(report.flag.input().into_iter().cycle()) {
                let _ = writeln!(text, "{:<54} {app}: {}", "", input.without());
            }
        }
    }
    text
}

fn switch(key: &str, text: &str) -> Result<bool, ConfigError> {
    match text {
        "true" | "1" | "on" => Ok(true),
        "false" | "0" | "off" => Ok(false),
        other => Err(ConfigError::new(key, format!("`{other}` is not a switch"), "Write true or false")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    /// The file names every flag once, and none is on.
    #[test]
    fn file_names_each_flag_once_off() {
        let flags = Flags::shipped().unwrap();
        assert_eq!(flags.iter().count(), Flag::ALL.len());
        assert!(flags.iter().all(|known| !known.default && known.variable.is_none()));
        assert!(flags.all_on().iter().all(|known| known.default));
    }

    /// A file that forgets or repeats a flag is refused in one line.
    #[test]
    fn incomplete_or_repeated_flags_are_refused() {
        let first = FILE.find("- name").unwrap();
        let second = FILE.rfind("- name").unwrap();
        let (one, other) = (&FILE[first..second], &FILE[second..]);
        for text in
            [one.to_owned(), format!("{one}{one}{other}"), one.replace("ASYNC", "TOMORROW"), "- 1".to_owned()]
        {
            let line = Flags::parse(&text).unwrap_err().to_string();
            assert!(line.starts_with(NAME) && !line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn variable_is_a_switch_or_nothing() {
        for (text, expected) in [
            ("true", Some(true)),
            ("1", Some(true)),
            ("on", Some(true)),
            ("false", Some(false)),
            ("0", Some(false)),
            ("off", Some(false)),
            ("", None),
        ] {
            let get = |key: &str| (key == "FLAG_CONSOLE_DEPLOY_ASYNC").then(|| text.to_owned());
            let flags = Flags::shipped().unwrap().overridden(&get).unwrap();
            assert_eq!(flags.0[0].variable, expected, "{text}");
            assert_eq!(flags.0[1].variable, None);
        }
        let line =
            Flags::shipped().unwrap().overridden(&|_| Some("maybe".to_owned())).unwrap_err().to_string();
        assert!(line.contains("FLAG_CONSOLE_DEPLOY_ASYNC") && line.contains("maybe"), "{line}");
    }
}
