//! Where GitHub is, and who the console is there.

use reqwest::Url;

use crate::Credentials;

/// Where GitHub is, and who we are there.
#[derive(Clone, Debug)]
pub struct GitHubConfig {
    pub api_url: Url,
    pub credentials: Credentials,
}

impl GitHubConfig {
    /// Where GitHub's pages are: beside the API on an Enterprise server.
    #[must_use]
    pub fn web_url(&self) -> String {
        match self.api_url.as_str().trim_end_matches('/') {
            "https://api.github.com" => "https://github.com".to_owned(),
            url if self.is_data_residency() => url.replacen("://api.", "://", 1),
            url => url.strip_suffix("/api/v3").unwrap_or(url).to_owned(),
        }
    }

    /// The version of the API that is spoken. That of 2026, whose dispatch always answers with the run, is known to
    /// GitHub's own hosts; Enterprise servers refuse every request that names it.
    #[must_use]
    pub fn api_version(&self) -> &'static str {
        let is_of_github = self.api_url.host_str() == Some("api.github.com") || self.is_data_residency();
        if is_of_github { "2026-03-10" } else { "2022-11-28" }
    }

    /// GitHub Enterprise Cloud with a region of its own: the API is at `api.<name>.ghe.com`.
    fn is_data_residency(&self) -> bool {
        self.api_url.host_str().is_some_and(|host| host.starts_with("api.") && host.ends_with(".ghe.com"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> GitHubConfig {
        let credentials = Credentials::Token(String::new().into());
        GitHubConfig { api_url: url.parse().unwrap(), credentials }
    }

    #[test]
    fn github_pages_are_beside_the_api() {
        let web = |url: &str| config(url).web_url();
        assert_eq!(web("https://api.github.com"), "https://github.com");
        assert_eq!(web("https://git.example.com/api/v3"), "https://git.example.com");
        assert_eq!(web("http://127.0.0.1:4000"), "http://127.0.0.1:4000");
        assert_eq!(web("https://api.acme.ghe.com"), "https://acme.ghe.com");
        assert_eq!(web("https://api.acme.ghe.com/"), "https://acme.ghe.com");
    }

    #[test]
    fn f70_enterprise_servers_are_spoken_to_in_their_version() {
        for (url, version) in [
            ("https://api.github.com", "2026-03-10"),
            ("https://api.acme.ghe.com", "2026-03-10"),
            ("https://git.example.com/api/v3", "2022-11-28"),
            ("https://ghe.com/api/v3", "2022-11-28"),
            ("https://api.github.com.example.com", "2022-11-28"),
            ("http://127.0.0.1:4000", "2022-11-28"),
        ] {
            assert_eq!(config(url).api_version(), version, "{url}");
        }
    }
}
