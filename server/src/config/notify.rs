//! Who is notified when a deploy ends. Addresses are secrets: anyone who knows Slack's may post there. No message
//! quotes one.

use secrecy::SecretString;
use webhook::SigningSecrets;

use super::{ConfigError, environment};

const SLACK_URL: &str = "SLACK_WEBHOOK_URL";
const URL: &str = "CONSOLE_WEBHOOK_URL";
const SECRET: &str = "CONSOLE_WEBHOOK_SECRET";

/// Who is notified when a deploy ends.
#[derive(Clone, Debug, Default)]
pub struct NotifyConfig {
    /// `SLACK_WEBHOOK_URL`: an incoming webhook of Slack; `None`: no Slack.
    pub slack: Option<SecretString>,
    /// `CONSOLE_WEBHOOK_URL` and `CONSOLE_WEBHOOK_SECRET`: a signed webhook, if any.
    pub webhook: Option<WebhookConfig>,
}

/// The webhook of another receiver.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// Where to post.
    pub url: SecretString,
    /// What to sign with: with each of them, so that the receiver can move from one to the next.
    pub secrets: SigningSecrets,
}

impl NotifyConfig {
    /// Reads the variables.
    ///
    /// # Errors
    /// The first that is wrong, or missing beside the one it goes with.
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self { slack: address(get, SLACK_URL)?, webhook: webhook(get)? })
    }
}

fn webhook(get: &dyn Fn(&str) -> Option<String>) -> Result<Option<WebhookConfig>, ConfigError> {
    match (address(get, URL)?, environment::secrets(get, SECRET)?) {
        (Some(url), Some(secrets)) => Ok(Some(WebhookConfig { url, secrets })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(ConfigError::new(
            SECRET,
            format!("is not set, but {URL} is"),
            "Set it to what the receiver verifies with: whsec_ and base64, or any other text",
        )),
        (None, Some(_)) => Err(ConfigError::new(
            URL,
            format!("is not set, but {SECRET} is"),
            format!("Set it to where to post, or unset {SECRET}"),
        )),
    }
}

fn address(get: &dyn Fn(&str) -> Option<String>, key: &str) -> Result<Option<SecretString>, ConfigError> {
    let Some(text) = get(key).filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = |problem| {
        let fix = "Write it out as its owner gave it, https:// and all; it is a secret, and not shown here";
        Err(ConfigError::new(key, problem, fix))
    };
    match reqwest::Url::parse(text.trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => wrong("is not an http(s) URL"),
        Ok(url) if environment::has_credentials(&url) => wrong(environment::CREDENTIALS),
        Ok(_) => Ok(Some(text.trim().into())),
        Err(_) => wrong("is not an http(s) URL"),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<NotifyConfig, String> {
        let get =
            |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
        NotifyConfig::read(&get).map_err(|error| error.to_string())
    }

    #[test]
    fn unset_notifies_no_channel() {
        let nobody = read(&[(SLACK_URL, ""), (URL, "")]).unwrap();
        assert!(nobody.slack.is_none() && nobody.webhook.is_none());
    }

    #[test]
    fn set_values_are_used() {
        let config = read(&[(SLACK_URL, "https://hooks.slack.com/services/T/B/x")]).unwrap();
        assert_eq!(config.slack.unwrap().expose_secret(), "https://hooks.slack.com/services/T/B/x");
        let config = read(&[(URL, "http://127.0.0.1:9/?a=b"), (SECRET, "new old")]).unwrap();
        assert_eq!(config.webhook.unwrap().url.expose_secret(), "http://127.0.0.1:9/?a=b");
    }

    /// A wrong variable is one line that names it and quotes nothing.
    #[test]
    fn f58_invalid_variable_error_quotes_nothing() {
        for (pairs, words) in [
            (&[(SLACK_URL, "canary")][..], [SLACK_URL, "not an http(s) URL"]),
            (&[(SLACK_URL, "ftp://canary")], [SLACK_URL, "not an http(s) URL"]),
            (&[(SLACK_URL, "https://me:canary@hooks.slack.com/x")], [SLACK_URL, "a password"]),
            (&[(SLACK_URL, "https://[canary")], [SLACK_URL, "not an http(s) URL"]),
            (&[(URL, "/canary"), (SECRET, "canary")], [URL, "not an http(s) URL"]),
            (&[(URL, "https://canary")], [SECRET, "is not set, but CONSOLE_WEBHOOK_URL is"]),
            (&[(SECRET, "canary")], [URL, "is not set, but CONSOLE_WEBHOOK_SECRET is"]),
            (&[(URL, "https://canary"), (SECRET, " ")], [SECRET, "is empty"]),
            (&[(URL, "https://canary"), (SECRET, "whsec_%canary")], [SECRET, "base64"]),
        ] {
            let line = read(pairs).unwrap_err();
            assert!(line.starts_with(words[0]) && line.contains(words[1]), "{line}");
            assert!(!line.contains("canary") && !line.contains('\n'), "{line}");
        }
        let config = read(&[(SLACK_URL, "https://canary"), (URL, "https://canary"), (SECRET, "canary")]);
        let shown = format!("{:?}", config.unwrap());
        assert!(!shown.contains("canary"), "{shown}");
    }
}
