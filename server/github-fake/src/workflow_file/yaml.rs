//! The members of a workflow file that are read, as they are written.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crate::{expression::fill, run::Group};

#[derive(Deserialize)]
pub(super) struct Workflow {
    pub(super) name: Option<String>,
    #[serde(rename = "run-name")]
    pub(super) run_name: Option<String>,
    pub(super) on: On,
    pub(super) concurrency: Option<Concurrency>,
    pub(super) permissions: Option<Permissions>,
    #[serde(default)]
    pub(super) jobs: Ordered<Job>,
}

/// What the token of a job may do.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Permissions {
    /// `read-all` or `write-all`.
    All(String),
    Each(BTreeMap<String, String>),
}

impl Permissions {
    /// Whether a job may ask for identity tokens.
    pub(super) fn grant_identity(&self) -> bool {
        match self {
            Self::All(all) => all == "write-all",
            Self::Each(each) => each.get("id-token").is_some_and(|level| level == "write"),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct On {
    /// Present and empty, where there are no inputs.
    #[serde(default, deserialize_with = "present")]
    pub(super) workflow_dispatch: Option<Option<Dispatch>>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Dispatch>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Default, Deserialize)]
pub(super) struct Dispatch {
    #[serde(default)]
    pub(super) inputs: BTreeMap<String, Option<Input>>,
}

/// A declared input.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Input {
    pub(super) required: bool,
    pub(super) default: Option<Value>,
    /// With `type: choice`: what may be given.
    pub(super) options: Option<Vec<String>>,
}

/// Runs of one group wait for each other.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Concurrency {
    Group(String),
    Full {
        group: String,
        /// Whether a new run ends the one under way.
        #[serde(rename = "cancel-in-progress", default)]
        cancels: Value,
        /// `max`: all wait. Else one waits, and a newer one takes its place.
        #[serde(default)]
        queue: Option<String>,
    },
}

impl Concurrency {
    /// The group, with the values of a run.
    pub(crate) fn group(&self, contexts: &dyn Fn(&str) -> Option<String>) -> Group {
        match self {
            Self::Group(group) => Group { name: fill(group, contexts), cancels: false, all_wait: false },
            Self::Full { group, cancels, queue } => Group {
                name: fill(group, contexts),
                cancels: *cancels == Value::Bool(true),
                all_wait: queue.as_deref() == Some("max"),
            },
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Job {
    pub(super) name: Option<String>,
    /// In place of those of the workflow.
    pub(super) permissions: Option<Permissions>,
    pub(super) strategy: Strategy,
    pub(super) environment: Option<Value>,
    pub(super) steps: Vec<Step>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Strategy {
    pub(super) matrix: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Step {
    pub(super) name: Option<String>,
    pub(super) uses: Option<String>,
    pub(super) run: Option<String>,
    #[serde(rename = "if")]
    pub(super) condition: Option<Value>,
    #[serde(rename = "continue-on-error")]
    pub(super) continues: Option<Value>,
}

/// A mapping in the order of the file.
pub(super) struct Ordered<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}
