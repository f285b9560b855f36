//! Approving and rejecting a run that waits at GitHub's gate, and that was not requested here.

use app::domain::{Barred, ProtectionState};

use super::{locked, record, save};
use crate::{
    ApproveProtection, ProtectionApproved, StoreError, StoredProtectionApproval, StoredProtectionRequest,
    audit::NewEntry,
    database::tx::{Operation, Tx},
    ops::transition::append,
};

/// Counts an approval. Whether it was the last that was missing is seen when the question is next decided: a freeze may
/// have begun.
impl Operation for ApproveProtection {
    type Answer = ProtectionApproved;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<ProtectionApproved, StoreError> {
        let mut request = match awaiting(tx, self).await? {
            Ok(request) => request,
            Err(refused) => return Ok(refused),
        };
        if request.approved_by.iter().any(|given| given.id == self.by.id) {
            return Ok(ProtectionApproved::Repeated);
        }
        request.approved_by.push(StoredProtectionApproval {
            id: self.by.id.clone(),
            name: self.by.name.clone(),
            at: self.at,
            comment: self.comment.clone(),
        });
        save(tx, &request).await?;
        append(tx, NewEntry::protection_approved(self, &request)).await?;
        Ok(ProtectionApproved::Counted)
    }
}

/// Rejects the run.
#[derive(Clone)]
pub(crate) struct RejectProtection(pub(crate) ApproveProtection);

impl Operation for RejectProtection {
    type Answer = ProtectionApproved;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<ProtectionApproved, StoreError> {
        let Self(reject) = self;
        let mut request = match awaiting(tx, reject).await? {
            Ok(request) => request,
            Err(refused) => return Ok(refused),
        };
        let because = Barred::Rejected { by: reject.by.name.clone(), comment: reject.comment.clone() };
        request.state = ProtectionState::Rejected { because, at: reject.at };
        save(tx, &request).await?;
        record(tx, &request, Some(&reject.by), reject.at).await?;
        Ok(ProtectionApproved::Counted)
    }
}

/// The question, locked; or why this person can neither approve nor reject it.
async fn awaiting<S: Tx>(
    tx: &mut S,
    asked: &ApproveProtection,
) -> Result<Result<StoredProtectionRequest, ProtectionApproved>, StoreError> {
    let Some(request) = locked(tx, asked.id).await? else { return Ok(Err(ProtectionApproved::Missing)) };
    let ProtectionState::AwaitsApproval { expires_at, .. } = request.state else {
        return Ok(Err(ProtectionApproved::NotAwaiting));
    };
    Ok(if request.started_by.as_ref().is_some_and(|by| by.may_be(&asked.by)) {
        Err(ProtectionApproved::OwnRun)
    } else if expires_at <= asked.at {
        Err(ProtectionApproved::Expired)
    } else {
        Ok(request)
    })
}
