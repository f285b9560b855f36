//! The statement that lists deploys: by an index that has them in the order of the page, whatever is asked for.

use app::domain::StoredStatus;

use super::{
    people::Requesters,
    visible::{Asked, push_visible},
};
use crate::{
    DeployFilter, StatusFilter,
    database::{
        status_sql::{ENDED, LIVE},
        tx::{Statement, Tx},
    },
};

/// The columns of a [`DeployRow`](crate::row::DeployRow), by name: a newer build may add others while this one runs, and a
/// prepared `SELECT *` then fails.
pub(crate) const COLUMNS: &str =
    "SELECT id, app, environment, git_ref, status, version, github_run_id, github_run_url,
            requested_by, reason, requested_at, updated_at, finished_at, failure_stage, commit_id";
/// The columns by which live deploys are filtered, beside those that are read of them.
const LIVE_COLUMNS: &str =
    "SELECT id, app, environment, git_ref, status, version, github_run_id, github_run_url,
            requested_by, reason, requested_at, updated_at, finished_at, failure_stage, commit_id, end_kind";

/// No name is that long, and SQLite takes no text of any length to search for.
const LONGEST_NAME: usize = 1_000;

impl DeployFilter {
    /// Whether all of what is asked for is under way.
    fn is_of_live(&self) -> bool {
        match &self.status {
            StatusFilter::Live => true,
            StatusFilter::Is(status) => !StoredStatus::from(status.as_str()).is_terminal(),
            StatusFilter::Any | StatusFilter::Ended | StatusFilter::EndedAs(_) => false,
        }
    }

    /// Whether what is asked for is found by when it ended, or by how: then it is few, and one index has it.
    const fn is_of_end(&self) -> bool {
        matches!(self.status, StatusFilter::EndedAs(_))
            || self.ended_since.is_some()
            || self.ended_until.is_some()
    }

    /// The index for this filter, in the order of the page: but for what ended in a range, which is sorted. With both a
    /// person and an app, it is the app's: a person may have requested nearly everything.
    pub(crate) const fn index(&self) -> &'static str {
        if self.ended_since.is_some() || self.ended_until.is_some() {
            return "console_deploys_ended_at";
        }
        let has_ended = match self.status {
            StatusFilter::EndedAs(_) => return "console_deploys_ended_as",
            StatusFilter::Is(_) => true,
            StatusFilter::Any | StatusFilter::Live | StatusFilter::Ended => false,
        };
        match (self.app.is_some(), self.environment.is_some(), self.requested_by.is_some(), has_ended) {
            (true, true, _, false) => "console_deploys_newest_of_environment",
            (true, true, _, true) => "console_deploys_ended_of_environment",
            (true, false, _, false) => "console_deploys_newest_of_app",
            (true, false, _, true) => "console_deploys_ended_of_app",
            (false, _, true, false) => "console_deploys_newest_of_person",
            (false, _, true, true) => "console_deploys_ended_of_person",
            (false, true, false, false) => "console_deploys_newest_anywhere",
            (false, true, false, true) => "console_deploys_ended_anywhere",
            (false, false, false, false) => "console_deploys_newest",
            (false, false, false, true) => "console_deploys_ended",
        }
    }

    /// Only apps that are not seen are asked for; or U+0000, which no row holds and Postgres refuses as a value; or a part
    /// of a name that is longer than any.
    pub(crate) fn finds_nothing(&self) -> bool {
        matches!(Asked::of(&self.visible, self.app.as_deref()), Asked::Hidden)
            || self.asks_for_nul()
            || self.person.as_ref().is_some_and(|part| part.len() > LONGEST_NAME)
    }

    fn asks_for_nul(&self) -> bool {
        let status = match &self.status {
            StatusFilter::Is(status) => Some(status),
            StatusFilter::Any | StatusFilter::Live | StatusFilter::Ended | StatusFilter::EndedAs(_) => None,
        };
        let Self { app, environment, requested_by, person, .. } = self;
        let texts = [app.as_ref(), environment.as_ref(), requested_by.as_ref(), person.as_ref(), status];
        texts.into_iter().flatten().any(|text| text.contains('\0'))
    }
}

/// Live deploys are few, one per environment at most, and have an index of their own. They are read first, and then
/// filtered: neither database could know that it would scan a million others for them.
fn under_way<S: Tx>(columns: &'static str) -> Statement {
    push_live::<S>(Statement::new("WITH live AS MATERIALIZED (").push(LIVE_COLUMNS))
        .push(") ")
        .push(columns)
        .push(" FROM live WHERE true")
}

fn push_live<S: Tx>(select: Statement) -> Statement {
    select
        .push(" FROM console_deploys")
        .push_index_hint::<S>("console_deploys_one_live")
        .push(" WHERE ")
        .push(LIVE)
}

/// These columns of live deploys.
pub(crate) fn live_rows<S: Tx>(columns: &'static str) -> Statement {
    push_live::<S>(Statement::new(columns))
}

/// These columns of the deploys that a filter asks for, of these people.
pub(crate) fn select<S: Tx>(columns: &'static str, filter: &DeployFilter, of: &Requesters) -> Statement {
    let parts = parts(filter, of);
    let select = match parts.as_slice() {
        [] => push_seen::<S>(of_one_part::<S>(columns, filter, of), filter),
        // Postgres takes no order of a part beside that of the whole, where they are the same.
        [part] => push_seen::<S>(of_one_part::<S>(columns, part, &of_part(part)), part),
        parts => of_parts::<S>(columns, parts),
    };
    push_page(select, filter)
}

fn push_page(select: Statement, filter: &DeployFilter) -> Statement {
    select.push(" ORDER BY requested_at DESC, id DESC LIMIT ").push_bind(i64::from(filter.limit))
}

/// The filter of each app, or of each person, where their parts are read by an index each and merged; none, where one
/// index has all.
fn parts(filter: &DeployFilter, of: &Requesters) -> Vec<DeployFilter> {
    if filter.is_of_live() || filter.is_of_end() || filter.requested_by.is_some() {
        return Vec::new();
    }
    match (of, Asked::of(&filter.visible, filter.app.as_deref())) {
        // They deployed little of what they do not see any more.
        (Requesters::Few(names), _) if filter.app.is_none() => {
            let of = |name: &String| DeployFilter { requested_by: Some(name.clone()), ..filter.clone() };
            names.iter().map(of).collect()
        }
        (Requesters::Anyone | Requesters::Many, Asked::Apart(apps)) => {
            let of = |app: &str| DeployFilter { app: Some(app.to_owned()), ..filter.clone() };
            apps.into_iter().map(of).collect()
        }
        (Requesters::Few(_), _) | (_, Asked::Nothing | Asked::Among | Asked::Hidden) => Vec::new(),
    }
}

/// Each part by its own index, in the order of the page: they are merged, and no more is read of each than the page may
/// need.
fn of_parts<S: Tx>(columns: &'static str, parts: &[DeployFilter]) -> Statement {
    let (before, after) = S::PART.unwrap_or_default();
    let mut select = Statement::new("");
    for (number, part) in parts.iter().enumerate() {
        let begun = if number == 0 { select } else { select.push(" UNION ALL ") };
        let rows = of_table::<S>(begun.push(before).push(columns), part);
        let rows = push_seen::<S>(push_conditions::<S>(rows, part, &of_part(part)), part);
        select = if S::PART.is_some() { push_page(rows, part).push(after) } else { rows };
    }
    select
}

/// A part of one person is of nobody else.
const fn of_part(part: &DeployFilter) -> Requesters {
    if part.requested_by.is_some() { Requesters::Anyone } else { Requesters::of(part) }
}

/// Says that they are of an app that is seen, where that is not said by the app.
fn push_seen<S: Tx>(select: Statement, filter: &DeployFilter) -> Statement {
    match Asked::of(&filter.visible, filter.app.as_deref()) {
        Asked::Nothing => select,
        Asked::Apart(_) | Asked::Among | Asked::Hidden => push_visible::<S>(select, &filter.visible),
    }
}

/// Everything that is asked for but whether it is seen.
fn of_one_part<S: Tx>(columns: &'static str, filter: &DeployFilter, of: &Requesters) -> Statement {
    let select = if filter.is_of_live() {
        under_way::<S>(columns)
    } else {
        of_table::<S>(Statement::new(columns), filter)
    };
    push_conditions::<S>(select, filter, of)
}

fn of_table<S: Tx>(columns: Statement, filter: &DeployFilter) -> Statement {
    let select = columns.push(" FROM console_deploys").push_index_hint::<S>(filter.index()).push(" WHERE ");
    match &filter.status {
        StatusFilter::Any | StatusFilter::Live | StatusFilter::EndedAs(_) => select.push("true"),
        StatusFilter::Ended | StatusFilter::Is(_) => select.push(ENDED),
    }
}

fn push_conditions<S: Tx>(mut select: Statement, filter: &DeployFilter, of: &Requesters) -> Statement {
    select = match &filter.status {
        StatusFilter::Is(status) => select.push(" AND status = ").push_bind(status),
        StatusFilter::EndedAs(kind) => select.push(" AND end_kind = ").push_bind(kind.as_str()),
        StatusFilter::Any | StatusFilter::Live | StatusFilter::Ended => select,
    };
    for (column, text) in [
        (" AND app = ", &filter.app),
        (" AND environment = ", &filter.environment),
        (" AND requested_by = ", &filter.requested_by),
    ] {
        if let Some(text) = text {
            select = select.push(column).push_bind(text);
        }
    }
    select = match (of, &filter.person) {
        (Requesters::Few(names), _) => select.push(" AND requested_by ").push_in::<S>(names.clone()),
        (Requesters::Many, Some(part)) => select.push(" AND ").push_contains::<S>("requested_by", part),
        (Requesters::Anyone | Requesters::Many, _) => select,
    };
    for (words, at) in
        [(" AND finished_at >= ", filter.ended_since), (" AND finished_at < ", filter.ended_until)]
    {
        if let Some(at) = at {
            select = select.push(words).push_bind(at);
        }
    }
    push_range(select, filter)
}

/// When they were requested.
fn push_range(mut select: Statement, filter: &DeployFilter) -> Statement {
    if let Some(since) = filter.since {
        select = select.push(" AND requested_at >= ").push_bind(since);
    }
    // Of two lower bounds, an index uses the first that is written.
    let place = filter.before.filter(|(at, _)| filter.until.is_none_or(|until| *at < until));
    if let Some((requested_at, id)) = place {
        select = select.push(" AND (requested_at, id) < (").push_bind(requested_at);
        select = select.push(", ").push_bind(id).push(")");
    } else if let Some(until) = filter.until {
        select = select.push(" AND requested_at < ").push_bind(until);
    }
    select
}
