//! The id of a delivery of a callback.

use std::fmt;

/// Names one delivery: the sender makes it, and a retry carries it again, so that it is decided once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryId(String);

impl DeliveryId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for DeliveryId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
