//! What somebody sees of a list, said to the database: so that pages are full, and nothing of another app is counted.

use app::domain::Visible;

use crate::database::tx::{Statement, Tx};

/// So many apps are read apart, each by its index, and merged in the order of the page. Of more, nearly all apps are
/// seen, and the few others are passed over. (SQLite merges at most 500.)
const APART: usize = 200;

/// Which apps a statement has to name.
pub(crate) enum Asked<'a> {
    /// None: all of them are seen, or one that is seen is chosen.
    Nothing,
    /// These, each by a part of its own.
    Apart(Vec<&'a str>),
    /// Too many for that: the statement is narrowed down by [`push_visible`].
    Among,
    /// Nothing can be found.
    Hidden,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(visible: &'a Visible, chosen: Option<&str>) -> Self {
        match (visible, chosen) {
            (Visible::All, _) => Self::Nothing,
            (Visible::Only(_), Some(app)) if visible.has(app) => Self::Nothing,
            (Visible::Only(_), Some(_)) => Self::Hidden,
            (Visible::Only(apps), None) => {
                let mut apps: Vec<&str> = apps.iter().map(String::as_str).collect();
                apps.sort_unstable();
                apps.dedup();
                match apps.len() {
                    0 => Self::Hidden,
                    1..=APART => Self::Apart(apps),
                    _ => Self::Among,
                }
            }
        }
    }
}

/// Says that `app` is one that is seen.
pub(crate) fn push_visible<S: Tx>(statement: Statement, visible: &Visible) -> Statement {
    match visible {
        Visible::All => statement,
        Visible::Only(apps) => statement.push(" AND app ").push_in::<S>(apps.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(apps: &[&str]) -> Visible {
        Visible::Only(apps.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn hidden_apps_are_not_asked_for() {
        assert!(matches!(Asked::of(&Visible::All, None), Asked::Nothing));
        assert!(matches!(Asked::of(&Visible::All, Some("shop")), Asked::Nothing));
        assert!(matches!(Asked::of(&only(&["shop"]), Some("shop")), Asked::Nothing));
        assert!(matches!(Asked::of(&only(&["shop"]), Some("docs")), Asked::Hidden));
        assert!(matches!(Asked::of(&only(&[]), None), Asked::Hidden));
        let twice = only(&["shop", "docs", "shop"]);
        let Asked::Apart(apps) = Asked::of(&twice, None) else { panic!("they are few") };
        assert_eq!(apps, ["docs", "shop"]);
        let many = Visible::Only((0..=APART).map(|number| format!("app-{number}")).collect());
        assert!(matches!(Asked::of(&many, None), Asked::Among));
    }
}
