//! Which values of a request are valid.

use app::{
    api::{ErrorCode, ServiceError},
    domain::{GitRef, NotAGitRef},
};

/// Characters of a reason.
const MAX_REASON: usize = 500;
/// Characters of a key.
const MAX_KEY: usize = 255;

/// Allows the characters of a structured-field string, wherever the key came from.
pub(super) fn check_key(key: &str) -> Result<(), ServiceError> {
    let is_allowed = |c: char| c.is_ascii_graphic() || c == ' ';
    if (1..=MAX_KEY).contains(&key.len()) && key.chars().all(is_allowed) {
        Ok(())
    } else {
        Err(ServiceError::new(ErrorCode::InvalidIdempotencyKey))
    }
}

pub(super) fn check_ref(text: &str) -> Result<GitRef, ServiceError> {
    text.parse().map_err(|wrong| {
        let detail = match wrong {
            NotAGitRef::Malformed => {
                "git_ref: write a branch, a tag or a commit, such as main or v1.4.2.".to_owned()
            }
            NotAGitRef::Invisible(_) => format!("git_ref: {wrong}."),
        };
        ServiceError::new(ErrorCode::InvalidField).with_detail(detail)
    })
}

pub(in crate::service) fn check_reason(field: &str, reason: Option<&str>) -> Result<(), ServiceError> {
    let wrong =
        |what: &str| Err(ServiceError::new(ErrorCode::InvalidField).with_detail(format!("{field}: {what}.")));
    match reason {
        Some(reason) if reason.chars().count() > MAX_REASON => {
            wrong(&format!("at most {MAX_REASON} characters"))
        }
        // The one character that not every database can store in a text.
        Some(reason) if reason.contains('\0') => wrong("text without the character U+0000"),
        Some(_) | None => Ok(()),
    }
}
