//! When freezes hold, over the real database of time zones: against clocks on the wall, and around the nights
//! when those are set.

use app::domain::{Day, Freeze, FreezeId, Scope, Timestamp, WeekTime, Window};
use jiff::{
    SignedDuration,
    civil::{Time, Weekday},
    tz::TimeZone,
};
use proptest::prelude::*;
use runtime::ids::uuid_at;
use store::freeze_window::{Until, frozen, holds, periods};

use crate::support::noon;

/// With and without summer time, on both halves of the Earth; half an hour of it; offsets of quarter hours; a
/// date line.
const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Pacific/Apia",
];
/// More than clocks are set by anywhere.
const A_SETTING: SignedDuration = SignedDuration::from_hours(2);

fn day(number: usize) -> Day {
    Day::ALL[number]
}

fn place_in_week() -> impl Strategy<Value = WeekTime> {
    // Often at the hours at which clocks are set.
    let hour = prop_oneof![0..24_i8, 0..4_i8];
    (0..7_usize, hour, 0..60_i8).prop_map(|(number, hour, minute)| WeekTime {
        day: day(number),
        at: Time::constant(hour, minute, 0, 0),
    })
}

/// Any minute of some years; often one near a setting of the clocks.
fn instant(zone: &'static str) -> impl Strategy<Value = Timestamp> {
    let start: Timestamp = "2023-01-01T00:00:00Z".parse().unwrap();
    let zone = TimeZone::get(zone).unwrap();
    let settings: Vec<Timestamp> =
        zone.following(start).take(12).map(|transition| transition.timestamp()).collect();
    let anywhere = (0..3_000_000_i64).prop_map(move |minute| start + SignedDuration::from_mins(minute));
    if settings.is_empty() {
        return anywhere.boxed();
    }
    let near = (proptest::sample::select(settings), -6_000..6_000_i64)
        .prop_map(|(setting, minutes)| setting + SignedDuration::from_mins(minutes));
    prop_oneof![anywhere, near].boxed()
}

fn case() -> impl Strategy<Value = (&'static str, WeekTime, WeekTime, Timestamp)> {
    proptest::sample::select(&ZONES[..])
        .prop_flat_map(|zone| (Just(zone), place_in_week(), place_in_week(), instant(zone)))
        .prop_filter("a week without an end is refused", |(_, from, until, _)| from != until)
}

/// What the clock on the wall says: minutes since Monday.
fn minute_of_week(day: Day, at: Time) -> i64 {
    let days = Day::ALL.iter().position(|it| *it == day).unwrap();
    i64::try_from(days).unwrap() * 1_440 + i64::from(at.hour()) * 60 + i64::from(at.minute())
}

fn clock_says(from: WeekTime, until: WeekTime, zone: &str, at: Timestamp) -> bool {
    let local = at.in_tz(zone).unwrap();
    let today = match local.weekday() {
        Weekday::Monday => Day::Monday,
        Weekday::Tuesday => Day::Tuesday,
        Weekday::Wednesday => Day::Wednesday,
        Weekday::Thursday => Day::Thursday,
        Weekday::Friday => Day::Friday,
        Weekday::Saturday => Day::Saturday,
        Weekday::Sunday => Day::Sunday,
    };
    let now = minute_of_week(today, local.time());
    let (from, until) = (minute_of_week(from.day, from.at), minute_of_week(until.day, until.at));
    if from < until { from <= now && now < until } else { from <= now || now < until }
}

/// Whether clocks are set around an instant.
fn is_near_a_setting(zone: &str, at: Timestamp) -> bool {
    let zone = TimeZone::get(zone).unwrap();
    zone.to_offset(at - A_SETTING) != zone.to_offset(at + A_SETTING)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// A weekly freeze is what the clock says, and never shorter.
    #[test]
    fn weekly_freeze_follows_the_local_clock((zone, from, until, at) in case()) {
        let window = Window::Weekly { from, until, time_zone: zone.to_owned() };
        let holds_now = holds(&window, at).is_some();
        let clock = clock_says(from, until, zone, at);
        if clock {
            prop_assert!(holds_now, "the clock says that it holds");
        } else if holds_now {
            prop_assert!(is_near_a_setting(zone, at), "it holds, and the clock does not say so");
        }
    }

    #[test]
    fn named_end_is_the_end((zone, from, until, at) in case()) {
        let window = Window::Weekly { from, until, time_zone: zone.to_owned() };
        if let Some(end) = holds(&window, at) {
            let Until::At(end) = end else { panic!("{end:?}") };
            prop_assert!(at < end && end <= at + SignedDuration::from_hours(8 * 24));
            let second = SignedDuration::from_secs(1);
            prop_assert!(holds(&window, end - second).is_some());
            prop_assert!(holds(&window, end).is_none() || is_near_a_setting(zone, end));
        }
    }
}

fn weekend(zone: &str) -> Window {
    let at = |day, hour| WeekTime { day, at: Time::constant(hour, 0, 0, 0) };
    Window::Weekly { from: at(Day::Friday, 16), until: at(Day::Monday, 9), time_zone: zone.to_owned() }
}

/// A weekend in which clocks are set is as long as it is.
#[test]
fn weekend_with_clock_change_keeps_its_length() {
    for (at, end) in [
        // Summer time ends on 25 October 2026 and begins on 28 March 2027.
        ("2026-10-23T14:00:00Z", Some("2026-10-26T08:00:00Z")),
        ("2026-10-23T13:59:59Z", None),
        ("2026-10-26T07:59:59Z", Some("2026-10-26T08:00:00Z")),
        ("2026-10-26T08:00:00Z", None),
        ("2027-03-26T15:00:00Z", Some("2027-03-29T07:00:00Z")),
        ("2027-03-29T07:00:00Z", None),
    ] {
        let expected = end.map(|end| Until::At(end.parse().unwrap()));
        assert_eq!(holds(&weekend("Europe/Berlin"), at.parse().unwrap()), expected, "{at}");
    }
}

/// Times that clocks skip or repeat make a freeze longer.
#[test]
fn skipped_or_repeated_times_lengthen_a_freeze() {
    let night = |from, until| {
        let at = |minute| WeekTime { day: Day::Sunday, at: Time::constant(2, minute, 0, 0) };
        Window::Weekly { from: at(from), until: at(until), time_zone: "Europe/Berlin".to_owned() }
    };
    for (at, end) in [
        // 02:30 comes twice on 25 October 2026: from the first 02:15 to the second 02:45.
        ("2026-10-25T00:14:59Z", None),
        ("2026-10-25T00:15:00Z", Some("2026-10-25T01:45:00Z")),
        ("2026-10-25T01:00:00Z", Some("2026-10-25T01:45:00Z")),
        ("2026-10-25T01:45:00Z", None),
        // It never comes on 28 March 2027: from 01:15 to 03:45.
        ("2027-03-28T00:14:59Z", None),
        ("2027-03-28T00:15:00Z", Some("2027-03-28T01:45:00Z")),
        ("2027-03-28T01:45:00Z", None),
    ] {
        let expected = end.map(|end| Until::At(end.parse().unwrap()));
        assert_eq!(holds(&night(15, 45), at.parse().unwrap()), expected, "{at}");
    }
}

#[test]
fn undeterminable_window_holds_until_lifted() {
    for window in [Window::Unknown, Window::UntilLifted, weekend("Atlantis/Capital")] {
        assert_eq!(holds(&window, noon()), Some(Until::Lifted), "{window:?}");
    }
}

fn freeze(window: Window, app: Option<&str>) -> Freeze {
    Freeze {
        id: FreezeId::new(uuid_at(noon())),
        scope: Scope { app: app.map(str::to_owned), environment: None },
        window,
        reason: "because".to_owned(),
        declared_by: "somebody".to_owned(),
        declared_at: noon(),
        lifted: None,
    }
}

#[test]
fn opens_after_the_last_overlapping_window() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let once = |from, until| Window::Once { from: at(from), until: at(until) };
    let saturday = at("2026-11-21T12:00:00Z");
    let weekend = freeze(weekend("UTC"), None);
    let monday = freeze(once("2026-11-23T08:00:00Z", "2026-11-23T18:00:00Z"), Some("shop"));
    let tuesday = freeze(once("2026-11-23T18:00:00Z", "2026-11-24T18:00:00Z"), Some("shop"));
    let elsewhere = freeze(Window::UntilLifted, Some("docs"));
    let all = [weekend.clone(), monday, tuesday, elsewhere.clone()];

    let shop = frozen(&all, "shop", "production", saturday).unwrap();
    assert_eq!(shop.holds.iter().map(|hold| hold.freeze_id).collect::<Vec<_>>(), [weekend.id]);
    assert_eq!(shop.holds[0].until, Some(at("2026-11-23T09:00:00Z")));
    assert_eq!(shop.opens_at, Some(at("2026-11-24T18:00:00Z")));

    let docs = frozen(&all, "docs", "production", saturday).unwrap();
    assert_eq!((docs.holds.len(), docs.opens_at), (2, None));
    assert_eq!(docs.holds[1].freeze_id, elsewhere.id);
    assert_eq!(frozen(&all, "shop", "production", at("2026-11-25T12:00:00Z")), None);
}

#[test]
fn window_without_gaps_has_no_end() {
    let at = |number: usize| WeekTime { day: day(number), at: Time::midnight() };
    let weekly =
        |from, until| Window::Weekly { from: at(from), until: at(until), time_zone: "UTC".to_owned() };
    let always = [freeze(weekly(0, 3), None), freeze(weekly(3, 0), None)];
    assert_eq!(frozen(&always, "shop", "production", noon()).unwrap().opens_at, None);
}

/// The next times of a weekly window, over the night in which clocks are set back; the one that holds now comes first.
#[test]
fn next_periods_begin_with_the_current_one() {
    let weekend = Window::Weekly {
        from: WeekTime { day: Day::Friday, at: Time::constant(18, 0, 0, 0) },
        until: WeekTime { day: Day::Monday, at: Time::constant(8, 0, 0, 0) },
        time_zone: "Europe/Berlin".to_owned(),
    };
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let expected = [
        ("2026-10-16T16:00:00Z", "2026-10-19T06:00:00Z"),
        ("2026-10-23T16:00:00Z", "2026-10-26T07:00:00Z"),
        ("2026-10-30T17:00:00Z", "2026-11-02T07:00:00Z"),
    ];
    let expected = expected.map(|(from, until)| (at(from), at(until)));
    for now in ["2026-10-12T06:00:00Z", "2026-10-16T16:00:00Z", "2026-10-19T05:59:59Z"] {
        assert_eq!(periods(&weekend, at(now), 3), expected, "{now}");
    }
    assert_eq!(periods(&weekend, at("2026-10-19T06:00:00Z"), 2), expected[1..]);
    let once = Window::Once { from: at("2026-10-16T16:00:00Z"), until: at("2026-10-19T06:00:00Z") };
    assert_eq!(periods(&once, at("2026-10-19T05:59:59Z"), 5), expected[..1]);
    assert_eq!(periods(&once, at("2026-10-19T06:00:00Z"), 5), []);
    assert_eq!(periods(&Window::UntilLifted, noon(), 5), []);
}
