//! The query of the address: read, and written, with each value encoded once.
//!
//! The router's own map decodes what it has decoded already, so that the ref `a%2523` would be read as `a#`.

use form_urlencoded::{Serializer, parse};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

/// The members of a query, decoded.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query(Vec<(String, String)>);

/// The query of the page that is rendered.
#[must_use]
pub fn use_query() -> Query {
    use_url().with_untracked(|url| Query::read(url.search()))
}

impl Query {
    /// Reads the text behind the question mark.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self(parse(text.as_bytes()).into_owned().collect())
    }

    /// The value of this name; the last, if it is there more than once.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Every value of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same as [`get`](Self::get), unless it is empty: an empty field of a form asks for nothing.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

/// The address of a path with those members that have a value.
#[must_use]
pub fn address<'a>(
    path: &str,
    members: impl IntoIterator<Item = (&'static str, &'a Option<String>)>,
) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in members {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f71_values_are_encoded_once() {
        for value in ["a%2523", "a%23", "feature/#123", "a+b", "a&b=c", "a@b", "100%", "fix/🚀", "ü"] {
            let address = address("/x", [("ref", &Some(value.to_owned())), ("none", &None)]);
            let query = address.strip_prefix("/x?").unwrap();
            assert_eq!(Query::read(query).get("ref").as_deref(), Some(value), "{address}");
        }
        assert_eq!(address("/x", []), "/x");
    }

    #[test]
    fn empty_field_adds_no_parameter() {
        let query = Query::read("a=1&a=2&b=&c");
        assert_eq!((query.get("a"), query.get("b")), (Some("2".to_owned()), Some(String::new())));
        assert_eq!((query.field("b"), query.field("c"), query.field("d")), (None, None, None));
    }
}
