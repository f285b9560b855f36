//! The state of places, for the board: three statements, however many places there are, in one snapshot.

use std::collections::HashMap;

use app::domain::DeployId;

use crate::{
    EnvironmentSummary, Place, StoreError, StoredDeploy,
    database::{
        status_sql::{ENDED, LIVE},
        tx::{Operation, Statement, Tx},
    },
    ops::deploys::deploys_of,
};

/// The state of each of these places, in their order.
pub(crate) struct EnvironmentSummaries(pub(crate) Vec<Place>);

/// A place with the ids of its deploys.
type Found = (String, String, Option<String>, Option<String>, Option<String>);

impl Operation for EnvironmentSummaries {
    type Answer = Vec<EnvironmentSummary>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<EnvironmentSummary>, StoreError> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<Found> = tx.rows(select::<S>(&self.0)).await?;
        let ids: Vec<_> = found
            .iter()
            .flat_map(|(_, _, under_way, success, ended)| [under_way, success, ended])
            .flatten()
            .cloned()
            .collect();
        let deploys = deploys_of(tx, ids).await?;
        let by_id: HashMap<DeployId, StoredDeploy> =
            deploys.into_iter().map(|deploy| (deploy.id, deploy)).collect();
        let deploy = |id: Option<String>| id.and_then(|id| by_id.get(&id.parse().ok()?).cloned());
        let mut summaries: HashMap<Place, EnvironmentSummary> = HashMap::new();
        for (app, environment, under_way, success, ended) in found {
            let summary = EnvironmentSummary {
                under_way: deploy(under_way),
                last_success: deploy(success),
                last_ended: deploy(ended),
            };
            summaries.insert(Place { app, environment }, summary);
        }
        // The order in which rows of VALUES come back is not guaranteed.
        Ok(self.0.iter().map(|place| summaries.remove(place).unwrap_or_default()).collect())
    }
}

/// Live deploys are few, and are read once: read place by place, Postgres sometimes estimates them as a quarter of all
/// deploys, and scans a place from its newest on. The last success is most often the deploy that ended last, and is
/// searched only where it is not.
pub(crate) fn select<S: Tx>(places: &[Place]) -> Statement {
    let mut select = Statement::new("WITH places (app, environment) AS (VALUES ");
    for (number, Place { app, environment }) in places.iter().enumerate() {
        select = select.push(if number == 0 { "(" } else { ", (" });
        select = select.push_bind(app).push(", ").push_bind(environment).push(")");
    }
    let select = select
        .push("), live AS MATERIALIZED (SELECT id, app, environment FROM console_deploys")
        .push_index_hint::<S>("console_deploys_one_live")
        .push(" WHERE ")
        .push(LIVE)
        .push("), ended AS MATERIALIZED (SELECT p.app, p.environment, ");
    let select = newest_of_place::<S>(select, "console_deploys_newest_of_environment", "")
        .push(" AS id FROM places p)")
        .push(" SELECT p.app, p.environment, l.id, CASE e.status WHEN 'succeeded' THEN e.id ELSE ");
    newest_of_place::<S>(select, "console_deploys_ended_of_environment", " AND status = 'succeeded'")
        .push(" END, e.id FROM ended p LEFT JOIN console_deploys e ON e.id = p.id")
        .push(" LEFT JOIN live l ON l.app = p.app AND l.environment = p.environment")
}

/// The newest of the ended deploys of a place `p`.
fn newest_of_place<S: Tx>(select: Statement, index: &'static str, and: &'static str) -> Statement {
    select
        .push("(SELECT d.id FROM console_deploys d")
        .push_index_hint::<S>(index)
        .push(" WHERE d.app = p.app AND d.environment = p.environment AND ")
        .push(ENDED)
        .push(and)
        .push(" ORDER BY d.requested_at DESC, d.id DESC LIMIT 1)")
}
