//! Who asked for a deploy, as the viewer of the page calls them.

use crate::{
    domain::Deploy,
    request::viewer::use_viewer,
    text::deploy::{requested_by, requester},
};

/// "You", or the name.
#[must_use]
pub fn requester_text(deploy: &Deploy) -> String {
    requester(deploy, use_viewer().as_deref())
}

/// "by you", or "by" and the name.
#[must_use]
pub fn requested_by_text(deploy: &Deploy) -> String {
    requested_by(deploy, use_viewer().as_deref())
}
