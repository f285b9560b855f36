//! A commit: what exactly was deployed. A ref says what was asked for, and may have moved since.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

/// The full id of a commit, hexadecimal in small letters: 40 digits, or 64 in a repository that uses SHA-256.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Commit(String);

const LENGTHS: [usize; 2] = [40, 64];
/// Digits that people are shown.
const SHORT: usize = 7;

impl Commit {
    /// The full id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As many digits as people are shown.
    #[must_use]
    pub fn short(&self) -> &str {
        // It has ASCII digits alone, and more than these.
        &self.0[..SHORT]
    }

    /// Whether this text names it: in full, or by enough of its first digits to be unambiguous.
    #[must_use]
    pub fn is_named_by(&self, text: &str) -> bool {
        text.len() >= SHORT && self.0.starts_with(&text.to_ascii_lowercase())
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the full id of a commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the full id of a commit")]
pub struct NotACommit;

impl FromStr for Commit {
    type Err = NotACommit;

    fn from_str(text: &str) -> Result<Self, NotACommit> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if LENGTHS.contains(&text.len()) && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotACommit)
        }
    }
}

impl<'de> Deserialize<'de> for Commit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn only_full_lowercase_ids_are_commits() {
        let long = format!("{FULL}{}", &FULL[..24]);
        for good in [FULL, &long] {
            assert_eq!(good.parse::<Commit>().unwrap().as_str(), good);
        }
        for bad in ["", "main", &FULL[1..], &FULL.to_uppercase(), &FULL.replace('f', "g"), &long[1..]] {
            assert_eq!(bad.parse::<Commit>(), Err(NotACommit), "{bad}");
        }
    }

    #[test]
    fn seven_digits_or_more_name_a_commit() {
        let commit: Commit = FULL.parse().unwrap();
        assert_eq!(commit.short(), "0123456");
        for naming in [FULL, "0123456", "0123456789", "0123456789ABCDEF"] {
            assert!(commit.is_named_by(naming), "{naming}");
        }
        for other in ["", "012345", "123456789", "0123457", &format!("{FULL}0")] {
            assert!(!commit.is_named_by(other), "{other}");
        }
    }

    #[test]
    fn commit_round_trips() {
        let commit: Commit = serde_json::from_value(FULL.into()).unwrap();
        assert_eq!(
            (serde_json::to_value(&commit).unwrap(), commit.to_string()),
            (FULL.into(), FULL.to_owned())
        );
        assert!(serde_json::from_str::<Commit>("\"main\"").is_err());
    }
}
