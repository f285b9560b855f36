//! What 300 apps at rest cost of GitHub's rate limit: five minutes, as many as an hour has twelve times.

use std::{fmt::Write, time::Duration};

use github_fake::{Settings, SimulatedGitHub};

use crate::{TableRow, server::BenchServer};

const APPS: u32 = 300;
/// Of the look at a board of them: until each was asked about once.
const FIRST_LOOK: Duration = Duration::from_mins(2);
const MEASURED: Duration = Duration::from_mins(5);

pub async fn measure() -> Vec<TableRow> {
    let settings = Settings {
        console_url: "http://127.0.0.1:9".to_owned(),
        secrets: "the secret of the measurements".parse().unwrap(),
        pace: Duration::ZERO,
        jobs: false,
    };
    let github = SimulatedGitHub::start(settings).await.unwrap();
    let server = BenchServer::start_with("sqlite://bench.db", &configuration(), github.url()).await;
    tokio::time::sleep(FIRST_LOOK).await;
    let before = (github.counted_requests(), github.reads());
    assert!(before.1 > APPS, "it asks about each of them: {before:?}");
    tokio::time::sleep(MEASURED).await;
    let (counted, all) = (github.counted_requests() - before.0, github.reads() - before.1);
    let an_hour = |requests: u32| u64::from(requests) * 3_600 / MEASURED.as_secs();
    assert_eq!(server.get("/readyz").await, 200);
    vec![TableRow {
        what: format!("{APPS} apps at rest: requests to GitHub an hour that count"),
        measured: format!("{} of {} that are sent", an_hour(counted), an_hour(all)),
        target: "≤ 1,800",
    }]
}

fn configuration() -> String {
    (0..APPS).fold(String::new(), |mut text, app| {
        writeln!(
            text,
            "[[app]]\nname = \"app-{app}\"\nrepo = \"acme/app-{app}\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
             environments = [{{ name = \"staging\", freeze_check = false }}, {{ name = \"production\", freeze_check = true }}]"
        )
        .unwrap();
        text
    })
}
