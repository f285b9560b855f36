//! Who somebody is, as a provider says it. Foreign text: it has a largest size and nothing that is not seen.

use std::collections::HashSet;

/// Somebody who signed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// Where, and as whom: `oidc:<sub>`, or `github:<number>`. It stays the same when the name changes.
    pub id: String,
    /// What people and grants call them.
    pub name: String,
    /// Their groups at this sign-in: at most 1,000, none twice.
    pub groups: Vec<String>,
}

/// Characters of a name.
const LONGEST_NAME: usize = 255;
/// Groups of a person.
const MOST_GROUPS: usize = 1_000;

/// A name that can be used as it is. Others are left out, never cut: what is left might be somebody else's name.
pub(crate) fn usable(name: &str) -> Option<&str> {
    let is_fine =
        !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(is_unseen);
    is_fine.then_some(name)
}

/// Control characters, and those that hide or turn around the text beside them.
fn is_unseen(c: char) -> bool {
    let acts_on_others = matches!(
        c,
        '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    );
    c.is_control() || acts_on_others
}

/// The groups that can be used, in their order.
pub(crate) fn usable_groups<'a>(groups: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let usable = groups.into_iter().filter_map(usable).filter(|group| seen.insert(*group));
    let mut groups: Vec<_> = usable.take(MOST_GROUPS + 1).map(str::to_owned).collect();
    if groups.len() > MOST_GROUPS {
        tracing::warn!("somebody has more than {MOST_GROUPS} groups: the others are left out");
        groups.truncate(MOST_GROUPS);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_cut_or_cleaned() {
        assert_eq!(usable("Ada Lovelace"), Some("Ada Lovelace"));
        assert!(usable(&"ü".repeat(255)).is_some());
        for name in ["", "  ", "a\nb", "a\u{0}", "\u{202e}ada", "ada\u{200b}", &"a".repeat(256)] {
            assert_eq!(usable(name), None, "{name:?}");
        }
    }

    #[test]
    fn groups_are_bounded() {
        assert_eq!(usable_groups(["ops", "", "dev", "ops", "a\tb"]), ["ops", "dev"]);
        let many: Vec<_> = (0..2_000).map(|number| format!("g{number}")).collect();
        let groups = usable_groups(many.iter().map(String::as_str));
        assert_eq!((groups.len(), groups.last().map(String::as_str)), (1_000, Some("g999")));
    }
}
