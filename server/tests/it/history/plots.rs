//! The marks of the plots lead to exactly the deploys that they count.

use jiff::SignedDuration;
use store::DatabaseSystem;

use super::found;
use crate::support::{TestConsole, bulk, database::on_both};

/// Ends deploys around midnight: what is requested on one day may end on the next.
async fn filled(system: DatabaseSystem) -> TestConsole {
    let console = TestConsole::over(system).await;
    console.clock.advance(SignedDuration::from_hours(11));
    for (number, end) in ["succeeded", "failed", "succeeded", "failed"].into_iter().enumerate() {
        let id = console.dispatched(if number == 2 { "staging" } else { "production" }).await;
        console.clock.advance(SignedDuration::from_mins(40));
        console.walk(id, &["building", "deploying", end]).await;
    }
    console
}

/// The queries of all links to the history.
fn links_of(page: &str) -> Vec<String> {
    let links = page.split("href=\"/deploys?").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

async fn links_lead_to_what_is_counted(system: DatabaseSystem) {
    let console = filled(system).await;
    for (page, expected) in [
        // 12:00 and eleven hours is 23:00; the second of them ends after midnight.
        ("/insight?environment=&days=7", [1, 1, 0, 3, 1, 2]),
        ("/insight?days=7", [1, 1, 0, 2, 0, 2]),
        ("/insight?app=shop&environment=production&days=7", [1, 1, 0, 2, 0, 2]),
        ("/insight?environment=&since=2026-11-22T23:50:00Z&until=2026-11-23T00:30:00Z", [0, 0, 0, 1, 0, 1]),
    ] {
        let text = console.get(page).await.text;
        let links = links_of(&text);
        let mut counted = Vec::new();
        for day in ["2026-11-22", "2026-11-23"] {
            for status in ["", "succeeded", "failed"] {
                let of_day = |link: &&String| {
                    let is_of_day = link.contains(&format!("ended_until={day}"));
                    let status_of = link.split("status=").nth(1).map(|rest| rest.split('&').next().unwrap());
                    is_of_day && status_of.unwrap_or_default() == status
                };
                let links: Vec<&String> = links.iter().filter(of_day).collect();
                assert!(links.iter().all(|link| *link == links[0]), "{links:?}");
                counted.push(match links.first() {
                    Some(link) => found(&console, link).await.len(),
                    None => 0,
                });
            }
        }
        assert_eq!(counted, expected, "{page}: {links:?}");
    }
}

/// Each number of the API is that of the history, however many deploys there are.
async fn every_day_agrees_with_the_history(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut raw = console.database.raw().await;
    raw.run(&bulk::fill(system, 4_000)).await.unwrap();
    let since = app::domain::Timestamp::from_second(bulk::FIRST).unwrap();
    let (from, place) = (&since.to_string()[..10], "app=app-0&environment=e0");
    let answer = console.get(&format!("/api/internal/insight?{place}&since={from}&until=2023-11-30")).await;
    let days = answer.json["days"].as_array().unwrap();
    let mut seen = 0;
    for day in days.iter().filter(|day| day["failed"].as_i64().unwrap() > 0) {
        let name = day["day"].as_str().unwrap();
        for status in ["succeeded", "failed", "timed_out"] {
            let query = format!("{place}&status={status}&ended_since={name}&ended_until={name}");
            let counted = usize::try_from(day[status].as_i64().unwrap()).unwrap();
            assert_eq!(found(&console, &query).await.len(), counted, "{name} {status}");
            seen += counted;
        }
    }
    assert!(seen > 300, "{seen}");
}

on_both!(links_lead_to_what_is_counted, every_day_agrees_with_the_history);
