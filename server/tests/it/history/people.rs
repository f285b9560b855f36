//! A person by a part of their name.

use app::domain::Visible;
use jiff::SignedDuration;
use store::{Actor, CreateOutcome, DatabaseSystem, DeployFilter, NewDeploy};

use crate::support::{Database, database::on_both, noon, sample::open_request};

/// Each of these people deployed once to each of two apps, in this order.
async fn database_of(system: DatabaseSystem, people: &[String]) -> Database {
    let database = Database::on(system).await;
    for (number, name) in people.iter().enumerate() {
        for (later, app) in [(0, "shop"), (1, "docs")] {
            let at = noon() + SignedDuration::from_mins(2 * i64::try_from(number).unwrap() + later);
            let request = NewDeploy {
                app: app.to_owned(),
                actor: Actor::named(name),
                at,
                ..open_request(&format!("{number} {app}"), &format!("e{number}"))
            };
            let request = NewDeploy { id: app::domain::DeployId::new(runtime::ids::uuid_at(at)), ..request };
            assert_eq!(database.store.open(&request).await.unwrap(), CreateOutcome::New);
        }
    }
    database
}

async fn names(database: &Database, filter: DeployFilter) -> Vec<String> {
    let mut names = Vec::new();
    let mut before = None;
    loop {
        let filter = DeployFilter { limit: 3, before, ..filter.clone() };
        let page = database.store.deploy_page(&filter).await.unwrap();
        before = page.deploys.last().map(|deploy| (deploy.requested_at, deploy.id));
        names
            .extend(page.deploys.into_iter().map(|deploy| format!("{}@{}", deploy.requested_by, deploy.app)));
        if !page.has_more {
            return names;
        }
    }
}

fn part(part: &str) -> DeployFilter {
    DeployFilter { person: Some(part.to_owned()), ..DeployFilter::default() }
}

async fn part_of_a_name_finds_people(system: DatabaseSystem) {
    let people = ["ann", "Hannah", "b_b", "bob", "100%", "back\\slash", "it's me", "Zoë"].map(str::to_owned);
    let database = database_of(system, &people).await;
    for (asked, expected) in [
        ("ann", &["Hannah@docs", "Hannah@shop", "ann@docs", "ann@shop"][..]),
        ("ANN", &["Hannah@docs", "Hannah@shop", "ann@docs", "ann@shop"]),
        // None of these is a wildcard.
        ("_", &["b_b@docs", "b_b@shop"]),
        ("%", &["100%@docs", "100%@shop"]),
        ("*", &[]),
        ("\\", &["back\\slash@docs", "back\\slash@shop"]),
        ("'s", &["it's me@docs", "it's me@shop"]),
        ("zoë", &["Zoë@docs", "Zoë@shop"]),
        // Only the letters of ASCII are the same, on both databases.
        ("ZOË", &[]),
        ("nobody", &[]),
        ("\0", &[]),
    ] {
        assert_eq!(names(&database, part(asked)).await, expected, "{asked:?}");
    }
    assert_eq!(names(&database, part(&"n".repeat(60_000))).await, [""; 0]);
    let of = |filter: DeployFilter| names(&database, DeployFilter { app: Some("shop".to_owned()), ..filter });
    assert_eq!(of(part("nn")).await, ["Hannah@shop", "ann@shop"]);
    let exactly = DeployFilter { requested_by: Some("Hannah".to_owned()), ..part("ann") };
    assert_eq!(names(&database, exactly).await, ["Hannah@docs", "Hannah@shop"]);
    let visible = Visible::Only(vec!["docs".to_owned(), "none".to_owned()]);
    assert_eq!(names(&database, DeployFilter { visible, ..part("nn") }).await, ["Hannah@docs", "ann@docs"]);
    let since = Some(noon() + SignedDuration::from_mins(2));
    assert_eq!(names(&database, DeployFilter { since, ..part("nn") }).await, ["Hannah@docs", "Hannah@shop"]);
}

/// More people than are read apart are found as well, and none of them twice.
async fn part_of_many_names_finds_all(system: DatabaseSystem) {
    let people: Vec<String> = (0..60).map(|number| format!("robot-{number:02}")).collect();
    let database = database_of(system, &people).await;
    let expected = |people: &mut dyn Iterator<Item = &String>| -> Vec<String> {
        people.flat_map(|name| [format!("{name}@docs"), format!("{name}@shop")]).collect()
    };
    for (asked, count) in [("Robot", 60), ("t-0", 10), ("t-", 60)] {
        let all = expected(&mut people[..count].iter().rev());
        assert_eq!(names(&database, part(asked)).await, all, "{asked}");
    }
    let visible = Visible::Only(vec!["docs".to_owned(), "none".to_owned()]);
    let seen = names(&database, DeployFilter { visible, ..part("robot") }).await;
    assert_eq!(seen.len(), 60);
    assert!(seen.iter().all(|name| name.ends_with("@docs")), "{seen:?}");
}

on_both!(part_of_a_name_finds_people, part_of_many_names_finds_all);
