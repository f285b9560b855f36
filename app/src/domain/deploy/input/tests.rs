use proptest::prelude::*;
use serde_json::json;

use super::{InputKind, InputProblem, InputSpec, InputValues};

fn spec(name: &str, kind: InputKind, default: Option<&str>, required: bool) -> InputSpec {
    InputSpec { name: name.to_owned(), kind, default: default.map(str::to_owned), required }
}

fn choice() -> InputKind {
    InputKind::Choice(vec!["eu".to_owned(), "us".to_owned()])
}

fn values(json: serde_json::Value) -> InputValues {
    serde_json::from_value(json).unwrap()
}

#[test]
fn booleans_are_given_as_such_or_as_text() {
    let given = values(json!({ "dry_run": true, "notify": "false", "region": "eu" }));
    assert_eq!(
        serde_json::to_value(&given).unwrap(),
        json!({ "dry_run": "true", "notify": "false", "region": "eu" })
    );
    for wrong in [json!({ "a": 1 }), json!({ "a": null }), json!({ "a": ["b"] }), json!(["a"])] {
        assert!(serde_json::from_value::<InputValues>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn label_is_the_name_in_words() {
    for (name, label) in
        [("dry_run", "Dry run"), ("region", "Region"), ("_x", " x"), ("log-level", "Log-level")]
    {
        assert_eq!(spec(name, InputKind::String, None, false).label(), label);
    }
}

#[test]
fn values_are_resolved_by_one_rule() {
    use InputKind::{Boolean, String as Text};
    let long = "x".repeat(1_001);
    let options = || InputProblem::NotAnOption(vec!["eu".to_owned(), "us".to_owned()]);
    let cases = [
        // kind, default, required, given, what is sent
        (Text, None, false, None, Ok(None)),
        (Text, None, false, Some(""), Ok(None)),
        (Text, None, false, Some("a b"), Ok(Some("a b"))),
        (Text, None, true, None, Err(InputProblem::Missing)),
        (Text, None, true, Some(" "), Err(InputProblem::Missing)),
        (Text, Some("d"), false, None, Ok(Some("d"))),
        (Text, Some("d"), false, Some(""), Ok(Some(""))),
        (Text, Some("d"), true, Some(""), Err(InputProblem::Missing)),
        (Text, None, false, Some("a\nb"), Err(InputProblem::ControlCharacter)),
        (Text, None, false, Some(&long), Err(InputProblem::TooLong)),
        (choice(), None, false, Some(""), Ok(None)),
        (choice(), None, true, Some(""), Err(InputProblem::Missing)),
        (choice(), Some("us"), true, Some(""), Ok(Some("us"))),
        (choice(), None, false, Some("EU"), Err(options())),
        (choice(), None, true, Some("eu"), Ok(Some("eu"))),
        (Boolean, None, false, None, Ok(None)),
        (Boolean, Some("true"), true, Some("false"), Ok(Some("false"))),
        (Boolean, None, false, Some("yes"), Err(InputProblem::NotABoolean)),
        (Boolean, None, true, None, Err(InputProblem::Missing)),
    ];
    for (kind, default, required, given, sent) in cases {
        let spec = spec("it", kind, default, required);
        assert_eq!(spec.resolve(given), sent, "{spec:?} given {given:?}");
    }
}

#[test]
fn every_problem_is_named_at_once() {
    let specs = [spec("region", choice(), None, true), spec("dry_run", InputKind::Boolean, None, false)];
    let problems = values(json!({ "dry_run": "maybe", "speed": "9" })).resolve(&specs).unwrap_err();
    let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "inputs.speed: this app takes no such input, only region, dry_run.",
            "inputs.region: give a value.",
            "inputs.dry_run: give true or false.",
        ]
    );
    let of_none = values(json!({ "speed": "9" })).resolve(&[]).unwrap_err();
    assert_eq!(of_none[0].to_string(), "inputs.speed: this app takes no inputs.");
}

#[test]
fn earlier_values_repeat_where_still_valid() {
    let specs = [
        spec("region", choice(), Some("eu"), false),
        spec("dry_run", InputKind::Boolean, None, false),
        spec("note", InputKind::String, None, false),
    ];
    let earlier = values(json!({ "region": "asia", "dry_run": "true", "note": "first", "gone": "x" }));
    let now = values(json!({ "note": "second" })).or_repeat(&earlier, &specs);
    assert_eq!(now, values(json!({ "dry_run": "true", "note": "second" })));
    assert_eq!(now.resolve(&specs).unwrap().get("region"), Some("eu"));
}

fn any_spec() -> impl Strategy<Value = InputSpec> {
    let kinds = prop_oneof![Just(InputKind::String), Just(choice()), Just(InputKind::Boolean)];
    ("[a-c]", kinds, any::<bool>(), any::<bool>()).prop_map(|(name, kind, has_default, required)| {
        let default = match &kind {
            InputKind::String => "text",
            InputKind::Choice(_) => "us",
            InputKind::Boolean => "true",
        };
        spec(&name, kind, has_default.then_some(default), required)
    })
}

proptest! {
    /// What is resolved is of the app's inputs, valid, complete, and resolves to itself.
    #[test]
    fn resolved_values_are_valid_and_stay(
        specs in proptest::collection::vec(any_spec(), 0..4),
        given in proptest::collection::btree_map("[a-d]", "(eu|us|true|false|\\PC{0,3}|.{0,3})", 0..4),
    ) {
        let mut specs = specs;
        specs.sort_by(|a, b| a.name.cmp(&b.name));
        specs.dedup_by(|a, b| a.name == b.name);
        let given: InputValues = given.into_iter().collect();
        match given.resolve(&specs) {
            Ok(resolved) => {
                for (name, value) in resolved.iter() {
                    let spec = specs.iter().find(|spec| spec.name == name).expect("an input of the app");
                    prop_assert_eq!(spec.kind.check(value), Ok(()));
                    prop_assert!(!value.contains('\n') && value.chars().count() <= 1_000);
                }
                for spec in specs.iter().filter(|spec| spec.required) {
                    prop_assert!(resolved.get(&spec.name).is_some_and(|value| !value.trim().is_empty()));
                }
                prop_assert_eq!(resolved.resolve(&specs), Ok(resolved.clone()));
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    let prefix = format!("inputs.{}: ", problem.name);
                    prop_assert!(problem.to_string().starts_with(&prefix));
                }
            }
        }
    }
}
