//! The header `Idempotency-Key`: a quoted string as in the IETF draft, or a bare token.

use app::api::ErrorCode;
use axum::{extract::FromRequestParts, http::request::Parts};

use super::ApiError;

/// Characters of a key.
const MAX_LENGTH: usize = 255;

/// A well-formed key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct IdempotencyKey(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(ErrorCode::InvalidIdempotencyKey.into());
        };
        let text = value.to_str().ok();
        text.and_then(parse).map(Self).ok_or_else(|| ErrorCode::InvalidIdempotencyKey.into())
    }
}

/// The key in the text of the header.
pub(super) fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let key = match text.strip_prefix('"') {
        Some(rest) => unquote(rest)?,
        None => text.to_owned(),
    };
    is_well_formed(&key, text.starts_with('"')).then_some(key)
}

/// A structured-field string (RFC 8941): backslash escapes a quote or a backslash, nothing else.
fn unquote(rest: &str) -> Option<String> {
    let mut key = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return chars.next().is_none().then_some(key),
            '\\' => key.push(chars.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            other => key.push(other),
        }
    }
    None
}

fn is_well_formed(key: &str, quoted: bool) -> bool {
    let is_allowed =
        |c: char| c.is_ascii_graphic() && (quoted || !"\"\\,;".contains(c)) || (quoted && c == ' ');
    !key.is_empty() && key.len() <= MAX_LENGTH && key.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_a_quoted_string_or_token() {
        for (text, key) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"8e03978e\"", "8e03978e"),
            (r#""a \"b\" \\""#, r#"a "b" \"#),
            (" padded ", "padded"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(key), "{text}");
        }
    }

    #[test]
    fn f48_other_keys_are_refused() {
        for text in ["", "\"\"", "\"open", "\"a\"b", "\"\\x\"", "a b", "a,b", "a;b", "ü", "a\"b"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse(&"k".repeat(255)).is_some());
        assert!(parse(&"k".repeat(256)).is_none());
    }
}
