//! Times during which nothing is deployed: what a freeze is. When a recurring one holds depends on a time zone,
//! which the server alone knows.

use std::{fmt, str::FromStr};

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Timestamp;

/// The id of a freeze.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct FreezeId(Uuid);

impl FreezeId {
    /// The freeze of this id.
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for FreezeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for FreezeId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// A freeze, as it was declared.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// What it is for.
    pub scope: Scope,
    /// When it holds, unless it was lifted.
    pub window: Window,
    /// Why.
    pub reason: String,
    /// Who declared it.
    pub declared_by: String,
    /// When.
    pub declared_at: Timestamp,
    /// Who ended it early, and when.
    pub lifted: Option<Lifted>,
}

/// The end of a freeze by hand.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lifted {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What a freeze is for: every app and every environment, unless it says which.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Scope {
    /// This app alone.
    pub app: Option<String>,
    /// This environment alone, of any app.
    pub environment: Option<String>,
}

impl Scope {
    /// Whether it covers this environment of this app.
    #[must_use]
    pub fn covers(&self, app: &str, environment: &str) -> bool {
        self.app.as_deref().is_none_or(|name| name == app)
            && self.environment.as_deref().is_none_or(|name| name == environment)
    }
}

/// When a freeze holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Window {
    /// From its declaration until it is lifted: the stop button.
    UntilLifted,
    /// From one instant to another.
    Once {
        /// The first instant of it.
        from: Timestamp,
        /// The first instant after it.
        until: Timestamp,
    },
    /// Every week, by the clocks of a place.
    Weekly {
        /// Where it begins in the week.
        from: WeekTime,
        /// Where it ends; if that comes before the beginning, then in the week after.
        until: WeekTime,
        /// Whose clocks: a name of the IANA database, such as `Europe/Berlin`.
        time_zone: String,
    },
    /// Something that this build does not understand. It holds until it is lifted: a newer build meant it to.
    #[serde(other)]
    Unknown,
}

/// A place in the week.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WeekTime {
    /// The day.
    pub day: Day,
    /// The time on the clock.
    pub at: Time,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Day {
    /// The days, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }

    /// The value in a form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}

/// That an environment is frozen at some instant: by what, and until when.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Frozen {
    /// Every freeze that holds, oldest first.
    pub holds: Vec<ActiveFreeze>,
    /// When none of what is declared now holds any more; none: when somebody lifts one.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub opens_at: Option<Timestamp>,
}

/// One freeze that holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ActiveFreeze {
    /// Which.
    #[cfg_attr(feature = "ssr", schema(value_type = uuid::Uuid))]
    pub freeze_id: FreezeId,
    /// Why.
    pub reason: String,
    /// Who declared it.
    pub declared_by: String,
    /// When it ends; none: when somebody lifts it.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub until: Option<Timestamp>,
}

/// What a workflow is told at its freeze check.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum FreezeVerdict {
    /// Nothing is frozen.
    Open,
    /// It must not go on.
    Frozen(Frozen),
    /// It is frozen, and goes on all the same: whoever asked for the deploy said why.
    Overridden {
        /// Why.
        reason: String,
        /// What was overridden.
        #[serde(flatten)]
        frozen: Frozen,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scope covers what it names, and everything in a dimension that it does not name.
    #[test]
    fn scope_covers_what_it_names_or_omits() {
        let scope = |app: Option<&str>, environment: Option<&str>| Scope {
            app: app.map(str::to_owned),
            environment: environment.map(str::to_owned),
        };
        for (scope, covers) in [
            (scope(None, None), [true, true, true]),
            (scope(Some("shop"), None), [true, true, false]),
            (scope(None, Some("production")), [true, false, true]),
            (scope(Some("shop"), Some("production")), [true, false, false]),
        ] {
            let places = [("shop", "production"), ("shop", "staging"), ("docs", "production")];
            assert_eq!(places.map(|(app, environment)| scope.covers(app, environment)), covers, "{scope:?}");
        }
    }

    #[test]
    fn days_have_one_name() {
        for day in Day::ALL {
            assert_eq!(serde_json::to_value(day).unwrap(), day.as_str());
            assert_eq!(day.label().to_lowercase(), day.as_str());
        }
        assert_eq!(
            Day::ALL.map(Day::label).join(" "),
            "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
        );
    }

    #[test]
    fn freeze_id_round_trips() {
        let id = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4";
        let read: FreezeId = id.parse().unwrap();
        assert_eq!((read.to_string().as_str(), serde_json::to_value(read).unwrap()), (id, id.into()));
        assert_eq!(FreezeId::new(Uuid::nil()).to_string(), Uuid::nil().to_string());
        assert!("of no freeze".parse::<FreezeId>().is_err());
    }

    /// A window of a newer build is unknown, and no error.
    #[test]
    fn newer_window_parses_as_unknown() {
        let window: Window = serde_json::from_str(r#"{"kind":"full_moon","phase":3}"#).unwrap();
        assert_eq!(window, Window::Unknown);
    }
}
