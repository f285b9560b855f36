//! People and their ways in, in few words.

use super::printable::printable;
use crate::{api::SignInProblem, domain::CallerKind};

/// Up to two letters that stand for a name: of its first and its last word.
#[must_use]
pub fn initials(name: &str) -> String {
    let local = name.split('@').next().unwrap_or_default();
    let words: Vec<&str> =
        local.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let letters: String = match words[..] {
        [] => "?".to_owned(),
        [word] => word.chars().take(2).collect(),
        [first, .., last] => first.chars().take(1).chain(last.chars().take(1)).collect(),
    };
    letters.to_uppercase()
}

/// How somebody came in, by the id that the journal keeps of them.
#[must_use]
pub fn signed_in_with(kind: CallerKind, id: &str) -> &'static str {
    match (kind, id.split_once(':').map(|(provider, _)| provider)) {
        (CallerKind::Local, _) => "Nobody signs in here",
        (CallerKind::Token, _) => "A token",
        (CallerKind::Person, Some("github")) => "Signed in with GitHub",
        (CallerKind::Person, Some("oidc")) => "Signed in with the OpenID provider",
        (CallerKind::Person, Some("proxy")) => "Signed in by the proxy",
        (CallerKind::Person, _) => "Signed in",
    }
}

/// A list as a part of a sentence: "ada, bob or the group ops".
#[must_use]
pub fn any_of(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| printable(name)).collect();
    match &names[..] {
        [] => "an admin of this console".to_owned(),
        [name] => name.clone(),
        [all @ .., last] => format!("{} or {last}", all.join(", ")),
    }
}

/// Why somebody is on the sign-in page again: what happened, and what they can do.
#[must_use]
pub const fn sign_in_problem_text(problem: SignInProblem) -> (&'static str, &'static str) {
    match problem {
        SignInProblem::SignInExpired => {
            ("That sign-in took too long, or was begun elsewhere.", "Begin again from here.")
        }
        SignInProblem::SignInRefused => (
            "The provider did not let you in.",
            "Try again, or ask whoever runs the provider for access to this console.",
        ),
        SignInProblem::SignInFailed => (
            "What the provider answered could not be verified.",
            "Nobody was signed in. Try again; if it stays so, the console's log says why.",
        ),
        SignInProblem::ProviderUnavailable => {
            ("The provider does not answer.", "Try again in a minute. Sessions that are open go on.")
        }
        SignInProblem::TooManyAttempts => {
            ("Too many attempts from this address failed.", "Try again in five minutes.")
        }
        SignInProblem::SessionEnded => ("Your session has ended.", "Sign in to go on where you were."),
        SignInProblem::SignedOut => ("You are signed out.", "Deploys that are under way go on."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_first_and_last_word() {
        for (name, expected) in [
            ("Ada Lovelace", "AL"),
            ("ada.lovelace@example.com", "AL"),
            ("octocat", "OC"),
            ("Grace Brewster Murray Hopper", "GH"),
            ("émile zola", "ÉZ"),
            ("x", "X"),
            ("李", "李"),
            ("@", "?"),
            ("", "?"),
            ("\u{202e}<b>", "B"),
        ] {
            assert_eq!(initials(name), expected, "{name:?}");
        }
    }

    #[test]
    fn names_are_listed_in_a_sentence() {
        let names = |names: &[&str]| any_of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&[]), "an admin of this console");
        assert_eq!(names(&["ada"]), "ada");
        assert_eq!(names(&["ada", "bob", "the group ops"]), "ada, bob or the group ops");
    }

    #[test]
    fn provider_is_named_by_the_id() {
        let person = |id| signed_in_with(CallerKind::Person, id);
        assert_eq!(person("github:4207"), "Signed in with GitHub");
        assert_eq!(person("oidc:https://id.example#7"), "Signed in with the OpenID provider");
        assert_eq!(person("proxy:ada"), "Signed in by the proxy");
        assert_eq!(person("rehearsal:viewer"), "Signed in");
        assert_eq!(signed_in_with(CallerKind::Token, "token:ci"), "A token");
    }
}
