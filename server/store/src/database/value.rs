//! Values of placeholders, of the types that both databases have.

use app::domain::{DeployId, Timestamp};

use crate::row::to_text;

/// A value of a placeholder.
#[derive(Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    Truth(bool),
    Texts(Vec<String>),
    Numbers(Vec<i64>),
}

impl Value {
    pub(super) fn holds_nul(&self) -> bool {
        match self {
            Self::Text(text) => text.as_ref().is_some_and(|text| text.contains('\0')),
            Self::Texts(texts) => texts.iter().any(|text| text.contains('\0')),
            Self::Number(_) | Self::Numbers(_) | Self::Truth(_) => false,
        }
    }

    /// The value as an SQL literal.
    pub(super) fn literal(&self) -> String {
        let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
        match self {
            Self::Text(Some(text)) => literal(text),
            Self::Number(Some(number)) => number.to_string(),
            Self::Text(None) | Self::Number(None) => "NULL".to_owned(),
            Self::Truth(truth) => truth.to_string(),
            Self::Texts(texts) => literal(&array(&serde_json::json!(texts).to_string())),
            Self::Numbers(numbers) => literal(&array(&serde_json::json!(numbers).to_string())),
        }
    }
}

/// A JSON list as Postgres writes arrays.
fn array(list: &str) -> String {
    format!("{{{}}}", list.trim_matches(['[', ']']))
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<DeployId> for Value {
    fn from(id: DeployId) -> Self {
        id.to_string().into()
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        to_text(at).into()
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(at: Option<Timestamp>) -> Self {
        Self::Text(at.map(to_text))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}
