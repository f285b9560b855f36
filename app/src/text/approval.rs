//! Approvals in words.

use crate::domain::Approval;

/// "1 approval", "2 approvals".
#[must_use]
pub fn approvals(count: u8) -> String {
    match count {
        1 => "1 approval".to_owned(),
        count => format!("{count} approvals"),
    }
}

/// What a deploy waits for: "Waits for an approval", or how many of how many it has.
#[must_use]
pub fn missing_text(approval: &Approval) -> String {
    match (approval.given.len(), approval.needed) {
        (_, 1) => "Waits for an approval".to_owned(),
        (0, needed) => format!("Waits for {}", approvals(needed)),
        (given, needed) => {
            format!("{given} of {needed} approved · waits for {}", approvals(approval.missing()))
        }
    }
}

/// When the end of its time is the end of it, after that time.
#[must_use]
pub fn unless_text(approval: &Approval) -> String {
    match (approval.given.len(), approval.missing()) {
        (0, 1) => " if nobody approves it.".to_owned(),
        (_, 1) => " if nobody else approves it.".to_owned(),
        (_, _) => format!(" if fewer than {} people approve it.", approval.needed),
    }
}

/// What a form says before it is sent, where so many approvals are needed; nothing, where none is.
#[must_use]
pub fn asks_text(needed: u8) -> Option<String> {
    match needed {
        0 => None,
        1 => {
            Some("It asks for one approval: it goes to GitHub when somebody else has approved it.".to_owned())
        }
        needed => Some(format!(
            "It asks for {needed} approvals: it goes to GitHub when {needed} other people have approved it."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_approvals_is_said() {
        assert_eq!([0, 1, 2].map(approvals), ["0 approvals", "1 approval", "2 approvals"]);
        assert_eq!(asks_text(0), None);
        assert!(asks_text(1).is_some_and(|text| text.contains("one approval: ")));
        assert!(asks_text(3).is_some_and(|text| text.contains("when 3 other people have")));
    }
}
