//! What is there to be copied: the sample files name workflows that are shipped, and say of them what is so.

use std::path::Path;

use serde_json::Value;
use server::config::{Apps, REHEARSAL_WORKFLOWS};

/// An app of the rehearsal that is misconfigured, for the doctor to say so.
const MISCONFIGURED: &str = "legacy-billing";

const REHEARSED: [&str; 4] =
    ["deploy-console.yml", "deploy-heroku.yml", "deploy-customer-docs.yml", REHEARSAL_WORKFLOWS[0].1];
const SHIPPED: [&str; 5] =
    [REHEARSED[0], REHEARSED[1], REHEARSED[2], "deploy-push-to-staging.yml", "deploy-matrix.yml"];

const SAMPLES: [(&str, &str, &[&str]); 2] = [
    ("console.example.toml", include_str!("../../../../console.example.toml"), &SHIPPED),
    ("rehearsal.toml", include_str!("../../../src/config/rehearsal.toml"), &REHEARSED),
];

fn workflow(name: &str) -> Value {
    if let Some((_, _, text)) = REHEARSAL_WORKFLOWS.iter().find(|(_, known, _)| *known == name) {
        return serde_saphyr::from_str(text).unwrap();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows");
    serde_saphyr::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn samples_match_shipped_workflows_and_gates() {
    for (name, text, expected) in SAMPLES {
        let apps = Apps::parse(text, name).unwrap();
        let fitting = || apps.iter().filter(|app| app.name != MISCONFIGURED);
        let workflows: Vec<_> = fitting().map(|app| app.workflow.as_str()).collect();
        assert_eq!(workflows, expected, "{name}");
        for app in fitting() {
            let workflow = workflow(&app.workflow);
            let has = |job: &str| workflow["jobs"].get(job).is_some();
            assert!(has(&app.jobs.deploy), "{name}: {}", app.name);
            for environment in &app.environments {
                let what = format!("{name}: {} {}", app.name, environment.name);
                assert_eq!(environment.gates.smoke_gate, has(&app.jobs.smoke_gate), "{what}");
                // The shipped ones check for a freeze in production alone.
                let checks = has(&app.jobs.freeze_check) && environment.name == "production";
                assert_eq!(environment.gates.freeze_check, checks, "{what}");
                let inputs = &workflow["on"]["workflow_dispatch"]["inputs"];
                let options = inputs["environment"]["options"].as_array().unwrap();
                assert!(options.iter().any(|option| *option == environment.name), "{what}");
                let fixed = app.inputs.fixed.iter().map(|(name, _)| name);
                for input in fixed.chain(app.inputs.typed.iter().map(|spec| spec.name.as_str())) {
                    assert!(inputs.get(input).is_some(), "{what}: {input}");
                }
            }
        }
    }
}
