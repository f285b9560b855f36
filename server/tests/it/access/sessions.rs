//! Sessions: from the button to signed out.

use axum::body::Body;
use jiff::SignedDuration;
use server::{access::secret, config::SignInConfig};
use store::{DatabaseSystem, EndSessions};

use crate::support::{Answer, CONSOLE_TOML, Given, TestConsole, database::on_both, request};

const GRANTS: &str = "[[grant]]\nrole = \"deployer\"\nto = [\"group:deployers\"]\n\
    [[grant]]\nrole = \"admin\"\nto = [\"group:admins\"]\n";

async fn console(database: DatabaseSystem) -> TestConsole {
    let apps = format!("{CONSOLE_TOML}\n{GRANTS}");
    TestConsole::given(Given { database, apps: &apps, sign_in: SignInConfig::Rehearsal, ..Given::default() })
        .await
}

async fn send(console: &TestConsole, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let builder =
        headers.iter().fold(request(method, path), |builder, (name, value)| builder.header(*name, *value));
    console.send(builder.body(Body::empty()).unwrap()).await
}

/// Signs in. Returns the cookie, as a browser sends it.
async fn sign_in(console: &TestConsole, role: &str, headers: &[(&str, &str)]) -> String {
    let answer = send(console, "GET", &format!("/auth/start?return_to=/deploys&role={role}"), headers).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/deploys")));
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|set| set.to_str().unwrap()).collect();
    let session = set.iter().find(|set| set.starts_with("console=")).unwrap();
    assert!(session.contains("; HttpOnly; SameSite=Lax"), "{session}");
    session.split(';').next().unwrap().to_owned()
}

async fn status(console: &TestConsole, cookie: &str) -> u16 {
    send(console, "GET", "/api/internal/me", &[("cookie", cookie)]).await.status
}

async fn session_begins_and_ends(database: DatabaseSystem) {
    let console = console(database).await;
    let cookie = sign_in(&console, "deployer", &[]).await;
    let me = send(&console, "GET", "/api/internal/me", &[("cookie", &cookie)]).await;
    assert_eq!((me.status, &me.json["name"]), (200, &"deployer".into()));
    let secret = cookie.strip_prefix("console=").unwrap();
    assert!(console.database.store.session(secret).await.unwrap().is_none(), "only a hash is kept");
    let kept = console.database.store.session(&secret::hash(secret)).await.unwrap().unwrap();
    assert_eq!(kept.identity.id, "rehearsal:deployer");

    let foreign = [("cookie", &*cookie), ("origin", "https://evil.test")];
    assert_eq!(send(&console, "POST", "/auth/sign-out", &foreign).await.status, 403);
    assert_eq!(send(&console, "POST", "/auth/sign-out", &[("cookie", &cookie)]).await.status, 403);
    assert_eq!(status(&console, &cookie).await, 200);
    let ours = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    let out = send(&console, "POST", "/auth/sign-out", &ours).await;
    assert_eq!((out.status, out.header("location")), (303, Some("/sign-in?problem=signed_out")));
    assert!(out.header("set-cookie").unwrap().starts_with("console=; Path=/; Max-Age=0"));
    assert_eq!(status(&console, &cookie).await, 401, "a copy of the cookie is of no use");
}

/// A cookie that was there before the sign-in is not the one after it, and is of no use.
async fn f52_each_sign_in_is_a_new_session(database: DatabaseSystem) {
    let console = console(database).await;
    let planted = "console=planted-by-somebody-else";
    let first = sign_in(&console, "deployer", &[("cookie", planted)]).await;
    let second = sign_in(&console, "admin", &[("cookie", &first)]).await;
    assert!(first != second && first != planted);
    assert_eq!(status(&console, planted).await, 401);
    assert_eq!(status(&console, &first).await, 401, "it ended with the new sign-in");
    assert_eq!(status(&console, &second).await, 200);
}

async fn f52_session_ends_after_an_hour_alone_and_after_twelve(database: DatabaseSystem) {
    let console = console(database).await;
    let idle = sign_in(&console, "deployer", &[]).await;
    console.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(status(&console, &idle).await, 401);
    let busy = sign_in(&console, "deployer", &[]).await;
    for _ in 0..23 {
        console.clock.advance(SignedDuration::from_mins(31));
        assert_eq!(status(&console, &busy).await, 200);
    }
    console.clock.advance(SignedDuration::from_mins(8));
    assert_eq!(status(&console, &busy).await, 401, "it is twelve hours old");
}

/// For ten minutes before it ends, its pages say so, and those of another session do not.
#[tokio::test]
async fn f65_session_that_is_about_to_end_is_said() {
    let console = console(crate::support::database::usual()).await;
    let first = sign_in(&console, "deployer", &[]).await;
    let says = async |cookie: &str| {
        let page = send(&console, "GET", "/", &[("cookie", cookie)]).await;
        page.text.contains("Your session ends at")
    };
    for _ in 0..23 {
        console.clock.advance(SignedDuration::from_mins(30));
        assert!(!says(&first).await);
    }
    console.clock.advance(SignedDuration::from_mins(20));
    let second = sign_in(&console, "deployer", &[]).await;
    assert!(says(&first).await && !says(&second).await);
}

/// A session that is revoked, by another instance too, is refused.
async fn f52_revoked_session_is_refused(database: DatabaseSystem) {
    let console = console(database).await;
    let cookie = sign_in(&console, "deployer", &[]).await;
    assert_eq!(status(&console, &cookie).await, 200);
    let whose = EndSessions::Of("deployer".to_owned());
    let ended = console.database.store.end_sessions(&whose, None, crate::support::noon()).await.unwrap();
    assert_eq!((ended, status(&console, &cookie).await), (1, 401));
}

#[tokio::test]
async fn f54_sign_in_leads_back_to_this_console_alone() {
    let console = console(crate::support::database::usual()).await;
    for (given, to) in [
        ("%2Fdeploys%3Fapp%3Dshop", "/deploys?app=shop"),
        ("%2F%2Fevil.test", "/"),
        ("https%3A%2F%2Fevil.test", "/"),
        ("%2F%5Cevil.test", "/"),
        ("%2F%09%2Fevil.test", "/"),
        ("", "/"),
    ] {
        let path = format!("/auth/start?return_to={given}&role=admin");
        let referer = [("referer", "https://evil.test/")];
        assert_eq!(send(&console, "GET", &path, &referer).await.header("location"), Some(to), "{given}");
    }
}

/// A request that changes something, with the cookie, has to say that a page of this console sent it.
#[tokio::test]
async fn f53_session_acts_from_pages_of_this_console_alone() {
    let console = console(crate::support::database::usual()).await;
    let cookie = sign_in(&console, "admin", &[]).await;
    for path in ["/api/internal/deploys", "/api/ui/dispatch", "/api/ui/cancel", "/freezes", "/flags"] {
        for says in [None, Some(("origin", "https://evil.test")), Some(("sec-fetch-site", "same-site"))] {
            let headers: Vec<_> = says.into_iter().chain([("cookie", &*cookie)]).collect();
            let answer = send(&console, "POST", path, &headers).await;
            assert_eq!((answer.status, &answer.json["code"]), (403, &"cross_site".into()), "{path} {says:?}");
        }
        let ours = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
        assert!(![401, 403].contains(&send(&console, "POST", path, &ours).await.status), "{path}");
    }
}

on_both!(
    session_begins_and_ends,
    f52_each_sign_in_is_a_new_session,
    f52_session_ends_after_an_hour_alone_and_after_twelve,
    f52_revoked_session_is_refused,
);
