//! What to deploy: a Git ref name or a commit.

mod invisible;

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

/// Why a text is not a ref name or commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAGitRef {
    /// Git would not take it.
    #[error("not a Git ref name or commit")]
    Malformed,
    /// Git would take it, but two refs would look the same on a page.
    #[error("{}", invisible::describe(*.0))]
    Invisible(char),
}

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
        match invisible::first(text) {
            Some(found) => Err(NotAGitRef::Invisible(found)),
            None if well_formed => Ok(Self(text.to_owned())),
            None => Err(NotAGitRef::Malformed),
        }
    }
}

fn is_forbidden(c: char) -> bool {
    // Git forbids ASCII control characters; ours are shown on pages, so all of Unicode's go.
    c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c)
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
    fn ref_names_and_commits_are_accepted() {
        let longest = "x".repeat(255);
        for good in [
            "main",
            "release/2026-11",
            "refs/tags/v1.2.3",
            "feature/übung",
            "9fceb02d0ae598e95dc970b74767f19372d61af8",
            "a@b",
            "feature/#123",
            "100%2e%2e",
            "fix/👩‍💻",
            "❤️/🏳️‍🌈",
            &longest,
        ] {
            let git_ref: GitRef = good.parse().unwrap();
            assert_eq!((git_ref.as_str(), git_ref.to_string().as_str()), (good, good));
        }
    }

    #[test]
    fn f20_other_refs_are_refused() {
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
            "a\u{85}b",
            &long,
        ] {
            assert_eq!(bad.parse::<GitRef>(), Err(NotAGitRef::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn f71_invisible_characters_are_refused_by_name() {
        for (bad, code, name) in [
            ("ma\u{ad}in", "U+00AD", "soft hyphen"),
            ("main\u{61c}", "U+061C", "Arabic letter mark"),
            ("ma\u{200b}in", "U+200B", "zero width space"),
            ("ma\u{200c}in", "U+200C", "zero width non-joiner"),
            ("ma\u{200d}in", "U+200D", "zero width joiner"),
            ("main\u{200e}", "U+200E", "left-to-right mark"),
            ("a\u{202e}b", "U+202E", "right-to-left override"),
            ("a\u{2060}b", "U+2060", "word joiner"),
            ("a\u{2066}b", "U+2066", "left-to-right isolate"),
            ("\u{feff}main", "U+FEFF", "byte order mark"),
            ("a\u{fe0f}", "U+FE0F", "variation selector"),
            ("a\u{3164}", "U+3164", "filler"),
            ("a\u{180e}b", "U+180E", "invisible character"),
            ("main\u{e0041}", "U+E0041", "tag character"),
        ] {
            let Err(error @ NotAGitRef::Invisible(_)) = bad.parse::<GitRef>() else {
                unreachable!("{bad:?} is taken")
            };
            let said = error.to_string();
            assert!(said.contains(code) && said.contains(name), "{bad:?}: {said}");
        }
    }
}
