//! An instant in UTC; RFC 3339 on the wire.
//!
//! On the server it is that of the library for times. A browser downloads what it uses, and of that library it would
//! use a thirtieth: there an instant is a number of milliseconds, with the same names for the same things.

#[cfg(not(feature = "hydrate"))]
pub use jiff::Timestamp;

#[cfg(feature = "hydrate")]
pub use small::Timestamp;

#[cfg(feature = "hydrate")]
mod small {
    use std::{
        fmt,
        str::FromStr,
        time::{Duration, SystemTime},
    };

    use humantime::{TimestampError, format_rfc3339_millis, format_rfc3339_seconds, parse_rfc3339};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Milliseconds since 1970. Nothing that the console records is older.
    #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    pub struct Timestamp(u64);

    impl Timestamp {
        /// The beginning of 1970.
        pub const UNIX_EPOCH: Self = Self(0);

        /// So many milliseconds after the beginning of 1970.
        ///
        /// # Errors
        /// Before it.
        pub const fn from_millisecond(milliseconds: i64) -> Result<Self, TimestampError> {
            if milliseconds < 0 {
                return Err(TimestampError::OutOfRange);
            }
            Ok(Self(milliseconds.cast_unsigned()))
        }

        /// So many seconds after the beginning of 1970.
        ///
        /// # Errors
        /// Before it.
        pub const fn from_second(seconds: i64) -> Result<Self, TimestampError> {
            Self::from_millisecond(seconds.saturating_mul(1_000))
        }

        /// Milliseconds since the beginning of 1970.
        #[must_use]
        pub const fn as_millisecond(self) -> i64 {
            self.0.cast_signed()
        }

        /// Whole seconds since the beginning of 1970.
        #[must_use]
        pub const fn as_second(self) -> i64 {
            self.as_millisecond() / 1_000
        }
    }

    impl fmt::Display for Timestamp {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // The last instant of year 9999, which is the last that RFC 3339 can write.
            const LAST: u64 = 253_402_300_799_999;
            let at = SystemTime::UNIX_EPOCH + Duration::from_millis(self.0.min(LAST));
            if self.0.is_multiple_of(1_000) {
                format_rfc3339_seconds(at).fmt(f)
            } else {
                format_rfc3339_millis(at).fmt(f)
            }
        }
    }

    impl FromStr for Timestamp {
        type Err = TimestampError;

        fn from_str(text: &str) -> Result<Self, TimestampError> {
            let since = parse_rfc3339(text)?.duration_since(SystemTime::UNIX_EPOCH);
            let milliseconds = since.map_err(|_| TimestampError::OutOfRange)?.as_millis();
            u64::try_from(milliseconds).map(Self).map_err(|_| TimestampError::OutOfRange)
        }
    }

    impl Serialize for Timestamp {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for Timestamp {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            // Never borrowed: the one reader of texts that there is elsewhere does it for this as well.
            let text = String::deserialize(deserializer)?;
            text.parse().map_err(|_| D::Error::custom("not a time in UTC as RFC 3339 writes it"))
        }
    }
}
