//! A column of a row, its permitted values according to the journal, and the words for a difference.

use std::fmt;

/// A row that differs from the journal.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}: {what}", self.place())]
pub struct Difference {
    /// The deploy, as its id is stored.
    pub deploy: String,
    /// The column, if it is in one.
    pub column: Option<&'static str>,
    /// The value in the row, and the one in the journal.
    pub what: String,
}

impl Difference {
    /// Where it is, without quoting what is stored there.
    #[must_use]
    pub fn place(&self) -> String {
        match self.column {
            Some(column) => format!("deploy {}, {column}", self.deploy),
            None => format!("deploy {}", self.deploy),
        }
    }
}

/// A column of a row: its name, and what it holds.
pub(crate) type Column<'a> = (&'static str, Option<&'a str>);

/// The permitted values of a column.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Expected {
    /// The journal does not say.
    #[default]
    Unsaid,
    /// One of these.
    Among(Vec<Option<String>>),
    /// A time from the first to the second: a row does not follow a clock that was set back.
    Between(String, String),
}

impl Expected {
    pub(super) fn is(value: Option<&str>) -> Self {
        Self::Among(vec![value.map(str::to_owned)])
    }

    pub(super) fn allows(&self, stored: Option<&str>) -> bool {
        match self {
            Self::Unsaid => true,
            Self::Among(values) => values.iter().any(|value| value.as_deref() == stored),
            Self::Between(first, last) => {
                stored.is_some_and(|at| first.as_str() <= at && at <= last.as_str())
            }
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsaid => f.write_str("nothing"),
            Self::Among(values) => {
                let values: Vec<_> = values.iter().map(|value| quoted(value.as_deref())).collect();
                f.write_str(&values.join(" or "))
            }
            Self::Between(first, last) if first == last => f.write_str(&quoted(Some(first))),
            Self::Between(first, last) => write!(f, "a time from {first} to {last}"),
        }
    }
}

/// A value for people: on one line, and shortened.
pub(super) fn quoted(value: Option<&str>) -> String {
    const SHOWN: usize = 100;
    match value {
        None => "nothing".to_owned(),
        Some(text) => {
            let shown: String = text.chars().take(SHOWN).collect();
            let rest = if shown.len() < text.len() { "…" } else { "" };
            format!("{shown:?}{rest}")
        }
    }
}
