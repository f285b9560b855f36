//! What was decided about GitHub's gate, in words: for pages, and for GitHub, which shows them to whoever started the run.

use super::{
    approval::missing_text,
    freeze::{freeze_text, opens_text},
    printable::printable,
};
use crate::domain::{Barred, Cleared, Frozen, ProtectionRequest, ProtectionState};

/// What became of a question of GitHub, in a word or two.
#[must_use]
pub const fn decision_label(state: &ProtectionState) -> &'static str {
    match state {
        ProtectionState::New => "Not looked at yet",
        ProtectionState::Held { .. } => "Held",
        ProtectionState::AwaitsApproval { .. } => "Waits for approval",
        ProtectionState::Approved { .. } => "Let through",
        ProtectionState::Rejected { .. } => "Stopped",
        ProtectionState::Lapsed { .. } => "No longer asked",
        ProtectionState::Unknown => "Unknown",
    }
}

/// Why that is so, in a sentence or two.
#[must_use]
pub fn decision_text(request: &ProtectionRequest) -> String {
    match &request.state {
        ProtectionState::New => "GitHub's record of the run has not been read yet.".to_owned(),
        ProtectionState::Held { frozen } => frozen_sentences(request, frozen),
        ProtectionState::AwaitsApproval { .. } => awaited_text(request),
        ProtectionState::Approved { because, .. } => cleared_text(request, because),
        ProtectionState::Rejected { because, .. } => barred_text(request, because),
        ProtectionState::Lapsed { .. } => {
            "The run ended, or a reviewer decided, before the console did.".to_owned()
        }
        ProtectionState::Unknown => {
            "A newer console decided it in a way that this one cannot read.".to_owned()
        }
    }
}

fn awaited_text(request: &ProtectionRequest) -> String {
    let missing = request.awaited_approval().map(|approval| missing_text(&approval)).unwrap_or_default();
    match &request.started_by {
        None => format!("{missing}."),
        Some(login) => format!("{missing}, by others than {}.", printable(login)),
    }
}

fn cleared_text(request: &ProtectionRequest, because: &Cleared) -> String {
    let environment = printable(&request.environment);
    match because {
        Cleared::Open => format!("Nothing freezes {environment}."),
        Cleared::PassesFreeze { reason: None } => {
            format!("There is a freeze on {environment}, and rollbacks pass it.")
        }
        Cleared::PassesFreeze { reason: Some(reason) } => {
            format!("There is a freeze on {environment}. It was overridden: “{}”.", printable(reason))
        }
        Cleared::Approved => {
            let people: Vec<_> = request.approved_by.iter().map(|given| printable(&given.by)).collect();
            format!("Approved by {}.", people.join(", "))
        }
    }
}

fn barred_text(request: &ProtectionRequest, because: &Barred) -> String {
    match because {
        Barred::Frozen { frozen } => frozen_sentences(request, frozen),
        Barred::NotApproved => "Not enough people approved it in time.".to_owned(),
        Barred::Rejected { by, comment: None } => format!("Rejected by {}.", printable(by)),
        Barred::Rejected { by, comment: Some(comment) } => {
            format!("Rejected by {}: “{}”.", printable(by), printable(comment))
        }
    }
}

/// That it is frozen: by what, and until when.
fn frozen_sentences(request: &ProtectionRequest, frozen: &Frozen) -> String {
    let environment = format!("{} of {}", printable(&request.environment), printable(&request.app));
    let first = frozen.holds.first().map(freeze_text).unwrap_or_default();
    match frozen.holds.len() {
        0 | 1 => format!("There is a freeze on {environment}: {first}"),
        others => format!("There are {others} freezes on {environment}. {}", opens_text(frozen)),
    }
}

/// Who started the run.
#[must_use]
pub fn starter_text(request: &ProtectionRequest) -> String {
    request.started_by.as_deref().map_or_else(|| "an account that GitHub does not name".to_owned(), printable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ActiveFreeze, FreezeId, GivenApproval, ProtectionRequestId, RunRef, Timestamp};

    fn at() -> Timestamp {
        "2026-12-01T12:00:00Z".parse().unwrap()
    }

    fn request(state: ProtectionState) -> ProtectionRequest {
        ProtectionRequest {
            id: ProtectionRequestId::new(uuid::Uuid::nil()),
            app: "shop".to_owned(),
            environment: "production".to_owned(),
            run: RunRef { id: 7, url: String::new() },
            deploy_id: None,
            started_by: Some("octocat".to_owned()),
            asked_at: at(),
            state,
            approved_by: vec![GivenApproval { by: "ada".to_owned(), at: at(), comment: None }],
            told_at: None,
            closed_at: None,
        }
    }

    fn frozen(count: usize) -> Frozen {
        let hold = ActiveFreeze {
            freeze_id: FreezeId::new(uuid::Uuid::nil()),
            reason: "Stocktaking".to_owned(),
            declared_by: "ada".to_owned(),
            until: None,
        };
        Frozen { holds: vec![hold; count], opens_at: None }
    }

    #[test]
    fn reasons_are_sentences() {
        let rejected = |because| decision_text(&request(ProtectionState::Rejected { because, at: at() }));
        let approved = |because| decision_text(&request(ProtectionState::Approved { because, at: at() }));
        let comment = Some("Not\u{7} today".to_owned());
        for (said, expected) in [
            (
                rejected(Barred::Frozen { frozen: frozen(1) }),
                "There is a freeze on production of shop: “Stocktaking”, declared by ada, until it is lifted.",
            ),
            (
                rejected(Barred::Frozen { frozen: frozen(2) }),
                "There are 2 freezes on production of shop. Opens when it is lifted.",
            ),
            (rejected(Barred::Rejected { by: "ben".to_owned(), comment }), "Rejected by ben: “Not␇ today”."),
            (
                decision_text(&request(ProtectionState::AwaitsApproval { needed: 1, expires_at: at() })),
                "Waits for an approval, by others than octocat.",
            ),
            (approved(Cleared::Open), "Nothing freezes production."),
            (approved(Cleared::Approved), "Approved by ada."),
        ] {
            assert_eq!(said, expected);
        }
    }
}
