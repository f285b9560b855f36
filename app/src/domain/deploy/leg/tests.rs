use Status::{
    Building, Deploying, Dispatched, Failed, FreezeCheckPassed, SmokeGatePassed, SmokeGateStarted, Succeeded,
};

use super::*;

fn leg(index: u32, total: u32) -> Leg {
    Leg::new(index, total, Some(["eu", "us", "asia"][index as usize])).unwrap()
}

fn said(index: u32, total: u32, status: Status) -> LegReport {
    LegReport { leg: leg(index, total), status, stage: None, log_line: None, at: Timestamp::UNIX_EPOCH }
}

#[test]
fn leg_has_a_number_below_its_total() {
    for (index, total, is_leg) in [
        (0, 2, true),
        (1, 2, true),
        (2, 2, false),
        (0, 1, false),
        (0, 0, false),
        (255, 256, true),
        (0, 257, false),
        (u32::MAX, u32::MAX, false),
    ] {
        assert_eq!(Leg::new(index, total, None).is_ok(), is_leg, "{index} of {total}");
        let text = format!(r#"{{"index":{index},"total":{total}}}"#);
        assert_eq!(serde_json::from_str::<Leg>(&text).is_ok(), is_leg, "{text}");
    }
    for text in [r#"{"index":0}"#, r#"{"total":2}"#, r#"{"index":-1,"total":2}"#, "3", "[0,2]", "null"] {
        assert!(serde_json::from_str::<Leg>(text).is_err(), "{text}");
    }
}

#[test]
fn f76_name_of_leg_is_trimmed_and_cut() {
    let name = |text: &str| Leg::new(0, 2, Some(text)).unwrap().name;
    assert_eq!((name(" eu "), name("  ")), (Some("eu".to_owned()), None));
    assert_eq!(name(&"ä".repeat(300)).unwrap().chars().count(), LONGEST_NAME);
}

/// Written down a second time, by hand: a step begins with the first leg, and is done with the last.
#[test]
fn f76_beginnings_count_first_ends_last() {
    use LegVerdict::{Contradicts, Counted, Repeated, Speaks};
    let both = |status| vec![said(0, 2, status)];
    for (current, claimed, heard, verdict) in [
        (FreezeCheckPassed, Building, vec![], Speaks),
        (Building, Building, both(Building), Counted),
        (Building, Deploying, vec![], Counted),
        (Building, Deploying, both(Deploying), Speaks),
        (Building, Succeeded, both(Deploying), Counted),
        (Deploying, Succeeded, vec![], Counted),
        (Deploying, Succeeded, both(Succeeded), Speaks),
        (Deploying, Deploying, both(Deploying), Counted),
        (Building, Failed, both(Succeeded), Speaks),
        (Dispatched, SmokeGateStarted, vec![], Speaks),
        (SmokeGateStarted, SmokeGatePassed, vec![], Counted),
        (SmokeGateStarted, SmokeGatePassed, both(SmokeGatePassed), Speaks),
        // What comes before was never said: the table refuses it.
        (FreezeCheckPassed, Deploying, vec![], Speaks),
        (SmokeGatePassed, Succeeded, vec![], Speaks),
        (Building, Building, vec![said(1, 2, Building)], Repeated),
        (Building, Building, vec![said(1, 2, Deploying)], Contradicts),
        (Building, Deploying, vec![said(0, 3, Deploying)], Contradicts),
        (Failed, Failed, vec![], Speaks),
        (Succeeded, Succeeded, vec![], Repeated),
    ] {
        let found = count(current, claimed, &leg(1, 2), &heard);
        assert_eq!(found, verdict, "{current}, then {claimed} after {heard:?}");
    }
}

/// Legs of the smoke gate may be more than those of the roll-out.
#[test]
fn f76_steps_count_their_own_legs() {
    let heard = [said(0, 3, SmokeGateStarted), said(1, 3, SmokeGatePassed), said(0, 2, Building)];
    assert_eq!(count(Building, Building, &leg(1, 2), &heard), LegVerdict::Counted);
}
