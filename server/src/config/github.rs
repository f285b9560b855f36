//! Where GitHub is, and who the console is there: a token, or an App.

use std::fs;

use actions_identity::{Issuer, WrongIssuer};
use github::{AppCredentials, Credentials, GitHubConfig};
use reqwest::Url;

use super::{ConfigError, environment::Variables};

const TOKEN: &str = "GITHUB_TOKEN";
const APP_ID: &str = "GITHUB_APP_ID";
const KEY: &str = "GITHUB_APP_PRIVATE_KEY";
const KEY_FILE: &str = "GITHUB_APP_PRIVATE_KEY_FILE";
const ISSUER: &str = "GITHUB_ACTIONS_ISSUER";
const GITHUB_COM: &str = "https://token.actions.githubusercontent.com";

impl Variables<'_> {
    pub(super) fn github(&self) -> Result<GitHubConfig, ConfigError> {
        Ok(GitHubConfig { api_url: self.api_url()?, credentials: self.credentials()? })
    }

    fn api_url(&self) -> Result<Url, ConfigError> {
        let default = || ConfigError::new("GITHUB_API_URL", "has no default", "Set it");
        let url = self.url("GITHUB_API_URL")?;
        url.or_else(|| "https://api.github.com".parse().ok()).ok_or_else(default)
    }

    /// Who signs the identity tokens of workflows: of an Enterprise server, the server itself.
    pub(super) fn actions_issuer(&self) -> Result<Issuer, ConfigError> {
        let text = self.get(ISSUER).unwrap_or_else(|| GITHUB_COM.to_owned());
        text.parse().map_err(|wrong: WrongIssuer| {
            let fix = "Write https:// and the address, such as https://token.actions.githubusercontent.com";
            ConfigError::new(ISSUER, wrong.to_string(), fix)
        })
    }

    /// One of both: which of them counted would be a guess.
    fn credentials(&self) -> Result<Credentials, ConfigError> {
        let app = [APP_ID, KEY, KEY_FILE].into_iter().find(|key| self.get(key).is_some());
        match (self.get(TOKEN), app) {
            (Some(_), Some(app)) => {
                Err(ConfigError::new(app, format!("is set beside {TOKEN}"), "Unset one of them"))
            }
            (None, Some(_)) => self.app().map(Credentials::App),
            (_, None) => self.token(),
        }
    }

    /// GitHub's token, as it is sent. Files end with a line end, and so do the variables that are read from them.
    fn token(&self) -> Result<Credentials, ConfigError> {
        const FIX: &str = "Set it to a token that may run the apps' workflows, or set GITHUB_APP_ID";
        let text = self.get(TOKEN).unwrap_or_default();
        let token = text.trim();
        if token.is_empty() {
            return Err(ConfigError::new(TOKEN, "is not set", FIX));
        }
        if !token.chars().all(|c| c.is_ascii_graphic()) {
            return Err(ConfigError::new(TOKEN, "has a character inside that no token has", FIX));
        }
        Ok(Credentials::Token(token.into()))
    }

    fn app(&self) -> Result<AppCredentials, ConfigError> {
        const ID_FIX: &str = "Set it to the App id or the client id, as the page of the App shows it";
        let id = self.get(APP_ID).unwrap_or_default();
        let id = id.trim();
        if id.is_empty() {
            return Err(ConfigError::new(APP_ID, "is not set, but a private key is", ID_FIX));
        }
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') {
            return Err(ConfigError::new(APP_ID, "is no id of an App", ID_FIX));
        }
        let (key, text) = self.private_key()?;
        AppCredentials::new(id.to_owned(), &text).map_err(|wrong| {
            ConfigError::new(
                key,
                wrong.to_string(),
                "Set it to the file that GitHub made for the App, as it is",
            )
        })
    }

    /// The private key, and the variable that it is from. Where a variable cannot have lines, they are written `\n`.
    fn private_key(&self) -> Result<(&'static str, String), ConfigError> {
        const FIX: &str = "Set it to the private key that GitHub made for the App";
        match (self.get(KEY), self.get(KEY_FILE)) {
            (Some(text), None) => Ok((KEY, text.replace("\\n", "\n"))),
            (None, Some(path)) => fs::read_to_string(&path)
                .map(|text| (KEY_FILE, text))
                .map_err(|error| ConfigError::new(KEY_FILE, format!("{path} cannot be read: {error}"), FIX)),
            (Some(_), Some(_)) => {
                Err(ConfigError::new(KEY_FILE, format!("is set beside {KEY}"), "Unset one of them"))
            }
            (None, None) => Err(ConfigError::new(KEY, "is not set, but GITHUB_APP_ID is", FIX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Credentials, String> {
        let get =
            |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
        Variables(&get).credentials().map_err(|error| error.to_string())
    }

    #[test]
    fn f98_issuer_is_github_com_unless_it_is_said() {
        let read = |value: Option<&str>| {
            let get = |_: &str| value.map(str::to_owned);
            Variables(&get).actions_issuer().map_err(|error| error.to_string())
        };
        for (value, expected) in [
            (None, "https://token.actions.githubusercontent.com"),
            (Some(""), "https://token.actions.githubusercontent.com"),
            (Some("https://ghe.example.com/_services/token/"), "https://ghe.example.com/_services/token"),
            (Some("http://127.0.0.1:8080/actions-identity"), "http://127.0.0.1:8080/actions-identity"),
        ] {
            assert_eq!(read(value).unwrap().as_str(), expected);
        }
        for (wrong, words) in [
            ("ghe.example.com", "is not the address of an issuer"),
            ("http://ghe.example.com", "is not at https"),
            ("https://me:canary@ghe.example.com", "is not the address"),
        ] {
            let line = read(Some(wrong)).unwrap_err();
            assert!(line.starts_with("GITHUB_ACTIONS_ISSUER: ") && line.contains(words), "{line}");
            assert!(!line.contains("canary") && !line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn f72_token_ends_at_its_line() {
        for given in ["ghp_x1", "ghp_x1\n", " ghp_x1\r\n\n", "\tghp_x1 "] {
            let Ok(Credentials::Token(token)) = read(&[(TOKEN, given)]) else { panic!("{given:?}") };
            assert_eq!(token.expose_secret(), "ghp_x1", "{given:?}");
        }
        for wrong in ["", " \n", "canary\nx", "cana ry", "canary\u{7f}x", "canary\0x", "canäry"] {
            let line = read(&[(TOKEN, wrong)]).unwrap_err();
            assert!(line.starts_with("GITHUB_TOKEN: ") && !line.contains("can"), "{line}");
        }
    }

    /// A wrong variable is one line that names it, and never shows a key.
    #[test]
    fn wrong_app_is_said_in_one_line() {
        const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----\n";
        for (pairs, key, words) in [
            (&[(TOKEN, "ghp_x"), (APP_ID, "7")][..], APP_ID, "beside GITHUB_TOKEN"),
            (&[(TOKEN, "ghp_x"), (KEY, PEM)], KEY, "beside GITHUB_TOKEN"),
            (&[(KEY, PEM)], APP_ID, "is not set"),
            (&[(APP_ID, "7")], KEY, "is not set"),
            (&[(APP_ID, "7"), (KEY, PEM)], KEY, "no RSA private key"),
            (&[(APP_ID, "7"), (KEY, PEM), (KEY_FILE, "/x")], KEY_FILE, "beside"),
            (&[(APP_ID, "7"), (KEY_FILE, "/nowhere/app.pem")], KEY_FILE, "/nowhere/app.pem cannot be read"),
            (&[(APP_ID, "seven\n8"), (KEY, PEM)], APP_ID, "no id"),
        ] {
            let line = read(pairs).unwrap_err();
            assert!(line.starts_with(&format!("{key}: ")) && line.contains(words), "{line}");
            assert!(!line.contains("canary") && !line.contains('\n'), "{line}");
        }
    }
}
