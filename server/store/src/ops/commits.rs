//! What GitHub records of commits. It never changes, so that what is known stays, and nothing is updated.

use std::collections::HashMap;

use app::domain::{Commit, CommitDetails, CommitDistance};

use crate::{
    CommitPair, StoreError,
    database::tx::{Operation, Statement, Tx},
    error::ImpossibleRow,
    row::Reader,
};

/// The details of these commits, as far as they are known.
pub(crate) struct DetailsOf(pub(crate) Vec<Commit>);

#[derive(sqlx::FromRow)]
struct CommitRow {
    sha: String,
    subject: String,
    author: Option<String>,
    committed_at: Option<String>,
}

impl Operation for DetailsOf {
    type Answer = HashMap<Commit, CommitDetails>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<HashMap<Commit, CommitDetails>, StoreError> {
        if self.0.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<CommitRow> = tx.rows(select_details::<S>(&self.0)).await?;
        Ok(rows.into_iter().map(CommitRow::read).collect::<Result<_, _>>()?)
    }
}

pub(crate) fn select_details<S: Tx>(commits: &[Commit]) -> Statement {
    let shas = commits.iter().map(Commit::to_string).collect();
    Statement::new("SELECT sha, subject, author, committed_at FROM commits WHERE sha ").push_in::<S>(shas)
}

impl CommitRow {
    fn read(self) -> Result<(Commit, CommitDetails), ImpossibleRow> {
        let reader = Reader { table: "commits", id: &self.sha };
        let commit = reader.parse("sha", &self.sha)?;
        let committed_at =
            self.committed_at.as_deref().map(|text| reader.parse("committed_at", text)).transpose()?;
        Ok((commit, CommitDetails { subject: self.subject, author: self.author, committed_at }))
    }
}

/// The distances of these pairs, as far as they are known.
pub(crate) struct DistancesOf(pub(crate) Vec<CommitPair>);

type DistanceRow = (String, String, i64, i64);

impl Operation for DistancesOf {
    type Answer = HashMap<CommitPair, CommitDistance>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<HashMap<CommitPair, CommitDistance>, StoreError> {
        if self.0.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<DistanceRow> = tx.rows(select_distances(&self.0)).await?;
        Ok(rows.into_iter().map(read_distance).collect::<Result<_, _>>()?)
    }
}

pub(crate) fn select_distances(pairs: &[CommitPair]) -> Statement {
    let mut select = Statement::new("WITH pairs (base, head) AS (VALUES ");
    for (number, CommitPair { base, head }) in pairs.iter().enumerate() {
        select = select.push(if number == 0 { "(" } else { ", (" });
        select = select.push_bind(base.as_str()).push(", ").push_bind(head.as_str()).push(")");
    }
    // CROSS, so that SQLite keeps the order: each pair is looked up by the key.
    select.push(
        ") SELECT d.base, d.head, d.ahead, d.behind FROM pairs p
           CROSS JOIN commit_distances d WHERE d.base = p.base AND d.head = p.head",
    )
}

fn read_distance(
    (base, head, ahead, behind): DistanceRow,
) -> Result<(CommitPair, CommitDistance), ImpossibleRow> {
    let reader = Reader { table: "commit_distances", id: &format!("{base}...{head}") };
    let pair = CommitPair { base: reader.parse("base", &base)?, head: reader.parse("head", &head)? };
    let count = |column: &str, number: i64| {
        u32::try_from(number).map_err(|_| reader.error(&format!("{column} is no count")))
    };
    let distance = CommitDistance { ahead: count("ahead", ahead)?, behind: count("behind", behind)? };
    Ok((pair, distance))
}

/// Keeps the details of a commit.
#[derive(Clone)]
pub(crate) struct SaveDetails {
    pub(crate) commit: Commit,
    pub(crate) details: CommitDetails,
}

impl Operation for SaveDetails {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let insert = Statement::new(
            "INSERT INTO commits (sha, subject, author, committed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (sha) DO NOTHING",
        )
        .bind(self.commit.as_str())
        .bind(&self.details.subject)
        .bind(self.details.author.as_deref())
        .bind(self.details.committed_at);
        tx.execute(insert).await?;
        Ok(())
    }
}

/// Keeps the distance of a pair.
#[derive(Clone)]
pub(crate) struct SaveDistance {
    pub(crate) pair: CommitPair,
    pub(crate) distance: CommitDistance,
}

impl Operation for SaveDistance {
    type Answer = ();

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let insert = Statement::new(
            "INSERT INTO commit_distances (base, head, ahead, behind) VALUES ($1, $2, $3, $4)
             ON CONFLICT (base, head) DO NOTHING",
        )
        .bind(self.pair.base.as_str())
        .bind(self.pair.head.as_str())
        .bind(i64::from(self.distance.ahead))
        .bind(i64::from(self.distance.behind));
        tx.execute(insert).await?;
        Ok(())
    }
}
