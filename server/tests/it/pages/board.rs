//! The board: what of it is sent, and what it shows of each app.

use std::fmt::Write;

use app::live::page::ROWS_HEADER;
use axum::body::{Body, to_bytes};
use tower::ServiceExt;

use crate::support::{Given, TestConsole, request};

const FILTERED: &str = "
    [[app]]\nname = \"shop\"\ngroup = \"sales\"\nrepo = \"acme/shop\"\nworkflow = \"deploy.yml\"\nref = \"main\"
    environments = [{ name = \"staging\", freeze_check = false }, { name = \"production\", freeze_check = true }]
    [[app]]\nname = \"ledger\"\nrepo = \"acme/ledger\"\nworkflow = \"deploy.yml\"\nref = \"main\"
    environments = [{ name = \"production\", freeze_check = true }]
    [[app]]\nname = \"till\"\ngroup = \"sales\"\nrepo = \"acme/till\"\nworkflow = \"deploy.yml\"\nref = \"main\"
    environments = [{ name = \"qa\", freeze_check = false }]";

async fn console(apps: &str) -> TestConsole {
    TestConsole::given(Given { apps, ..Given::default() }).await
}

/// The board for a browser that shows the rows of this tag.
async fn board(console: &TestConsole, shown: &str) -> String {
    let request = request("GET", "/").header(ROWS_HEADER, shown);
    console.send(request.body(Body::empty()).unwrap()).await.text
}

fn tag(page: &str) -> &str {
    page.split_once("data-rows=\"").and_then(|(_, rest)| rest.split_once('"')).expect("rows").0
}

/// Which apps are shown, in their order.
fn shown(page: &str) -> Vec<&str> {
    let rows = page.split("<tr id=\"app-").skip(1);
    let is_shown = |row: &&str| !row.split_once('>').expect("its end").0.contains(" hidden");
    rows.filter(is_shown).map(|row| row.split_once('"').expect("its id").0).collect()
}

#[tokio::test]
async fn only_changed_rows_are_sent_again() {
    let console = console(FILTERED).await;
    let first = board(&console, "").await;
    assert!(!first.contains("data-unchanged") && !first.contains("data-base"), "{first}");
    let same = board(&console, tag(&first)).await;
    assert_eq!((tag(&same), same.matches("data-unchanged").count()), (tag(&first), 3));
    assert!(same.contains(&format!("data-base=\"{}\"", tag(&first))), "{same}");

    console.dispatched("production").await;
    let next = board(&console, tag(&first)).await;
    assert_ne!(tag(&next), tag(&first));
    assert_eq!(next.matches("data-unchanged").count(), 2);
    assert!(next.contains("id=\"cell-shop-production\""), "{next}");
    // What the browser shows is not known here: it was another instance's, or is long ago.
    assert!(!board(&console, "0123456789abcdef").await.contains("data-unchanged"));
}

/// A row that is hidden by a search is the same row.
#[tokio::test]
async fn searching_sends_no_row_again() {
    let console = console(FILTERED).await;
    let found = console.get("/?q=till").await.text;
    assert_eq!(shown(&found), ["till"]);
    assert_eq!(board(&console, tag(&found)).await.matches("data-unchanged").count(), 3);
}

/// Of 300 apps with 3 environments, and compressed.
#[tokio::test]
async fn event_costs_a_large_board_8_kb() {
    let apps: String = (0..300).fold(String::new(), |mut apps, number| {
        let _ = write!(
            apps,
            "[[app]]\nname = \"app-{number}\"\nrepo = \"acme/app-{number}\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
             environments = [{{ name = \"qa\", freeze_check = false }}, {{ name = \"staging\", freeze_check = false }}, \
             {{ name = \"production\", freeze_check = true }}]\n"
        );
        apps
    });
    let apps = apps.replacen("app-7", "shop", 2);
    let console = console(&apps).await;
    let first = board(&console, "").await;
    console.dispatched("production").await;
    let request = request("GET", "/").header(ROWS_HEADER, tag(&first)).header("accept-encoding", "gzip");
    let answer = console.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap().len();
    assert!(bytes <= 8_192, "{bytes} bytes");
}

#[tokio::test]
async fn board_is_filtered_by_its_address() {
    let console = console(FILTERED).await;
    console.succeeded("staging", &"7".repeat(40)).await;
    let id = console.dispatched("production").await;
    let page = async |query: &str| console.get(query).await.text;
    for (query, apps) in [
        ("/", &["shop", "till", "ledger"][..]),
        ("/?q=SHOP+prod", &["shop"]),
        ("/?q=elsewhere", &[]),
        // Names, groups, states, commits and people.
        ("/?q=sales", &["shop", "till"]),
        ("/?q=777777777", &["shop"]),
        ("/?q=under+way", &["shop"]),
        ("/?q=local+operator", &["shop"]),
        ("/?show=under-way", &["shop"]),
        ("/?show=failing", &[]),
        ("/?show=under-way&q=till", &[]),
        // A name that this build does not know asks for nothing.
        ("/?show=anything", &["shop", "till", "ledger"]),
    ] {
        assert_eq!(shown(&page(query).await), apps, "{query}");
    }
    let nothing = page("/?q=elsewhere").await;
    assert!(nothing.contains("No app matches."), "{nothing}");
    console.walk(id, &["smoke_gate_started", "failed"]).await;
    assert_eq!(shown(&page("/?show=failing").await), ["shop"]);
    let chips = page("/?show=failing&q=shop").await;
    assert!(chips.contains("href=\"/?q=shop\"") && chips.contains("aria-current=\"true\""), "{chips}");
}

/// Groups in the order in which they first come; a column for each environment, in the order of the file.
#[tokio::test]
async fn environments_keep_their_declared_order() {
    let console = console(FILTERED).await;
    let page = console.get("/").await.text;
    let head =
        page.split_once("<thead>").and_then(|(_, rest)| rest.split_once("</thead>")).expect("a head").0;
    let columns: Vec<_> =
        head.split("<th scope=\"col\">").skip(1).map(|th| th.split('<').next().unwrap()).collect();
    assert_eq!(columns, ["App", "staging", "production", "qa"]);
    assert_eq!(page.matches("class=\"board__group\"").count(), 1, "one has a name: {page}");
    let ledger =
        page.split_once("id=\"app-ledger\"").and_then(|(_, rest)| rest.split_once("</tr>")).expect("a row").0;
    assert_eq!(ledger.matches("cell--none").count(), 2, "{ledger}");
}
