//! Pages of the journal, limited in number and in bytes. A log line may have 60 KB, and a thousand of them are more
//! than an answer should hold.
//!
//! The sizes are read first, so that nothing is read that is not sent. Both statements are of one snapshot.

use app::domain::{DeployId, Visible};

use crate::{
    EntryFilter, EntryOrder, EntryPage, JournalEnd, StoreError, StoredEntry,
    database::tx::{Operation, Statement, Tx},
    ops::deploys::visible::Asked,
    row::to_text,
};

/// The columns of a [`StoredEntry`], by name: a newer build may add others while this one runs.
pub(crate) const SELECT_ENTRIES: &str =
    "SELECT sequence, at, actor, action, deploy_id, payload, previous_hash, hash FROM audit_log";
/// The sequence number of an entry, and the length of its payload.
const SELECT_SIZES: &str = "SELECT sequence, CAST(octet_length(payload) AS BIGINT) FROM audit_log";

/// Bytes of payload per page: a longer entry is a page by itself.
pub(crate) const PAGE_BYTES: i64 = 1024 * 1024;
/// Bytes of payload that the page of one deploy shows.
const SHOWN_BYTES: i64 = 64 * 1024;
const SHOWN_ENTRIES: usize = 200;

type Size = (i64, i64);

/// The last sequence number of those, in their order, that together stay within these bytes: the first always does.
pub(crate) fn last_within(sizes: &[Size], bytes: i64) -> Option<i64> {
    let mut left = bytes;
    let fits = |(place, (_, size)): &(usize, &Size)| {
        left = left.saturating_sub(*size);
        *place == 0 || left >= 0
    };
    sizes.iter().enumerate().take_while(fits).last().map(|(_, (sequence, _))| *sequence)
}

impl Operation for EntryFilter {
    type Answer = EntryPage;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<EntryPage, StoreError> {
        let up_to = match self.order {
            EntryOrder::OldestAfter(_) => " AND sequence <= ",
            EntryOrder::NewestBefore(_) => " AND sequence >= ",
        };
        if matches!(Asked::of(&self.visible, self.app.as_deref()), Asked::Hidden) && self.app.is_some() {
            return Ok(EntryPage::default());
        }
        let sizes: Vec<Size> = tx.rows(self.sizes::<S>()).await?;
        let asked_for = &sizes[..sizes.len().min(self.limit as usize)];
        let Some(last) = last_within(asked_for, PAGE_BYTES) else { return Ok(EntryPage::default()) };
        let select = self.select::<S>(SELECT_ENTRIES).push(up_to).push_bind(last).push(self.order_by());
        Ok(EntryPage {
            entries: tx.rows(select).await?,
            has_more: sizes.last().is_some_and(|(sequence, _)| *sequence != last),
        })
    }
}

impl EntryFilter {
    /// The sequence numbers and sizes of the entries of a page. One more than requested tells whether there is another
    /// page.
    pub(crate) fn sizes<S: Tx>(&self) -> Statement {
        self.select::<S>(SELECT_SIZES)
            .push(self.order_by())
            .push(" LIMIT ")
            .push_bind(i64::from(self.limit) + 1)
    }

    const fn order_by(&self) -> &'static str {
        match self.order {
            EntryOrder::OldestAfter(_) => " ORDER BY sequence",
            EntryOrder::NewestBefore(_) => " ORDER BY sequence DESC",
        }
    }

    fn select<S: Tx>(&self, columns: &'static str) -> Statement {
        let select = Statement::new(columns).push(" WHERE sequence ");
        let mut select = match self.order {
            EntryOrder::OldestAfter(place) => select.push("> ").push_bind(place),
            EntryOrder::NewestBefore(place) => select.push("< ").push_bind(place),
        };
        let columns = [
            (" AND deploy_id = ", self.deploy_id.map(|id| id.to_string())),
            (" AND action = ", self.action.clone()),
            (" AND actor = ", self.actor.clone()),
            (" AND at >= ", self.since.map(to_text)),
            (" AND at < ", self.until.map(to_text)),
        ];
        for (condition, value) in columns {
            if let Some(value) = value {
                select = select.push(condition).push_bind(value);
            }
        }
        self.push_visible::<S>(self.push_place(select))
    }

    /// Leaves out entries about deploys of apps that are not seen, and those about no deploy that name such an app. One
    /// that names several, as that of a token does, is for those who see all.
    fn push_visible<S: Tx>(&self, select: Statement) -> Statement {
        let Visible::Only(apps) = &self.visible else { return select };
        let select = select
            .push(" AND (EXISTS (SELECT 1 FROM console_deploys AS v WHERE v.id = audit_log.deploy_id AND v.app ")
            .push_in::<S>(apps.clone())
            .push(")")
            .push(r#" OR (deploy_id IS NULL AND payload NOT LIKE '%"apps":[%' AND (payload NOT LIKE '%"app":"%'"#);
        let or_names = |select: Statement, app: &String| {
            select.push(" OR replace(payload, ").push_bind(member("app", app)).push(", '') <> payload")
        };
        apps.iter().fold(select, or_names).push(")))")
    }

    /// Filters by app and environment: those of the deploy or, without a deploy, those that the payload names.
    fn push_place(&self, select: Statement) -> Statement {
        if self.app.is_none() && self.environment.is_none() {
            return select;
        }
        let mut select =
            select.push(" AND (EXISTS (SELECT 1 FROM console_deploys AS d WHERE d.id = audit_log.deploy_id");
        for (condition, name) in [(" AND d.app = ", &self.app), (" AND d.environment = ", &self.environment)]
        {
            if let Some(name) = name {
                select = select.push(condition).push_bind(name.as_str());
            }
        }
        select = select.push(") OR (deploy_id IS NULL");
        for (member, name) in [("app", &self.app), ("environment", &self.environment)] {
            if let Some(name) = name {
                let member = self::member(member, name);
                select = select.push(" AND replace(payload, ").push_bind(member).push(", '') <> payload");
            }
        }
        select.push("))")
    }
}

/// A member of a payload, for `replace`: both databases find text this way, and are case-sensitive. A payload is compact
/// JSON in which the quotes of texts are escaped, so no text can be mistaken for a member.
fn member(name: &str, value: &str) -> String {
    format!("\"{name}\":{}", serde_json::json!(value))
}

/// The newest entries about one deploy, as many as its page shows.
pub(crate) struct EndOf(pub(crate) DeployId);

impl Operation for EndOf {
    type Answer = JournalEnd;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<JournalEnd, StoreError> {
        let of_deploy = |select| Statement::new(select).push(" WHERE deploy_id = ").push_bind(self.0);
        let limit = i64::try_from(SHOWN_ENTRIES).unwrap_or(i64::MAX);
        let sizes = of_deploy(SELECT_SIZES).push(" ORDER BY sequence DESC LIMIT ").push_bind(limit);
        let sizes: Vec<Size> = tx.rows(sizes).await?;
        let Some(first) = last_within(&sizes, SHOWN_BYTES) else { return Ok(JournalEnd::default()) };
        let shown = of_deploy(SELECT_ENTRIES).push(" AND sequence >= ").push_bind(first);
        let entries: Vec<StoredEntry> = tx.rows(shown.push(" ORDER BY sequence")).await?;
        let earlier = of_deploy("SELECT count(*) FROM audit_log").push(" AND sequence < ").push_bind(first);
        let earlier: Option<(i64,)> = tx.row(earlier).await?;
        let earlier = earlier.map_or(0, |(count,)| u32::try_from(count).unwrap_or(u32::MAX));
        Ok(JournalEnd { entries, earlier })
    }
}

/// The last entry of the whole journal.
pub(crate) struct LastEntry;

impl Operation for LastEntry {
    type Answer = Option<StoredEntry>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Option<StoredEntry>, StoreError> {
        let select = Statement::new(SELECT_ENTRIES).push(" ORDER BY sequence DESC LIMIT 1");
        Ok(tx.row(select).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_holds_what_fits_or_one() {
        let sizes = [(7, 60), (8, 40), (9, 1)];
        for (bytes, last) in [(0, 7), (59, 7), (60, 7), (99, 7), (100, 8), (101, 9), (i64::MAX, 9)] {
            assert_eq!(last_within(&sizes, bytes), Some(last), "{bytes}");
        }
        assert_eq!(last_within(&[], 100), None);
    }
}
