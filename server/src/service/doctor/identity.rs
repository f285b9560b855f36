//! Whether identity tokens of GitHub Actions can be verified. Only a workflow can get one, so that they arrive is shown by the
//! next callback, and not by a test from here.

use actions_identity::{KeysError, Verifier};
use app::api::{Check, CheckSubject};

use super::found::{ok, problem, unknown};

const SUBJECT: CheckSubject = CheckSubject::Identity;
const FIX: &str = "Set GITHUB_ACTIONS_ISSUER to the issuer of the GitHub that runs the workflows.";

/// What can be known before a callback comes.
pub(super) async fn check(verifier: &Verifier) -> Check {
    let issuer = verifier.issuer();
    let known_by = format!("the keys that {issuer} publishes, read now by this machine");
    match verifier.count_keys().await {
        Ok(count) => ok(
            SUBJECT,
            format!(
                "The keys of GitHub Actions can be read ({count}). That the workflows reach the console is shown by \
                 their next callback."
            ),
            known_by,
        ),
        Err(error) => away(error, issuer.as_str(), known_by),
    }
}

fn away(error: KeysError, issuer: &str, known_by: String) -> Check {
    match error {
        KeysError::TooSlow | KeysError::Unreachable | KeysError::Broken => unknown(
            SUBJECT,
            format!("The keys of GitHub Actions cannot be read at {issuer}: {error}."),
            known_by,
            "Let this machine reach it over https; without the keys no identity token is accepted.",
        ),
        KeysError::Status(_)
        | KeysError::Unreadable
        | KeysError::OtherIssuer
        | KeysError::KeysElsewhere
        | KeysError::NoKeys => {
            problem(SUBJECT, format!("{issuer} is not an issuer of GitHub Actions: {error}."), known_by, FIX)
        }
    }
}
