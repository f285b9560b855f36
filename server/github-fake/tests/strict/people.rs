//! People, what they allow an OAuth app, and what it then sees of them.

use reqwest::{Method, Response, header};
use serde_json::Value;

use crate::support::{Answer, Web};

const CALLBACK: &str = "http://localhost:3000/auth/callback";
/// The example of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn web() -> Web {
    let web = Web::new().await;
    web.github.set_oauth_app("app", "secret", CALLBACK);
    web.github.set_person("ada", 4_711, &["acme", "other"], &["acme/ops", "other/dev"]);
    web
}

impl Web {
    /// Presses a button of the page.
    async fn press(&self, login: &str, changed: &[(&str, &str)]) -> Response {
        let mut fields = vec![
            ("client_id", "app"),
            ("redirect_uri", CALLBACK),
            ("scope", "read:org"),
            ("state", "a b"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("login", login),
        ];
        fields.retain(|(name, _)| !changed.iter().any(|(other, _)| name == other));
        fields.extend(changed);
        self.post_form("/login/oauth/authorize", &fields).await
    }

    async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let encode = |(name, value): &(&str, &str)| {
            format!("{name}={}", value.replace('%', "%25").replace('&', "%26").replace(' ', "+"))
        };
        let form = fields.iter().map(encode).collect::<Vec<_>>().join("&");
        let request = self.at(Method::POST, path).header(header::ACCEPT, "application/json");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(form).send().await.unwrap()
    }

    async fn code(&self, changed: &[(&str, &str)]) -> String {
        let back = location(&self.press("ada", changed).await);
        back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned()
    }

    async fn redeem(&self, code: &str, changed: &[(&str, &str)]) -> Value {
        let mut fields = vec![
            ("client_id", "app"),
            ("client_secret", "secret"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        fields.retain(|(name, _)| !changed.iter().any(|(other, _)| name == other));
        fields.extend(changed);
        let answer = self.post_form("/login/oauth/access_token", &fields).await;
        assert_eq!(answer.status(), 200, "errors are 200, too");
        answer.json().await.unwrap()
    }

    async fn token(&self, scope: &str) -> String {
        let code = self.code(&[("scope", scope)]).await;
        self.redeem(&code, &[]).await["access_token"].as_str().unwrap().to_owned()
    }

    async fn see(&self, token: &str, path: &str) -> Answer {
        self.send(self.at(Method::GET, path).bearer_auth(token)).await
    }
}

fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), 302);
    answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn page_has_a_button_for_each_person() {
    let web = web().await;
    let path = format!("/login/oauth/authorize?client_id=app&redirect_uri={CALLBACK}&state=%22%3E%3Cb%3E");
    let page = web.at(Method::GET, &path).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<button name=login value=\"ada\">Continue as ada</button>"), "{page}");
    assert!(page.contains("name=state value=\"&quot;&gt;&lt;b&gt;\""), "{page}");
    let unknown = web.at(Method::GET, "/login/oauth/authorize?client_id=x").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn answers_go_to_the_registered_address_alone() {
    let web = web().await;
    let allowed = location(&web.press("ada", &[]).await);
    assert!(
        allowed.starts_with(&format!("{CALLBACK}?code=")) && allowed.ends_with("&state=a+b"),
        "{allowed}"
    );
    let refused = location(&web.press("", &[]).await);
    assert!(refused.starts_with(&format!("{CALLBACK}?error=access_denied&")), "{refused}");
    for elsewhere in [
        "https://evil.example/",
        "http://localhost:3000/auth/callback.evil",
        "http://localhost:3000/auth/callback/../x",
    ] {
        let back = location(&web.press("ada", &[("redirect_uri", elsewhere)]).await);
        assert!(back.starts_with(&format!("{CALLBACK}?error=redirect_uri_mismatch&")), "{back}");
    }
}

#[tokio::test]
async fn code_is_good_once_for_one_app_and_verifier() {
    let web = web().await;
    for (changed, error) in [
        ([("client_secret", "x")], "incorrect_client_credentials"),
        ([("client_id", "x")], "incorrect_client_credentials"),
        ([("redirect_uri", "http://localhost:3000/")], "redirect_uri_mismatch"),
        ([("code", "x")], "bad_verification_code"),
        ([("code_verifier", "x")], "bad_verification_code"),
    ] {
        let code = web.code(&[]).await;
        assert_eq!(web.redeem(&code, &changed).await["error"], error, "{changed:?}");
    }
    let code = web.code(&[]).await;
    let given = web.redeem(&code, &[]).await;
    assert!(given["access_token"].as_str().unwrap().starts_with("gho_"), "{given}");
    assert_eq!((&given["scope"], &given["token_type"]), (&"read:org".into(), &"bearer".into()));
    assert_eq!(web.redeem(&code, &[]).await["error"], "bad_verification_code");
    let late = web.code(&[]).await;
    web.github.expire_oauth_codes();
    assert_eq!(web.redeem(&late, &[]).await["error"], "bad_verification_code");
}

#[tokio::test]
async fn token_shows_its_owner() {
    let web = web().await;
    let token = web.token("read:org").await;
    let user = web.see(&token, "/user").await;
    assert_eq!((&user.json["login"], &user.json["id"]), (&"ada".into(), &4_711.into()));
    assert_eq!(user.header("x-oauth-scopes"), "read:org");
    let logins = |answer: &Answer| answer.json.as_array().unwrap().len();
    assert_eq!(logins(&web.see(&token, "/user/orgs?per_page=100").await), 2);
    let first = web.see(&token, "/user/teams?per_page=1").await;
    assert_eq!(
        (&first.json[0]["slug"], &first.json[0]["organization"]["login"]),
        (&"ops".into(), &"acme".into())
    );
    assert!(
        first.header("link").contains("/user/teams?per_page=1&page=2>; rel=\"next\""),
        "{}",
        first.header("link")
    );
    assert_eq!(web.see("gho_unknown", "/user").await.status, 401);
    web.github.revoke_oauth_tokens();
    assert_eq!(
        (web.see(&token, "/user").await.status, web.see(&token, "/user/orgs").await.status),
        (401, 401)
    );
}

#[tokio::test]
async fn scopes_and_single_sign_on_hide_organizations() {
    let web = web().await;
    let without = web.token("").await;
    assert_eq!(web.see(&without, "/user").await.status, 200);
    let refused = web.see(&without, "/user/orgs").await;
    assert_eq!((refused.status, refused.header("x-accepted-oauth-scopes").contains("read:org")), (403, true));
    assert_eq!(web.see(&without, "/user/teams").await.status, 403);
    web.github.set_single_sign_on("other", true);
    let token = web.token("read:org").await;
    for path in ["/user/orgs", "/user/teams"] {
        let shown = web.see(&token, path).await;
        let hidden = shown.header("x-github-sso").starts_with("partial-results; organizations=");
        assert_eq!((shown.json.as_array().unwrap().len(), hidden), (1, true), "{path}");
    }
}
