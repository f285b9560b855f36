//! A leg in words.

use super::printable::printable;
use crate::domain::{LegState, Status, StepState, StoredStatus};

/// What a leg is called: by its own name, else by its number, from 1.
#[must_use]
pub fn leg_name(leg: &LegState) -> String {
    match &leg.name {
        Some(name) => printable(name),
        None => format!("{} of {}", u64::from(leg.index) + 1, leg.total),
    }
}

/// How far it has come, by its own word. Where all of them were rolled out, what is said after that is said of their health.
#[must_use]
pub fn leg_text(leg: &LegState, all_rolled_out: bool) -> &'static str {
    if all_rolled_out && leg.state == StepState::Failed {
        "rolled out, unhealthy"
    } else if all_rolled_out && leg.state == StepState::Done {
        "rolled out, healthy"
    } else if leg.status == Some(StoredStatus::Known(Status::Deploying)) {
        "rolled out"
    } else {
        leg.state.label()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StepKey;

    #[test]
    fn leg_is_named_or_numbered() {
        let mut leg = LegState {
            step: StepKey::Deploy,
            index: 1,
            total: 3,
            name: None,
            status: Some(Status::Deploying.into()),
            state: StepState::Active,
            began_at: None,
            ended_at: None,
            log_line: None,
        };
        assert_eq!((leg_name(&leg), leg_text(&leg, false)), ("2 of 3".to_owned(), "rolled out"));
        (leg.name, leg.status) = (Some("eu\u{202e}".to_owned()), None);
        leg.state = StepState::Pending;
        assert_eq!((leg_name(&leg).contains('\u{202e}'), leg_text(&leg, true)), (false, "pending"));
        leg.state = StepState::Failed;
        assert_eq!((leg_text(&leg, false), leg_text(&leg, true)), ("failed", "rolled out, unhealthy"));
    }
}
