//! Lists of GitHub's, an entry at a time: one that is not as documented is left out, and takes no other with it.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::ReadError;

/// The entries of a list, in its order; none in the place of one that cannot be read. It keeps its place when it is written
/// and read again: how many were listed says whether there is another page.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Entries<T>(Vec<Option<T>>);

impl<T> Entries<T> {
    /// How many GitHub listed, those that cannot be read among them.
    pub(super) const fn listed(&self) -> usize {
        self.0.len()
    }

    /// Those that can be read.
    ///
    /// # Errors
    /// If none of those that are listed can: then it is not one entry that is spoilt, and what is there is not known.
    pub(super) fn into_readable(self) -> Result<Vec<T>, ReadError> {
        let listed = self.listed();
        let readable: Vec<_> = self.0.into_iter().flatten().collect();
        if readable.is_empty() && listed > 0 { Err(ReadError::undocumented()) } else { Ok(readable) }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<Value>::deserialize(deserializer)?;
        Ok(Self(entries.into_iter().map(|entry| serde_json::from_value(entry).ok()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f84_unreadable_entry_takes_no_other_with_it() {
        let list = r#"[1, null, {}, "2", 3]"#;
        let entries: Entries<i64> = serde_json::from_str(list).unwrap();
        assert_eq!(entries.listed(), 5);
        let again: Entries<i64> = serde_json::from_str(&serde_json::to_string(&entries).unwrap()).unwrap();
        assert_eq!((again.listed(), again.into_readable()), (5, Ok(vec![1, 3])));
        assert!(serde_json::from_str::<Entries<i64>>("null").is_err(), "no list at all");
        let read = |list: &str| serde_json::from_str::<Entries<i64>>(list).unwrap().into_readable();
        assert_eq!((read("[]"), read("[null]")), (Ok(Vec::new()), Err(ReadError::undocumented())));
    }
}
