//! The fields of the forms that ask for a deploy, and which of them a refusal is about.

use crate::{
    api::{ErrorCode, Problem},
    request::query::Query,
    text::{
        field_problem::{NOT_A_REASON, OVERRIDE_MISSING, name_problem, ref_problem, sentence},
        printable::printable,
    },
};

/// Of the address of a page: which field the refusal of its form is about.
pub const MEMBER: &str = "field";

/// A field that every app has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FormField {
    Ref,
    Reason,
    /// Why a freeze is overridden.
    Override,
    /// The name of the environment.
    Name,
}

impl FormField {
    /// Its name in a plain form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ref => "ref",
            Self::Reason => "reason",
            Self::Override => "override_freeze",
            Self::Name => "environment_name",
        }
    }

    /// The field that a refusal is about, and what stands beneath it; none, if it is about no single one.
    #[must_use]
    pub fn refused(problem: &Problem) -> Option<(Self, String)> {
        if problem.code == ErrorCode::Frozen {
            return Some((Self::Override, OVERRIDE_MISSING.to_owned()));
        }
        let (name, what) = problem.field()?;
        let field = match name {
            "git_ref" => Self::Ref,
            "reason" => Self::Reason,
            "override_freeze" => Self::Override,
            "environment_name" => Self::Name,
            _ => return None,
        };
        Some((field, sentence(&printable(what))))
    }

    /// What stands beneath it on a page with this query. The address may be written by hand, so it names the field, and
    /// the words are of this build.
    #[must_use]
    pub fn problem_on_page(self, query: &Query, environment: &str) -> Option<String> {
        let typed = query.get(self.as_str()).unwrap_or_default();
        let is_named = query.get("problem").is_some() && query.get(MEMBER).as_deref() == Some(self.as_str());
        match self {
            Self::Ref => query.get(self.as_str()).and_then(|typed| ref_problem(&typed)),
            Self::Override if typed.trim().is_empty() => is_named.then(|| OVERRIDE_MISSING.to_owned()),
            Self::Reason | Self::Override => is_named.then(|| NOT_A_REASON.to_owned()),
            Self::Name => is_named.then(|| name_problem(environment)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_is_about_its_field() {
        let invalid = |detail: &str| Problem::new(ErrorCode::InvalidField).with_detail(detail);
        for (problem, expected) in [
            (invalid("git_ref: write a branch."), Some((FormField::Ref, "Write a branch."))),
            (
                invalid("reason: at most 500 characters."),
                Some((FormField::Reason, "At most 500 characters.")),
            ),
            (invalid("override_freeze: no."), Some((FormField::Override, "No."))),
            (invalid("pinned_to: its commit is live there already."), None),
            (invalid("something else"), None),
            (Problem::new(ErrorCode::Frozen), Some((FormField::Override, OVERRIDE_MISSING))),
            (Problem::new(ErrorCode::DeployUnderWay).with_detail("reason: x"), None),
        ] {
            let found = FormField::refused(&problem);
            assert_eq!(found.as_ref().map(|(field, text)| (*field, &**text)), expected, "{problem:?}");
        }
    }

    #[test]
    fn page_names_the_field_in_words_of_its_own() {
        let problem =
            |field: FormField, query: &str| field.problem_on_page(&Query::read(query), "production");
        assert_eq!(problem(FormField::Ref, "ref=main&problem=frozen&field=ref"), None);
        assert!(problem(FormField::Ref, "ref=a..b").is_some_and(|text| text.contains("not a Git ref")));
        assert_eq!(problem(FormField::Reason, "field=reason"), None, "nothing was refused");
        assert_eq!(problem(FormField::Reason, "problem=x&field=reason").as_deref(), Some(NOT_A_REASON));
        let frozen = "problem=frozen&field=override_freeze";
        assert_eq!(problem(FormField::Override, frozen).as_deref(), Some(OVERRIDE_MISSING));
        let long = format!("{frozen}&override_freeze=long");
        assert_eq!(problem(FormField::Override, &long).as_deref(), Some(NOT_A_REASON));
        let named = problem(FormField::Name, "problem=invalid_field&field=environment_name");
        assert_eq!(named.as_deref(), Some("Type production to deploy there."));
    }
}
