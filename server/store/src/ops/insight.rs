//! Figures, counted by the database: what ended on each day, how long it took, and the five of DORA.
//!
//! The plots count deploys. Deployment frequency and change failure rate count changes: a commit in an environment, from
//! the first deploy that rolled it out there to the next that rolled out another one. Retries and repetitions of the same
//! commit in between belong to it, so that no commit is counted twice.
//!
//! Deploys of one environment follow each other, so "before" and "next" are by the time of the request, as on the
//! board. Nothing is estimated here: a value that a row does not have is counted as unknown.

use std::collections::BTreeMap;

use app::domain::{ChangeFailures, InsightDay, Rework, Spread, Timestamp};

use crate::{
    DeployFilter, Figures, ImpossibleRow, InsightFilter, StoreError,
    database::{
        status_sql::TERMINAL,
        tx::{Operation, Statement, Tx},
    },
    ops::deploys::visible::{Asked, push_visible},
};

/// It failed after it was rolled out.
const FAILED_THERE: &str =
    "(status = 'failed' AND (rolled_out_at IS NOT NULL OR failure_stage = 'health_check_failed'))";
/// It was rolled out, however it ended.
const ROLLED_OUT: &str =
    "(status = 'succeeded' OR rolled_out_at IS NOT NULL OR failure_stage = 'health_check_failed')";
/// It is not of the commit of the deploy around it, as far as both are known. An unknown one is another one.
const ANOTHER_COMMIT: &str = "(commit_id IS NULL OR commit_id IS DISTINCT FROM console_deploys.commit_id)";
const NO_ROLLBACK: &str = " AND (origin_kind IS NULL OR origin_kind <> 'rollback')";

/// A group, its size, how many have a value, the median and the 90th percentile.
type SpreadRow = (String, i64, i64, Option<i64>, Option<i64>);

impl Operation for InsightFilter {
    type Answer = Figures;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Figures, StoreError> {
        if self.finds_nothing() {
            return Ok(Figures::default());
        }
        Ok(Figures {
            recorded_since: recorded_since(tx, self).await?,
            days: days(tx, self).await?,
            changes: changes(tx, self).await?,
            lead_time: one(tx.rows(spread(lead_times::<S>(self))).await?),
            change_failures: change_failures(tx, self).await?,
            restore: one(tx.rows(spread(outages::<S>(self))).await?),
            rework: rework(tx, self).await?,
        })
    }
}

impl InsightFilter {
    fn finds_nothing(&self) -> bool {
        matches!(Asked::of(&self.visible, self.app.as_deref()), Asked::Hidden)
            || [&self.app, &self.environment].into_iter().flatten().any(|text| text.contains('\0'))
    }

    /// Says that this column is in the range, and the deploy of the filtered app and environment.
    fn push<S: Tx>(&self, statement: Statement, column: &'static str) -> Statement {
        let statement = statement.push(" AND ").push(column).push(" >= ").push_bind(self.since);
        let statement = statement.push(" AND ").push(column).push(" < ").push_bind(self.until);
        match Asked::of(&self.visible, self.app.as_deref()) {
            Asked::Nothing => self.push_place(statement),
            Asked::Apart(_) | Asked::Among | Asked::Hidden => {
                push_visible::<S>(self.push_place(statement), &self.visible)
            }
        }
    }

    fn push_place(&self, mut statement: Statement) -> Statement {
        for (column, text) in [(" AND app = ", &self.app), (" AND environment = ", &self.environment)] {
            if let Some(text) = text {
                statement = statement.push(column).push_bind(text);
            }
        }
        statement
    }
}

/// Of these, by their time of ending, those in the range.
fn ended<S: Tx>(select: Statement, filter: &InsightFilter, which: &[&'static str]) -> Statement {
    let select =
        select.push(" FROM console_deploys").push_index_hint::<S>("console_deploys_ended_at").push(" WHERE ");
    let select = which.iter().fold(select, |select, words| select.push(words));
    filter.push::<S>(select, "finished_at")
}

async fn recorded_since<S: Tx>(tx: &mut S, filter: &InsightFilter) -> Result<Option<Timestamp>, StoreError> {
    // The first of each app by its index, where only some are seen.
    let parts: Vec<InsightFilter> = match Asked::of(&filter.visible, filter.app.as_deref()) {
        Asked::Apart(apps) => {
            let of = |app: &str| InsightFilter { app: Some(app.to_owned()), ..filter.clone() };
            apps.into_iter().map(of).collect()
        }
        Asked::Nothing | Asked::Among | Asked::Hidden => vec![filter.clone()],
    };
    let mut first: Option<String> = None;
    for part in parts {
        let at: Option<(String,)> = tx.row(first_request::<S>(&part)).await?;
        first = first.into_iter().chain(at.map(|(at,)| at)).min();
    }
    let impossible = |at: &str| ImpossibleRow {
        table: "console_deploys",
        id: at.to_owned(),
        what: "requested_at cannot be read".to_owned(),
    };
    Ok(first.map(|at| at.parse().map_err(|_| impossible(&at))).transpose()?)
}

fn first_request<S: Tx>(filter: &InsightFilter) -> Statement {
    let InsightFilter { app, environment, .. } = filter;
    let place =
        DeployFilter { app: app.clone(), environment: environment.clone(), ..DeployFilter::default() };
    let select = Statement::new("SELECT requested_at FROM console_deploys");
    let select = filter.push_place(select.push_index_hint::<S>(place.index()).push(" WHERE true"));
    let select = if app.is_none() { push_visible::<S>(select, &filter.visible) } else { select };
    select.push(" ORDER BY requested_at, id LIMIT 1")
}

/// The days on which something ended.
async fn days<S: Tx>(tx: &mut S, filter: &InsightFilter) -> Result<Vec<InsightDay>, StoreError> {
    let outcomes = Statement::new(
        "SELECT substr(finished_at, 1, 10),
                count(CASE WHEN status = 'succeeded' THEN 1 END),
                count(CASE WHEN status = 'failed' THEN 1 END),
                count(CASE WHEN status = 'timed_out' THEN 1 END)",
    );
    let outcomes = ended::<S>(outcomes, filter, &["true"]).push(" GROUP BY 1 ORDER BY 1");
    let outcomes: Vec<(String, i64, i64, i64)> = tx.rows(outcomes).await?;
    let durations: Vec<SpreadRow> = tx.rows(spread(durations::<S>(filter))).await?;
    let mut durations: BTreeMap<_, _> =
        durations.into_iter().map(|row| (row.0.clone(), one(vec![row]))).collect();
    let day = |(day, succeeded, failed, timed_out): (String, i64, i64, i64)| InsightDay {
        duration: durations.remove(&day).unwrap_or_default(),
        day,
        succeeded,
        failed,
        timed_out,
    };
    Ok(outcomes.into_iter().map(day).collect())
}

/// From the request to the end of each success, by day.
fn durations<S: Tx>(filter: &InsightFilter) -> Statement {
    let select = Statement::new("WITH taken AS (SELECT substr(finished_at, 1, 10) AS part, ");
    let select = between::<S>(select, "requested_at", "finished_at").push(" AS took");
    ended::<S>(select, filter, &["status = 'succeeded'"])
}

/// From the commit to the end of each success that is no rollback. A commit that is younger than its deploy comes from
/// a wrong clock: its lead time is unknown.
fn lead_times<S: Tx>(filter: &InsightFilter) -> Statement {
    let select =
        Statement::new("WITH taken AS (SELECT '' AS part, CASE WHEN committed_at <= finished_at THEN ");
    let select = between::<S>(select, "committed_at", "finished_at").push(" END AS took");
    let select = ended::<S>(select, filter, &["status = 'succeeded'"]);
    select.push(NO_ROLLBACK)
}

/// Where another deploy of the same environment is looked for.
enum Side {
    /// The newest one before the deploy around it.
    Before,
    /// The first one after it.
    After,
}

/// Looks for this column of another deploy of the same environment, the nearest that fulfils these conditions.
fn nearest<S: Tx>(select: Statement, column: &'static str, side: &Side, which: &[&'static str]) -> Statement {
    let (than, order) = match side {
        Side::Before => (" < ", " ORDER BY n.requested_at DESC, n.id DESC LIMIT 1)"),
        Side::After => (" > ", " ORDER BY n.requested_at, n.id LIMIT 1)"),
    };
    let select = select.push("(SELECT n.").push(column).push(" FROM console_deploys n");
    let select = select
        .push_index_hint::<S>("console_deploys_newest_of_environment")
        .push(
            " WHERE n.app = console_deploys.app AND n.environment = console_deploys.environment
                AND (n.requested_at, n.id)",
        )
        .push(than)
        .push("(console_deploys.requested_at, console_deploys.id) AND (");
    which.iter().fold(select, |select, words| select.push(words)).push(")").push(order)
}

/// The successes that brought a change. One does not if its commit had succeeded there before, and no other commit was
/// rolled out since.
async fn changes<S: Tx>(tx: &mut S, filter: &InsightFilter) -> Result<i64, StoreError> {
    let before = [ROLLED_OUT, " AND (status = 'succeeded' OR ", ANOTHER_COMMIT, ")"];
    let select = Statement::new("WITH succeeded AS (SELECT commit_id, ");
    let select = nearest::<S>(select, "commit_id", &Side::Before, &before).push(" AS commit_before");
    let succeeded = ended::<S>(select, filter, &["status = 'succeeded'"]);
    let count = succeeded.push(
        ") SELECT count(*) FROM succeeded WHERE commit_id IS NULL OR commit_id IS DISTINCT FROM commit_before",
    );
    let counted: Option<(i64,)> = tx.row(count).await?;
    Ok(counted.map(|(count,)| count).unwrap_or_default())
}

/// The changes whose first deploy ended in the range, and what became of them.
async fn change_failures<S: Tx>(tx: &mut S, filter: &InsightFilter) -> Result<ChangeFailures, StoreError> {
    // How a deploy ended that timed out is not known: it begins no change, and if it was of another commit, ends one.
    let before = [ROLLED_OUT, " AND (status IN ('succeeded', 'failed') OR ", ANOTHER_COMMIT, ")"];
    let failed = [FAILED_THERE, " OR (", ROLLED_OUT, " AND ", ANOTHER_COMMIT, ")"];
    let taken_back = ["origin_kind = 'rollback' OR (", ROLLED_OUT, " AND ", ANOTHER_COMMIT, ")"];
    let select = Statement::new("WITH reached AS (SELECT status, commit_id, ");
    let select = nearest::<S>(select, "commit_id", &Side::Before, &before).push(" AS commit_before, ");
    let select = nearest::<S>(select, "commit_id", &Side::After, &failed).push(" AS commit_after, ");
    let select = nearest::<S>(select, "origin_kind", &Side::After, &taken_back).push(" AS followed_by");
    let reached = ended::<S>(select, filter, &["(status = 'succeeded' OR ", FAILED_THERE, ")"]);
    let count = reached.push(
        "), changes AS (
           SELECT CASE WHEN status = 'failed' OR commit_after = commit_id THEN 1 ELSE 0 END AS failed, followed_by
           FROM reached WHERE commit_id IS NULL OR commit_id IS DISTINCT FROM commit_before
         )
         SELECT count(*), count(CASE WHEN failed = 1 THEN 1 END),
                count(CASE WHEN failed = 0 AND followed_by = 'rollback' THEN 1 END)
         FROM changes",
    );
    let counted: Option<(i64, i64, i64)> = tx.row(count).await?;
    let (reached, failed, rolled_back) = counted.unwrap_or_default();
    Ok(ChangeFailures { reached, failed, rolled_back })
}

/// The successes, and those that answered a failure: rollbacks, and what succeeded first after a deploy that failed after
/// it was rolled out.
async fn rework<S: Tx>(tx: &mut S, filter: &InsightFilter) -> Result<Rework, StoreError> {
    let before = ["status = 'succeeded' OR ", FAILED_THERE];
    let select = Statement::new("WITH succeeded AS (SELECT origin_kind, ");
    let select = nearest::<S>(select, "status", &Side::Before, &before).push(" AS status_before");
    let succeeded = ended::<S>(select, filter, &["status = 'succeeded'"]);
    let count = succeeded.push(
        ") SELECT count(*), count(CASE WHEN origin_kind = 'rollback' THEN 1 END),
                  count(CASE WHEN origin_kind IS DISTINCT FROM 'rollback' AND status_before = 'failed' THEN 1 END)
         FROM succeeded",
    );
    let counted: Option<(i64, i64, i64)> = tx.row(count).await?;
    let (successes, rollbacks, fixes) = counted.unwrap_or_default();
    Ok(Rework { successes, rollbacks, fixes })
}

/// How long each outage took. One begins with the end of a deploy that failed after it was rolled out, or with the
/// request of a rollback, unless one of these came before it since the last success; and ends with the next success,
/// which may be the rollback itself.
fn outages<S: Tx>(filter: &InsightFilter) -> Statement {
    const COLUMNS: &str = "SELECT id, app, environment, status, requested_at, finished_at, ";
    let broken = Statement::new("WITH taken AS (WITH broken AS (")
        .push(COLUMNS)
        .push("requested_at AS began FROM console_deploys WHERE origin_kind = 'rollback'");
    let broken = filter
        .push::<S>(broken, "requested_at")
        .push(" UNION ALL ")
        .push(COLUMNS)
        .push("finished_at AS began");
    let broken = ended::<S>(broken, filter, &[FAILED_THERE]).push(NO_ROLLBACK);
    let outages = broken
        .push(
            "), outages AS (
               SELECT began, CASE WHEN status = 'succeeded' THEN finished_at ELSE (
                 SELECT n.finished_at FROM console_deploys n",
        )
        .push_index_hint::<S>("console_deploys_ended_of_environment")
        .push(
            "    WHERE n.app = b.app AND n.environment = b.environment AND n.status = 'succeeded'
                   AND n.status IN ",
        )
        .push(TERMINAL)
        .push(
            "
                   AND (n.requested_at, n.id) > (b.requested_at, b.id)
                 ORDER BY n.requested_at, n.id LIMIT 1) END AS ended
               FROM broken b WHERE coalesce((
                 SELECT p.status FROM console_deploys p",
        )
        .push_index_hint::<S>("console_deploys_newest_of_environment")
        .push(
            "    WHERE p.app = b.app AND p.environment = b.environment
                   AND (p.requested_at, p.id) < (b.requested_at, b.id)
                   AND (p.status = 'succeeded' OR p.origin_kind = 'rollback' OR ",
        )
        .push(FAILED_THERE)
        .push(
            ")
                 ORDER BY p.requested_at DESC, p.id DESC LIMIT 1), 'succeeded') = 'succeeded'
             ) SELECT '' AS part, ",
        );
    between::<S>(outages, "began", "ended").push(" AS took FROM outages")
}

/// From one column to another in milliseconds; clocks that disagree make no negative time.
fn between<S: Tx>(select: Statement, from: &'static str, to: &'static str) -> Statement {
    let [before, after] = S::MILLISECONDS;
    let span = |select: Statement| {
        select.push(before).push(to).push(after).push(" - ").push(before).push(from).push(after)
    };
    let select = span(select.push("CASE WHEN ").push(to).push(" < ").push(from).push(" THEN 0 ELSE "));
    select.push(" END")
}

/// Ends a statement that begins with `taken`, of `part` and `took`. Returns, for each part, how many there are, how
/// many are known, and the percentiles of these by nearest rank.
fn spread(taken: Statement) -> Statement {
    taken.push(
        "), placed AS (
               SELECT part, took, row_number() OVER (PARTITION BY part ORDER BY took IS NULL, took) AS place,
                      count(took) OVER (PARTITION BY part) AS known
               FROM taken
             )
             SELECT part, count(*), count(took),
                    max(CASE WHEN place = (known * 50 + 99) / 100 THEN took END),
                    max(CASE WHEN place = (known * 90 + 99) / 100 THEN took END)
             FROM placed GROUP BY part ORDER BY part",
    )
}

/// The only group; empty if there is none.
fn one(rows: Vec<SpreadRow>) -> Spread {
    let spread = |(_, all, known, median, p90)| Spread { all, known, median, p90 };
    rows.into_iter().next().map(spread).unwrap_or_default()
}
