//! What the title of a run says, where it was made as the shipped workflows make theirs. Pure.

use app::domain::{DeployId, GitRef};

/// What is deployed where, by the title of a run: `Deploy <ref> to <environment> (<deploy id, or by hand>)`, or, of a
/// workflow that several apps share, `Deploy <app> <ref> to …`. Neither a name nor a ref has a space in it, so the number
/// of words tells the two apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Title {
    /// The app, where it is named.
    pub app: Option<String>,
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
        let (app, git_ref, environment) = match words[..] {
            ["Deploy", git_ref, "to", environment] => (None, git_ref, environment),
            ["Deploy", app, git_ref, "to", environment] => (Some(app), git_ref, environment),
            _ => return None,
        };
        Some(Self {
            app: app.map(str::to_owned),
            git_ref: git_ref.parse().ok()?,
            environment: environment.to_owned(),
            deploy: who.trim().parse().ok(),
        })
    }

    /// Whether the run is this app's. A title that names none says so only where the workflow is no other app's.
    #[must_use]
    pub fn is_of(&self, app: &str, is_shared: bool) -> bool {
        self.app.as_deref().map_or(!is_shared, |named| named == app)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4";

    fn read(text: &str) -> Option<(String, String, Option<String>)> {
        let Title { git_ref, environment, deploy, .. } = Title::read(text)?;
        Some((git_ref.to_string(), environment, deploy.map(|id| id.to_string())))
    }

    #[test]
    fn f87_title_may_name_the_app() {
        let app = |text: &str| Title::read(text).expect(text).app;
        assert_eq!(app("Deploy main to production (by hand)"), None);
        assert_eq!(app("Deploy billing main to production (by hand)").as_deref(), Some("billing"));
        // A ref or an app may be called as the words around it.
        assert_eq!(app("Deploy to to to (push)"), None);
        assert_eq!(app("Deploy to to to to (push)").as_deref(), Some("to"));
        let named = Title::read("Deploy billing v1 to staging (push)").unwrap();
        assert_eq!((named.git_ref.as_str(), named.environment.as_str()), ("v1", "staging"));
        for is_shared in [true, false] {
            assert!(named.is_of("billing", is_shared) && !named.is_of("till", is_shared));
        }
        let unnamed = Title::read("Deploy v1 to staging (push)").unwrap();
        assert!(unnamed.is_of("till", false) && !unnamed.is_of("till", true));
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
            "Deploy the new docs to staging (#12)",
            "Deploy main to production (by hand) again",
            "Deploy main into production (by hand)",
            "Deploy ..main to production (by hand)",
            "deploy main to production (by hand)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
