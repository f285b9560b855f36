//! Approvals: a deploy that others have to approve before GitHub is asked for it.

use serde::{Deserialize, Serialize};

use crate::domain::{Deploy, Status, StoredStatus, Timestamp};

/// What a deploy needs, and has been given.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Approval {
    /// How many people have to approve it, none of them who requested it.
    pub needed: u8,
    /// Those who did, in their order.
    pub given: Vec<GivenApproval>,
    /// When it ends, if not enough of them have by then.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
}

/// One person's approval.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct GivenApproval {
    /// Who.
    pub by: String,
    /// When.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// What they said with it.
    pub comment: Option<String>,
}

/// Whether somebody may approve or reject a deploy that waits for an approval.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MayApprove {
    /// They may.
    Yes,
    /// They have approved it: others are missing, and they may still reject it.
    Given,
    /// They requested it.
    OwnRequest,
    /// They lack the role; a sentence says which.
    Denied(String),
}

impl Approval {
    /// How many are still missing.
    #[must_use]
    pub fn missing(&self) -> u8 {
        self.needed.saturating_sub(u8::try_from(self.given.len()).unwrap_or(u8::MAX))
    }
}

impl Deploy {
    /// What it still waits for; none, if it waits for no approval.
    #[must_use]
    pub fn awaited_approval(&self) -> Option<&Approval> {
        let is_requested = self.status == StoredStatus::Known(Status::Requested);
        self.approval.as_ref().filter(|approval| is_requested && approval.missing() > 0)
    }

    /// Whether it ended before enough people had approved it: then GitHub was never asked.
    #[must_use]
    pub fn lacked_approval(&self) -> bool {
        !self.is_live() && self.approval.as_ref().is_some_and(|approval| approval.missing() > 0)
    }

    /// From when on GitHub may have been asked: since it was requested, or since enough people had approved it.
    #[must_use]
    pub fn released_at(&self) -> Timestamp {
        let last = self.approval.as_ref().filter(|approval| approval.missing() == 0);
        last.and_then(|approval| approval.given.last()).map_or(self.requested_at, |given| given.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approvals_are_missing_until_enough_are_given() {
        let at: Timestamp = serde_json::from_str("\"2026-11-22T12:00:00Z\"").unwrap();
        let given = |count| vec![GivenApproval { by: "ben".to_owned(), at, comment: None }; count];
        let missing = |count| Approval { needed: 2, given: given(count), expires_at: at }.missing();
        assert_eq!([0, 1, 2, 3].map(missing), [2, 1, 0, 0]);
    }
}
