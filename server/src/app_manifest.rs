//! What a GitHub App has to be for the console: printed, for GitHub's form.
//!
//! <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>

use serde_json::{Value, json};

/// The manifest: nothing that the console does not use. The App is of use to its owner alone.
#[must_use]
pub fn manifest(name: &str, console_url: &str) -> Value {
    json!({
        "name": name,
        "url": console_url,
        "description": "Starts, follows and cancels the deploy workflows of the Deploy Console.",
        "public": false,
        "default_permissions": {
            "actions": "write",
            "contents": "read",
            "deployments": "write",
            "metadata": "read",
        },
        "default_events": ["workflow_run", "workflow_job", "deployment_protection_rule"],
        // GitHub cannot reach a console that is on one machine alone.
        "hook_attributes": {
            "url": format!("{console_url}/api/github/webhooks"),
            "active": console_url.starts_with("https:"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_asks_for_no_more_than_is_used() {
        let manifest = manifest("Deploys of acme", "https://console.example.com");
        assert_eq!(manifest["url"], "https://console.example.com");
        assert_eq!(manifest["public"], false);
        let expected = json!({
            "actions": "write",
            "contents": "read",
            "deployments": "write",
            "metadata": "read",
        });
        assert_eq!(manifest["default_permissions"], expected);
        let hook = json!({ "url": "https://console.example.com/api/github/webhooks", "active": true });
        assert_eq!(manifest["hook_attributes"], hook);
    }
}
