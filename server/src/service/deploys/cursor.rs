//! Cursors of keyset paging: the position of the last deploy of a page, opaque to clients.

use app::{
    api::{ErrorCode, ServiceError},
    domain::{DeployId, Timestamp},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

pub(in crate::service) fn encode(requested_at: Timestamp, id: DeployId) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{requested_at} {id}"))
}

pub(in crate::service) fn decode(text: &str) -> Result<(Timestamp, DeployId), ServiceError> {
    read(text).ok_or_else(|| {
        ServiceError::new(ErrorCode::InvalidQuery)
            .with_detail("cursor: use next_cursor of the page before, as it is.")
    })
}

fn read(text: &str) -> Option<(Timestamp, DeployId)> {
    let place = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (requested_at, id) = place.split_once(' ')?;
    Some((requested_at.parse().ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cursor comes back, and nothing else is one.
    #[test]
    fn only_own_cursors_are_read() {
        let at: Timestamp = "2026-11-22T12:03:07.125Z".parse().unwrap();
        let id: DeployId = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4".parse().unwrap();
        assert_eq!(decode(&encode(at, id)), Ok((at, id)));
        for bad in ["", "x", "%", "bm90IGEgY3Vyc29y"] {
            assert_eq!(decode(bad).unwrap_err().code, ErrorCode::InvalidQuery, "{bad}");
        }
    }
}
