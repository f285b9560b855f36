//! Who somebody is at GitHub, and in which organizations and teams.

use http::header;
use openidconnect::{HttpRequest, HttpResponse};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    error::{Cause, SignInError},
    http_client::{Http, beneath},
};

/// Pages of a list, of a hundred each: nobody has more groups than are kept.
const MOST_PAGES: usize = 10;

/// GitHub's API, as one person sees it.
pub(super) struct Api<'a> {
    pub(super) http: &'a Http,
    pub(super) url: &'a Url,
    pub(super) token: &'a str,
}

#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) id: u64,
    pub(super) login: String,
}

#[derive(Deserialize)]
struct Organization {
    login: String,
}

#[derive(Deserialize)]
struct Team {
    slug: String,
    organization: Organization,
}

impl Api<'_> {
    pub(super) async fn user(&self) -> Result<Account, SignInError> {
        parse(&self.get(&beneath(self.url, &["user"])).await?)
    }

    /// By their logins. Those which a single sign-on or a restriction of theirs hides from the app are not among them.
    pub(super) async fn organizations(&self) -> Result<Vec<String>, SignInError> {
        let all: Vec<Organization> = self.all("orgs").await?;
        Ok(all.into_iter().map(|organization| organization.login).collect())
    }

    /// As `organization/slug`.
    pub(super) async fn teams(&self) -> Result<Vec<String>, SignInError> {
        let all: Vec<Team> = self.all("teams").await?;
        let name = |Team { slug, organization }: Team| format!("{}/{slug}", organization.login);
        Ok(all.into_iter().map(name).collect())
    }

    /// A list, page by page.
    async fn all<T: DeserializeOwned>(&self, list: &str) -> Result<Vec<T>, SignInError> {
        let mut address = beneath(self.url, &["user", list]);
        address.set_query(Some("per_page=100"));
        let mut next = Some(address);
        let mut all = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(address) = next else { break };
            let answer = self.get(&address).await?;
            all.extend(parse::<Vec<T>>(&answer)?);
            next = self.next_page(&answer)?;
        }
        Ok(all)
    }

    /// Where GitHub says that the list goes on. The token goes to GitHub alone.
    fn next_page(&self, answer: &HttpResponse) -> Result<Option<Url>, SignInError> {
        let links = answer.headers().get(header::LINK).and_then(|links| links.to_str().ok());
        let Some(next) = links.and_then(next_in) else { return Ok(None) };
        match Url::parse(next) {
            Ok(next) if next.origin() == self.url.origin() => Ok(Some(next)),
            Ok(_) | Err(_) => Err(unusable("the next page of a list is elsewhere".to_owned())),
        }
    }

    async fn get(&self, address: &Url) -> Result<HttpResponse, SignInError> {
        let no_request = || unusable("it cannot be asked in this way".to_owned());
        let request: HttpRequest = http::Request::get(address.as_str())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT, "application/vnd.github+json")
            .body(Vec::new())
            .map_err(|_| no_request())?;
        let answer = self.http.send(request).await?;
        match answer.status().as_u16() {
            200 => Ok(answer),
            status @ (401 | 403 | 404) => {
                let cause = format!("{} of GitHub's API answers {status}", address.path());
                Err(SignInError::RefusedByProvider(Cause::new(cause)))
            }
            status => Err(unusable(format!("{} of its API answers {status}", address.path()))),
        }
    }
}

/// The address of the next page in a `Link` header.
fn next_in(links: &str) -> Option<&str> {
    links.split(',').find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| parameter.trim() == "rel=\"next\"");
        is_next.then_some(address)
    })
}

fn parse<T: DeserializeOwned>(answer: &HttpResponse) -> Result<T, SignInError> {
    let undocumented = || unusable("an answer of its API is not what is documented".to_owned());
    serde_json::from_slice(answer.body()).map_err(|_| undocumented())
}

fn unusable(what: String) -> SignInError {
    SignInError::ProviderUnusable(Cause::new(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_page_is_in_the_link() {
        let links =
            "<https://x.example/orgs?page=1>; rel=\"prev\", <https://x.example/orgs?page=3>; rel=\"next\"";
        assert_eq!(next_in(links), Some("https://x.example/orgs?page=3"));
        assert_eq!(next_in("<https://x.example/orgs?page=1>; rel=\"first\""), None);
        assert_eq!(next_in("no link"), None);
    }

    #[test]
    fn token_goes_to_github_alone() {
        let (http, url) = (Http::new().unwrap(), "https://api.example.com".parse().unwrap());
        let api = Api { http: &http, url: &url, token: "t" };
        let mut answer = HttpResponse::new(Vec::new());
        let link = "<https://evil.example/user/orgs>; rel=\"next\"".parse().unwrap();
        answer.headers_mut().insert(header::LINK, link);
        assert_eq!(api.next_page(&answer).unwrap_err().code(), "provider_unusable");
    }
}
