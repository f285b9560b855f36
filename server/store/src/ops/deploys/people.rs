//! People who requested deploys: all of them, and those whose name has something in it.

use app::domain::Visible;

use crate::{
    DeployFilter, StoreError,
    database::tx::{Operation, Statement, Tx},
};

/// So many people are read apart, each by an index, and merged. A part of a name that more of them have is had by many
/// deploys, too, and is looked for in those.
const FEW: usize = 50;

/// Whose deploys a filter asks for, by their names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Requesters {
    /// It does not ask by a part of a name.
    Anyone,
    /// Of all names, these have the part that it asks for.
    Few(Vec<String>),
    /// More than that have it, or it asks for one name as well: each deploy says whether it is one of theirs.
    Many,
}

impl Requesters {
    /// Without asking the database for names.
    pub(crate) const fn of(filter: &DeployFilter) -> Self {
        if filter.person.is_some() { Self::Many } else { Self::Anyone }
    }
}

/// The people that a filter asks for.
pub(crate) async fn requesters<S: Tx>(tx: &mut S, filter: &DeployFilter) -> Result<Requesters, StoreError> {
    let Some(part) = filter.person.as_ref().filter(|_| filter.requested_by.is_none()) else {
        return Ok(Requesters::of(filter));
    };
    let select = names().push(" AND ").push_contains::<S>("name", part);
    let limit = i64::try_from(FEW + 1).unwrap_or(i64::MAX);
    let found: Vec<(String,)> = tx.rows(select.push(" LIMIT ").push_bind(limit)).await?;
    let is_few = found.len() <= FEW;
    let names = found.into_iter().map(|(name,)| name).collect();
    Ok(if is_few { Requesters::Few(names) } else { Requesters::Many })
}

/// Jumps from each name to the next one by the index, and does not scan all deploys.
fn names() -> Statement {
    Statement::new(
        "WITH RECURSIVE people (name) AS (
           SELECT min(requested_by) FROM console_deploys
           UNION ALL
           SELECT (SELECT min(d.requested_by) FROM console_deploys d WHERE d.requested_by > people.name)
           FROM people WHERE people.name IS NOT NULL
         )
         SELECT name FROM people WHERE name IS NOT NULL",
    )
}

/// Of the newest deploys of a person, one is of an app. More are not looked at: a robot may have requested half a million
/// of apps that are not seen, and this list only suggests.
const THEIR_NEWEST: &str = " AND EXISTS (SELECT 1 FROM (
       SELECT d.app FROM console_deploys d WHERE d.requested_by = people.name
       ORDER BY d.requested_at DESC, d.id DESC LIMIT 1000
     ) AS newest WHERE newest.app ";

/// People who requested deploys.
pub(crate) struct People {
    pub(crate) limit: u32,
    pub(crate) visible: Visible,
}

impl Operation for People {
    type Answer = Vec<String>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<String>, StoreError> {
        let select = match &self.visible {
            Visible::All => names(),
            Visible::Only(apps) => names().push(THEIR_NEWEST).push_in::<S>(apps.clone()).push(")"),
        };
        let select = select.push(" LIMIT ").push_bind(i64::from(self.limit));
        let names: Vec<(String,)> = tx.rows(select).await?;
        Ok(names.into_iter().map(|(name,)| name).collect())
    }
}
