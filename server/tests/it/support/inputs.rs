//! An app whose workflow takes inputs of its own.

use super::{CONSOLE_TOML, Given, TestConsole};

/// Its workflow file.
pub const WORKFLOW: &str = r"
on:
  workflow_dispatch:
    inputs:
      console_deploy_id:
      environment: { type: choice, options: [production, staging], required: true }
      git_ref: { required: true }
      app: { required: true }
      region: { type: choice, options: [eu, us], required: true }
      dry_run: { type: boolean }
      ticket: { required: true }
";

const INPUTS: &str = r#"
    [app.inputs]
    app = "shop"

    [[app.input]]
    name = "region"
    type = "choice"
    options = ["eu", "us"]
    default = "eu"

    [[app.input]]
    name = "dry_run"
    type = "boolean"

    [[app.input]]
    name = "ticket"
    type = "string"
    required = true
"#;

/// A console with such an app, and its workflow file on the simulated GitHub.
pub async fn console() -> TestConsole {
    let apps = format!("{CONSOLE_TOML}{INPUTS}");
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    console.github.write_workflow("acme/shop", "deploy.yml", WORKFLOW).unwrap();
    console
}
