//! What is not seen is left out by the database: pages are full, and nothing of a hidden app is counted.

use app::domain::{DeployId, Flag, FreezeId, Grant, Role, Source, Status, Timestamp, Visible};
use jiff::SignedDuration;
use runtime::ids::uuid_at;
use store::{
    Actor, DatabaseSystem, DeployFilter, EntryFilter, EntryOrder, InsightFilter, Lift, NewDeploy, NewToken,
    Promotion, StatusFilter, Store,
};

use crate::support::{
    Database,
    database::on_both,
    freeze, noon,
    sample::{advance, open_request},
};

const APPS: [&str; 3] = ["docs", "shop", "search"];

fn only(apps: &[&str]) -> Visible {
    Visible::Only(apps.iter().map(ToString::to_string).collect())
}

fn minutes(minutes: usize) -> Timestamp {
    noon() + SignedDuration::from_mins(i64::try_from(minutes).unwrap())
}

/// Twelve deploys, by turns of three apps, one a minute, each app by somebody of its own. All but the last three failed.
async fn filled(system: DatabaseSystem) -> Database {
    let database = Database::on(system).await;
    let store = &*database.store;
    for number in 0..12 {
        let at = minutes(number);
        let app = APPS[number % 3];
        let request = NewDeploy {
            id: DeployId::new(uuid_at(at)),
            app: app.to_owned(),
            actor: Actor { id: format!("oidc:{app}"), name: format!("somebody of {app}") },
            at,
            ..open_request(&number.to_string(), "production")
        };
        store.open(&request).await.unwrap();
        if number < 9 {
            let failed = advance(request.id, Status::Failed, Source::Console);
            store.advance(&store::Advance { at, ..failed }).await.unwrap();
        }
    }
    settings(store).await;
    database
}

/// A freeze of each app, one of which was lifted, and one of every app; a flag; and tokens of an app and of all.
async fn settings(store: &dyn Store) {
    for (number, app) in APPS.into_iter().map(Some).chain([None]).enumerate() {
        let at = minutes(20 + number);
        let mut declared = freeze(FreezeId::new(uuid_at(at)));
        (declared.scope.app, declared.declared_at) = (app.map(str::to_owned), at);
        store.declare(&declared, "oidc:1").await.unwrap();
        if app == Some("search") {
            store.lift(&Lift { id: declared.id, by: Actor::named("ben"), at }).await.unwrap();
        }
    }
    let flag = Flag::ConsoleDeployAsync;
    let by = Actor::named("ben");
    let promotion = Promotion {
        flag,
        environment: "production".to_owned(),
        is_on: true,
        without_observation: false,
        by: by.clone(),
        at: noon(),
    };
    store.promote(&promotion).await.unwrap();
    for (name, apps) in [("one", Some(vec!["shop".to_owned()])), ("all", None)] {
        let grant = Grant { role: Role::Deployer, apps, environments: None };
        let token = NewToken {
            name: name.to_owned(),
            hash: name.to_owned(),
            grant,
            created_by: by.clone(),
            at: noon(),
            expires_at: None,
        };
        assert!(store.create_token(&token).await.unwrap());
    }
}

/// The apps of a list, read by pages of two.
async fn apps_by_pages(store: &dyn Store, filter: DeployFilter) -> Vec<String> {
    let (mut apps, mut before) = (Vec::new(), None);
    loop {
        let page = store.deploy_page(&DeployFilter { before, limit: 2, ..filter.clone() }).await.unwrap();
        assert!(page.deploys.len() == 2 || !page.has_more, "a page is full, or the last");
        before = page.deploys.last().map(|deploy| (deploy.requested_at, deploy.id));
        apps.extend(page.deploys.into_iter().map(|deploy| deploy.app));
        if !page.has_more {
            return apps;
        }
    }
}

async fn hidden_apps_are_in_no_history(system: DatabaseSystem) {
    let database = filled(system).await;
    let store = &*database.store;
    let some = |text: &str| Some(text.to_owned());
    let is = |status: &str| StatusFilter::Is(status.to_owned());
    // So many that they are not read apart.
    let many: Vec<String> = (0..300)
        .map(|number| format!("app-{number}"))
        .chain(["docs".to_owned(), "shop".to_owned()])
        .collect();
    for visible in [only(&["shop", "docs", "nothing"]), Visible::Only(many)] {
        let all = DeployFilter { visible, ..DeployFilter::default() };
        for (filter, shown) in [
            (all.clone(), "shop docs shop docs shop docs shop docs"),
            (DeployFilter { status: StatusFilter::Live, ..all.clone() }, "shop docs"),
            (DeployFilter { status: StatusFilter::Ended, ..all.clone() }, "shop docs shop docs shop docs"),
            (DeployFilter { status: is("failed"), ..all.clone() }, "shop docs shop docs shop docs"),
            (DeployFilter { status: is("requested"), ..all.clone() }, "shop docs"),
            (DeployFilter { status: is("succeeded"), ..all.clone() }, ""),
            (
                DeployFilter { environment: some("production"), until: Some(minutes(4)), ..all.clone() },
                "docs shop docs",
            ),
            (DeployFilter { app: some("shop"), ..all.clone() }, "shop shop shop shop"),
            (DeployFilter { app: some("search"), ..all.clone() }, ""),
            (DeployFilter { requested_by: some("somebody of docs"), ..all.clone() }, "docs docs docs docs"),
            (DeployFilter { requested_by: some("somebody of search"), ..all.clone() }, ""),
        ] {
            let apps = apps_by_pages(store, filter.clone()).await;
            assert_eq!(apps.join(" "), shown, "{filter:?}");
        }
    }
    // One app alone is not merged with anything.
    let one = DeployFilter { visible: only(&["shop"]), ..DeployFilter::default() };
    assert_eq!(apps_by_pages(store, one).await, ["shop"; 4]);
    let nothing = DeployFilter { visible: only(&[]), limit: 9, ..DeployFilter::default() };
    assert_eq!(store.deploys(&nothing).await.unwrap(), []);
    assert_eq!(apps_by_pages(store, DeployFilter::default()).await.len(), 12);
}

async fn hidden_apps_have_no_people(system: DatabaseSystem) {
    let database = filled(system).await;
    let people = async |visible: Visible| database.store.people(9, &visible).await.unwrap();
    assert_eq!(people(only(&["shop", "docs"])).await, ["somebody of docs", "somebody of shop"]);
    assert_eq!(people(only(&[])).await, [""; 0]);
    assert_eq!(people(Visible::All).await.len(), 3);
    assert_eq!(database.store.people(1, &only(&["shop", "search"])).await.unwrap(), ["somebody of search"]);
}

/// By pages of two, in both directions.
async fn hidden_apps_are_in_no_journal(system: DatabaseSystem) {
    let database = filled(system).await;
    let entries = async |filter: EntryFilter| {
        let mut found = Vec::new();
        let mut order = filter.order;
        loop {
            let page =
                database.store.entries(&EntryFilter { order, limit: 2, ..filter.clone() }).await.unwrap();
            let last = page.entries.last().map(|entry| entry.sequence);
            order = match (order, last) {
                (EntryOrder::OldestAfter(_), Some(last)) => EntryOrder::OldestAfter(last),
                (EntryOrder::NewestBefore(_), Some(last)) => EntryOrder::NewestBefore(last),
                (order, None) => order,
            };
            found.extend(page.entries);
            if !page.has_more {
                return found;
            }
        }
    };
    let all = EntryFilter::page(2);
    let shop = EntryFilter { visible: only(&["shop", "nothing"]), ..all.clone() };
    let shown = entries(shop.clone()).await;
    for entry in &shown {
        let text = format!("{entry:?}");
        assert!(!text.contains("docs") && !text.contains("search"), "{text}");
    }
    let count = |action: &str| shown.iter().filter(|entry| entry.action == action).count();
    assert_eq!((count("console.deploy.requested"), count("console.deploy.refused")), (4, 3));
    // That of the app, and that of every app. What was lifted was of another.
    assert_eq!((count("console.freeze.declared"), count("console.freeze.lifted")), (2, 0));
    assert_eq!((count("console.flag.promoted"), count("console.token.created")), (1, 1));
    let newest = EntryFilter { order: EntryOrder::NewestBefore(i64::MAX), ..shop.clone() };
    assert!(entries(newest).await.into_iter().rev().eq(shown.iter().cloned()));

    let nothing = entries(EntryFilter { visible: only(&[]), ..all.clone() }).await;
    let actions: Vec<_> = nothing.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["console.freeze.declared", "console.flag.promoted", "console.token.created"]);
    let of = |app: &str| EntryFilter { app: Some(app.to_owned()), ..shop.clone() };
    assert_eq!((entries(of("shop")).await.len(), entries(of("docs")).await.len()), (8, 0));
    let lifted = entries(EntryFilter { app: Some("search".to_owned()), ..all }).await;
    assert_eq!(lifted.iter().filter(|entry| entry.action == "console.freeze.lifted").count(), 1);
}

async fn hidden_apps_are_in_no_figure(system: DatabaseSystem) {
    let database = filled(system).await;
    let filter = |visible: Visible, app: Option<&str>| InsightFilter {
        app: app.map(str::to_owned),
        environment: None,
        visible,
        since: noon(),
        until: minutes(600),
    };
    let figures = async |filter: InsightFilter| database.store.insight(&filter).await.unwrap();
    for (visible, app, failed, first) in [
        (Visible::All, None, 9, Some(0)),
        (only(&["shop", "search"]), None, 6, Some(1)),
        (only(&["search"]), None, 3, Some(2)),
        (only(&["shop", "search"]), Some("shop"), 3, Some(1)),
        (only(&["shop", "search"]), Some("docs"), 0, None),
        (only(&[]), None, 0, None),
    ] {
        let figures = figures(filter(visible.clone(), app)).await;
        let counted: i64 = figures.days.iter().map(|day| day.failed).sum();
        assert_eq!((counted, figures.recorded_since), (failed, first.map(minutes)), "{visible:?} {app:?}");
    }
}

async fn freezes_of_hidden_apps_are_left_out(system: DatabaseSystem) {
    let database = filled(system).await;
    let apps = async |visible: Visible| -> Vec<String> {
        let freezes = database.store.freezes(9, &visible).await.unwrap();
        freezes.into_iter().map(|freeze| freeze.scope.app.unwrap_or_else(|| "every".to_owned())).collect()
    };
    assert_eq!(apps(Visible::All).await, ["every", "shop", "docs", "search"]);
    assert_eq!(apps(only(&["shop"])).await, ["every", "shop"]);
    assert_eq!(apps(only(&["search", "docs"])).await, ["every", "docs", "search"]);
    assert_eq!(apps(only(&[])).await, ["every"]);
}

on_both!(
    hidden_apps_are_in_no_history,
    hidden_apps_have_no_people,
    hidden_apps_are_in_no_journal,
    hidden_apps_are_in_no_figure,
    freezes_of_hidden_apps_are_left_out,
);
