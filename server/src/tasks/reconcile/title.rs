//! What the title of a run says, where it was made as the shipped workflows make theirs. Pure.

use app::domain::{DeployId, GitRef};

/// What is deployed where, by the title of a run: `Deploy <ref> to <environment> (<deploy id, or by hand>)`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Title {
    /// What.
    pub git_ref: GitRef,
    /// Where to.
    pub environment: String,
    /// The deploy that it names.
    pub deploy: Option<DeployId>,
}

impl Title {
    /// Parses a title; `None` if it has another form. Then it is unknown what the run deploys.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (what, who) = text.trim().strip_suffix(')')?.split_once('(')?;
        let words: Vec<_> = what.split_whitespace().collect();
        let ["Deploy", git_ref, "to", environment] = words[..] else { return None };
        Some(Self {
            git_ref: git_ref.parse().ok()?,
            environment: environment.to_owned(),
            deploy: who.trim().parse().ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4";

    fn read(text: &str) -> Option<(String, String, Option<String>)> {
        let Title { git_ref, environment, deploy } = Title::read(text)?;
        Some((git_ref.to_string(), environment, deploy.map(|id| id.to_string())))
    }

    /// A title as the shipped workflows make it says what goes where.
    #[test]
    fn shipped_title_names_app_and_environment() {
        let said = |git_ref: &str, environment: &str, id: Option<&str>| {
            Some((git_ref.to_owned(), environment.to_owned(), id.map(str::to_owned)))
        };
        assert_eq!(read(&format!("Deploy main to production ({ID})")), said("main", "production", Some(ID)));
        assert_eq!(read("Deploy v1.4.2 to staging (by hand)"), said("v1.4.2", "staging", None));
        assert_eq!(read("Deploy feat/x to staging (push)"), said("feat/x", "staging", None));
        assert_eq!(read("  Deploy  main  to  qa  () "), said("main", "qa", None));
    }

    /// A workflow without a `run-name` has the message of a commit for its title.
    #[test]
    fn other_titles_say_nothing() {
        for text in [
            "",
            "Deploy",
            "Fix the deploy to production",
            "Deploy main",
            "Deploy to production",
            "Deploy main to production",
            "Deploy docs to staging faster (#12)",
            "Deploy main to production (by hand) again",
            "Deploy main into production (by hand)",
            "Deploy ..main to production (by hand)",
            "deploy main to production (by hand)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
