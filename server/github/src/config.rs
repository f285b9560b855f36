//! Where GitHub is, and who the console is there.

use reqwest::Url;
use secrecy::SecretString;

/// Where GitHub is, and who we are there.
#[derive(Clone, Debug)]
pub struct GitHubConfig {
    pub api_url: Url,
    /// The token; never shown.
    pub token: SecretString,
}

impl GitHubConfig {
    /// Where GitHub's pages are: beside the API on an Enterprise server.
    #[must_use]
    pub fn web_url(&self) -> String {
        match self.api_url.as_str().trim_end_matches('/') {
            "https://api.github.com" => "https://github.com".to_owned(),
            url => url.strip_suffix("/api/v3").unwrap_or(url).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_pages_are_beside_the_api() {
        let web =
            |url: &str| GitHubConfig { api_url: url.parse().unwrap(), token: String::new().into() }.web_url();
        assert_eq!(web("https://api.github.com"), "https://github.com");
        assert_eq!(web("https://git.example.com/api/v3"), "https://git.example.com");
        assert_eq!(web("http://127.0.0.1:4000"), "http://127.0.0.1:4000");
    }
}
