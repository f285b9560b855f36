//! New ids.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::{NoContext, Uuid};

/// A version 7 UUID of our own clock, so that ids sort by time.
#[must_use]
pub fn uuid_at(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}

/// A version 8 UUID made of a name: the same name always makes the same id.
#[must_use]
pub fn uuid_of(name: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name makes one id, and another name another.
    #[test]
    fn same_name_gives_same_id() {
        let id = uuid_of("https://github.example/acme/shop/actions/runs/7");
        assert_eq!(
            (id, id.get_version_num()),
            (uuid_of("https://github.example/acme/shop/actions/runs/7"), 8)
        );
        assert_ne!(id, uuid_of("https://github.example/acme/shop/actions/runs/8"));
    }
}
