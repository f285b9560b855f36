//! What is to be deployed: a Git ref name or a commit.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

/// A ref name or commit that Git itself would take. It reaches a workflow's scripts and this console's log
/// and pages, so nothing else gets in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct GitRef(String);

/// Bytes; longer names than any file system that Git lives on can hold.
const MAX_LENGTH: usize = 255;

impl GitRef {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a ref name or commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a Git ref name or commit")]
pub struct NotAGitRef;

impl FromStr for GitRef {
    type Err = NotAGitRef;

    /// The rules of `git check-ref-format --allow-onelevel`, and no leading dash: a ref must never be read
    /// as an option.
    fn from_str(text: &str) -> Result<Self, NotAGitRef> {
        let well_formed = text.len() <= MAX_LENGTH
            && text != "@"
            && !text.starts_with('-')
            && !text.ends_with('.')
            && !text.contains("..")
            && !text.contains("@{")
            && !text.chars().any(is_forbidden)
            && text.split('/').all(is_component);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NotAGitRef) }
    }
}

fn is_forbidden(c: char) -> bool {
    // Git forbids ASCII control characters; ours are shown on pages, so all of Unicode's go, and the marks
    // that re-order or hide text with them.
    c.is_control() || c.is_whitespace() || is_invisible(c) || "~^:?*[\\".contains(c)
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_component(component: &str) -> bool {
    !component.is_empty() && !component.starts_with('.') && !component.ends_with(".lock")
}

impl<'de> Deserialize<'de> for GitRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_names_and_commits_are_taken() {
        let longest = "x".repeat(255);
        for good in [
            "main",
            "release/2026-11",
            "refs/tags/v1.2.3",
            "feature/übung",
            "9fceb02d0ae598e95dc970b74767f19372d61af8",
            "a@b",
            &longest,
        ] {
            let git_ref: GitRef = good.parse().unwrap();
            assert_eq!((git_ref.as_str(), git_ref.to_string().as_str()), (good, good));
        }
    }

    #[test]
    fn f20_nothing_else_is() {
        let long = "x".repeat(256);
        for bad in [
            "",
            "@",
            "-main",
            "--upload-pack=x",
            "a b",
            "a..b",
            "a//b",
            "/a",
            "a/",
            "a.",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[b",
            "a\\b",
            "a@{1}",
            "a\nb",
            "a\r\nb",
            "a\u{1b}[31m",
            "a\0b",
            "a\u{7f}",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{85}b",
            &long,
        ] {
            assert_eq!(bad.parse::<GitRef>(), Err(NotAGitRef), "{bad:?}");
        }
    }
}
