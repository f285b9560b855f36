//! How a deploy came to be: asked for here by a ref, taken from a deploy that succeeded, or started on GitHub.

use serde::{Deserialize, Serialize};

use crate::domain::{DeployId, Timestamp};

/// How a deploy came to be.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// Somebody asked the console for a ref.
    #[default]
    Request,
    /// Somebody asked the console for the commit of an earlier deploy that succeeded in this environment.
    Rollback {
        /// That deploy.
        #[cfg_attr(feature = "ssr", schema(value_type = uuid::Uuid))]
        deploy_id: DeployId,
        /// Whether it goes on through freezes, by what is configured for the environment.
        #[serde(default)]
        passes_freezes: bool,
    },
    /// Somebody asked the console for the commit of a deploy that succeeded in another environment.
    Promotion {
        /// That deploy.
        #[cfg_attr(feature = "ssr", schema(value_type = uuid::Uuid))]
        deploy_id: DeployId,
    },
    /// Nobody asked the console: its run was found on GitHub.
    #[serde(rename = "github")]
    GitHub {
        /// What started the run, in GitHub's words: `push`, `workflow_dispatch`, `schedule`, …
        event: String,
        /// When the run had ended, by GitHub's record, if that was before it was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
        ended_at: Option<Timestamp>,
    },
    /// Not requested here: the run of an earlier deploy was run again on GitHub after that deploy had ended.
    Rerun {
        /// The deploy of the first attempt.
        #[cfg_attr(feature = "ssr", schema(value_type = uuid::Uuid))]
        deploy_id: DeployId,
        /// Which attempt of the run this is, from 2.
        attempt: i64,
        /// When it had ended, by GitHub's record, if that was before it was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
        ended_at: Option<Timestamp>,
    },
    /// A newer build recorded something that this one cannot read.
    #[serde(other)]
    Unknown,
}

impl Origin {
    /// Whether it is a plain request for a ref.
    #[must_use]
    pub const fn is_request(&self) -> bool {
        matches!(self, Self::Request)
    }

    /// In one word, as it is written beside the row; none, if a newer build recorded it.
    #[must_use]
    pub const fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Request => Some("request"),
            Self::Rollback { .. } => Some("rollback"),
            Self::Promotion { .. } => Some("promotion"),
            Self::GitHub { .. } => Some("github"),
            Self::Rerun { .. } => Some("rerun"),
            Self::Unknown => None,
        }
    }

    /// Whether its run was started on GitHub by something else than a deploy of ours.
    #[must_use]
    pub const fn is_github(&self) -> bool {
        matches!(self, Self::GitHub { .. })
    }

    /// Whether it was found on GitHub, and not asked for here.
    #[must_use]
    pub const fn is_found(&self) -> bool {
        matches!(self, Self::GitHub { .. } | Self::Rerun { .. })
    }

    /// Whether it passes freezes without an override.
    #[must_use]
    pub const fn passes_freezes(&self) -> bool {
        matches!(self, Self::Rollback { passes_freezes: true, .. })
    }

    /// When it had ended before the console knew of it.
    #[must_use]
    pub const fn past(&self) -> Option<Timestamp> {
        match self {
            Self::GitHub { ended_at, .. } | Self::Rerun { ended_at, .. } => *ended_at,
            Self::Request | Self::Rollback { .. } | Self::Promotion { .. } | Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4";

    #[test]
    fn origin_round_trips() {
        let deploy_id: DeployId = ID.parse().unwrap();
        let at: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (origin, text) in [
            (Origin::Request, r#"{"kind":"request"}"#.to_owned()),
            (
                Origin::Rollback { deploy_id, passes_freezes: true },
                format!(r#"{{"kind":"rollback","deploy_id":"{ID}","passes_freezes":true}}"#),
            ),
            (Origin::Promotion { deploy_id }, format!(r#"{{"kind":"promotion","deploy_id":"{ID}"}}"#)),
            (
                Origin::GitHub { event: "push".to_owned(), ended_at: Some(at) },
                r#"{"kind":"github","event":"push","ended_at":"2026-11-22T12:00:00Z"}"#.to_owned(),
            ),
            (
                Origin::Rerun { deploy_id, attempt: 2, ended_at: None },
                format!(r#"{{"kind":"rerun","deploy_id":"{ID}","attempt":2}}"#),
            ),
        ] {
            assert_eq!(serde_json::to_string(&origin).unwrap(), text);
            assert_eq!(serde_json::from_str::<Origin>(&text).unwrap(), origin);
            assert!(text.starts_with(&format!(r#"{{"kind":"{}""#, origin.kind().unwrap())), "{text}");
        }
    }

    /// An origin of a newer build is unknown, and no error.
    #[test]
    fn f50_newer_origin_parses_as_unknown() {
        let origin: Origin = serde_json::from_str(r#"{"kind":"schedule","every":"day"}"#).unwrap();
        assert_eq!((origin.passes_freezes(), origin.past(), origin), (false, None, Origin::Unknown));
    }

    /// Only a rollback passes freezes, and only a run of GitHub may have ended before it was recorded.
    #[test]
    fn rollbacks_pass_freezes_ended_runs_are_past() {
        let deploy_id: DeployId = ID.parse().unwrap();
        let at = Timestamp::UNIX_EPOCH;
        let github = |ended_at| Origin::GitHub { event: "push".to_owned(), ended_at };
        let rollback = |passes_freezes| Origin::Rollback { deploy_id, passes_freezes };
        for (origin, passes, past) in [
            (Origin::Request, false, None),
            (rollback(true), true, None),
            (rollback(false), false, None),
            (Origin::Promotion { deploy_id }, false, None),
            (github(None), false, None),
            (github(Some(at)), false, Some(at)),
            (Origin::Rerun { deploy_id, attempt: 2, ended_at: Some(at) }, false, Some(at)),
        ] {
            assert_eq!((origin.passes_freezes(), origin.past()), (passes, past), "{origin:?}");
            assert_eq!(origin.is_request(), origin == Origin::Request);
            assert_eq!(origin.is_github(), origin == github(None) || origin == github(Some(at)));
        }
    }
}
