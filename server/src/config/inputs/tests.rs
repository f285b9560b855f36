use app::domain::InputKind;

use crate::config::Apps;

fn file(of_app: &str) -> String {
    format!(
        "[[app]]\nname = \"shop\"\nrepo = \"acme/shop\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
         environments = [{{ name = \"staging\", freeze_check = false }}]\n{of_app}"
    )
}

fn refusal(text: &str) -> String {
    let line = Apps::parse(text, "console.toml").unwrap_err().to_string();
    assert!(line.starts_with("console.toml") && !line.contains('\n'), "{line:?}");
    line
}

#[test]
fn values_are_sent_as_text() {
    let text = file(
        "[app.inputs]\nservice = \"till\"\nreplicas = 3\nshare = 0.5\ncanary = true\n\
         [[app.input]]\nname = \"region\"\ntype = \"choice\"\noptions = [\"eu\", 2]\ndefault = 2\n\
         [[app.input]]\nname = \"dry_run\"\ntype = \"boolean\"\ndefault = true\nrequired = true\n\
         [[app.input]]\nname = \"note\"\ntype = \"string\"\n",
    );
    let apps = Apps::parse(&text, "console.toml").unwrap();
    let inputs = &apps.find("shop", "staging").unwrap().0.inputs;
    let fixed: Vec<_> = inputs.fixed.iter().collect();
    assert_eq!(fixed, [("canary", "true"), ("replicas", "3"), ("service", "till"), ("share", "0.5")]);
    let typed: Vec<_> = inputs
        .typed
        .iter()
        .map(|spec| (spec.name.as_str(), spec.kind.clone(), spec.default.as_deref(), spec.required))
        .collect();
    let region = InputKind::Choice(vec!["eu".to_owned(), "2".to_owned()]);
    assert_eq!(
        typed,
        [
            ("region", region, Some("2"), false),
            ("dry_run", InputKind::Boolean, Some("true"), true),
            ("note", InputKind::String, None, false)
        ]
    );
}

#[test]
fn wrong_input_is_named_with_its_fix() {
    let input = |rest: &str| format!("[[app.input]]\nname = \"region\"\n{rest}\n");
    let fixed = |line: &str| format!("[app.inputs]\n{line}\n");
    let many = |count: usize| {
        let lines: Vec<_> = (0..count).map(|number| format!("i{number} = {number}")).collect();
        fixed(&lines.join("\n"))
    };
    let choice = |rest: &str| input(&format!("type = \"choice\"\n{rest}"));
    let text = input("type = \"string\"");
    for (of_app, expected) in [
        (input("type = \"number\""), "unknown variant `number`"),
        (input("type = \"string\"\nhint = \"\""), "unknown field `hint`"),
        (input(""), "missing field `type`"),
        (text.replace("region", ""), "input ``: is not a name that GitHub takes"),
        (text.replace("region", "2nd"), "input `2nd`: is not a name that GitHub takes"),
        (text.replace("region", "the region"), "input `the region`: is not a name"),
        (text.replace("region", "Git_Ref"), "input `Git_Ref`: is an input that the console itself sends"),
        (
            fixed("phase_callbacks = true"),
            "inputs.phase_callbacks: is an input that the console itself sends",
        ),
        (text.replace("region", "Requested_by"), "input `Requested_by`: is an input that the console itself"),
        (fixed("\"a.b\" = 1"), "inputs.a.b: is not a name"),
        (format!("{text}{text}"), "input `region`: is there twice"),
        (format!("{}{text}", fixed("Region = \"eu\"")), "input `region`: is there twice"),
        (choice(""), "input `region`: has no options"),
        (choice("options = []"), "input `region`: has no options"),
        (choice("options = [\"eu\", \"\"]"), "has an option that cannot be chosen"),
        (choice("options = [\"eu\", \"eu\"]"), "its option `eu` is there twice"),
        (input("type = \"boolean\"\noptions = [\"a\"]"), "input `region`: has options"),
        (choice("options = [\"eu\"]\ndefault = \"us\""), "For a default, give one of eu"),
        (input("type = \"boolean\"\ndefault = \"yes\""), "For a default, give true or false"),
        (input("type = \"string\"\ndefault = \"a\\nb\""), "For a default, leave out line ends"),
        (input("type = \"string\"\ndefault = \" \"\nrequired = true"), "its default is empty"),
        (fixed("a = \"x\\ty\""), "inputs.a: cannot be sent"),
        (fixed("a = [1]"), "a text, a number, or true or false is expected"),
        (many(22), "inputs: with the 4 of the console there are 26. GitHub takes 25"),
        (
            format!("send_requested_by = true\n{}", many(21)),
            "inputs: with the 5 of the console there are 26.",
        ),
        ("send_requested_by = \"yes\"".to_owned(), "invalid type: string"),
    ] {
        let line = refusal(&file(&of_app));
        assert!(line.contains(expected), "{line:?} lacks {expected:?}");
    }
    assert!(Apps::parse(&file(&many(21)), "console.toml").is_ok());
}

#[test]
fn f87_shared_workflow_needs_a_distinguishing_input() {
    let two = |first: &str, second: &str| {
        let other =
            file(second).replace("name = \"shop\"", "name = \"till\"").replace("acme/shop", "Acme/Shop");
        format!("{}\n{other}", file(first))
    };
    let input = |line: &str| format!("[app.inputs]\n{line}\n");
    let shared =
        "app `till`: workflow: is the workflow of `shop` in Acme/Shop, too, and no input tells them apart";
    for (first, second) in [
        (String::new(), String::new()),
        (input("app = \"shop\""), String::new()),
        (input("app = \"shop\""), input("app = \"shop\"")),
        (input("app = \"shop\""), input("other = \"till\"")),
    ] {
        let line = refusal(&two(&first, &second));
        assert!(line.contains(shared), "{line:?}");
    }
    let told_apart = two(&input("app = \"shop\""), &input("app = \"till\""));
    assert!(Apps::parse(&told_apart, "console.toml").is_ok());
    let elsewhere = two("", "").replace("Acme/Shop", "acme/till");
    assert!(Apps::parse(&elsewhere, "console.toml").is_ok());
}
