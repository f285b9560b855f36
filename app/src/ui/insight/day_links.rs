//! Where the marks of a plot lead: to exactly those deploys in the history that they count.

use crate::{api::DeployQuery, domain::Timestamp, ui::history::address::history_address};

/// What the plots are about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DayLinks {
    /// The app and the environment.
    pub place: DeployQuery,
    /// Where the range begins.
    pub since: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl DayLinks {
    /// The deploys that ended on this day: all of them, or those with this status.
    #[must_use]
    pub fn address(&self, day: &str, status: Option<&str>) -> String {
        // A range may begin or end in the middle of a day, and then so does what is counted of the day.
        let within = |at: Timestamp| {
            let text = at.to_string();
            let begins_at_midnight = text.strip_prefix(day) == Some("T00:00:00Z");
            if text.starts_with(day) && !begins_at_midnight { text } else { day.to_owned() }
        };
        history_address(&DeployQuery {
            status: status.map(str::to_owned),
            ended_since: Some(within(self.since)),
            ended_until: Some(within(self.until)),
            ..self.place.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_days_keep_their_instants() {
        let links = |since: &str, until: &str| DayLinks {
            place: DeployQuery { app: Some("shop".to_owned()), ..DeployQuery::default() },
            since: since.parse().unwrap(),
            until: until.parse().unwrap(),
        };
        let whole = links("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
        assert_eq!(
            whole.address("2026-11-30", Some("failed")),
            "/deploys?app=shop&status=failed&ended_since=2026-11-30&ended_until=2026-11-30"
        );
        let part = links("2026-11-01T06:30:00Z", "2026-11-02T07:00:00Z");
        assert_eq!(
            [part.address("2026-11-01", None), part.address("2026-11-02", None)],
            [
                "/deploys?app=shop&ended_since=2026-11-01T06%3A30%3A00Z&ended_until=2026-11-01",
                "/deploys?app=shop&ended_since=2026-11-02&ended_until=2026-11-02T07%3A00%3A00Z",
            ]
        );
    }
}
