//! The forms that declare a freeze, without scripts: what was typed stays, what is wrong is said at its field, and what it
//! would do is shown before.

use app::domain::{Role, Visible};
use jiff::SignedDuration;
use store::DatabaseSystem;

use crate::{
    access::people::{FOREIGN, console as console_of, person},
    support::{TestConsole, database::on_both},
};

const WEEKLY: &str = "kind=weekly&app=shop&environment=production&from_day=friday&from=16%3A00&until_day=monday&\
    until=09%3A00";

/// The markup of the field with this id.
#[track_caller]
fn field<'a>(page: &'a str, id: &str) -> &'a str {
    let field = page.split_once(&format!("for=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {page}")).1;
    &field[..field.find("<label").unwrap_or(field.len())]
}

/// Posts a form that is refused. Returns the page that it leads back to.
async fn refused(console: &TestConsole, form: &str) -> String {
    let posted = console.post_form("/freezes", form).await;
    let back = posted.header("location").expect("it leads back");
    assert!(posted.status == 303 && back.starts_with("/freezes?problem="), "{posted:?}");
    console.get(back).await.text
}

/// What the page shows of what a freeze would do.
async fn preview(console: &TestConsole, form: &str) -> String {
    let page = console.get(&format!("/freezes?{form}")).await.text;
    let shown = page.split_once("id=\"preview\"").unwrap_or_else(|| panic!("no preview in {page}")).1;
    shown.split_once("</section>").expect("its end").0.to_owned()
}

#[tokio::test]
async fn refused_form_keeps_all_and_names_fields() {
    let console = TestConsole::new().await;
    for (right, changed, id, said) in [
        ("time_zone=UTC", "time_zone=Berlin", "weekly-zone", "Not a time zone of the IANA database."),
        ("reason=x", "reason=+", "weekly-reason", "Say why."),
        ("from=16%3A00", "from=later", "weekly-from", "Give a time"),
        ("until_day=monday", "until_day=never", "weekly-until-day", "Give a day of the week."),
    ] {
        let form = format!("{WEEKLY}&reason=x&time_zone=UTC").replace(right, changed);
        let page = refused(&console, &form).await;
        let wrong = field(&page, id);
        assert!(wrong.contains(said) && wrong.contains("aria-invalid=\"true\""), "{changed}: {wrong}");
        assert!(
            wrong.contains(" autofocus") && wrong.contains(&format!("aria-describedby=\"{id}-problem\""))
        );
        assert_eq!(page.matches("field__problem").count(), 1, "{changed}: {page}");
        assert!(field(&page, "weekly-app").contains("<option value=\"shop\" selected>"), "{page}");
        assert!(field(&page, "weekly-environment").contains("value=\"production\" selected"), "{page}");
        assert!(field(&page, "weekly-until").contains("value=\"09:00\""), "{page}");
        assert!(
            field(&page, "once-reason").contains("required")
                && !field(&page, "once-app").contains("selected")
        );
    }
    let page = refused(&console, &format!("{WEEKLY}&reason=&time_zone=Berlin")).await;
    assert_eq!(page.matches("field__problem").count(), 2, "each is said: {page}");
    assert!(field(&page, "weekly-zone").contains("value=\"Berlin\""), "{page}");
    let once = "kind=once&reason=x&from=2026-11-24T10%3A00&until=2026-11-24T09%3A00&time_zone=UTC";
    let page = refused(&console, once).await;
    assert!(field(&page, "once-until").contains("It has to come after the beginning."), "{page}");
    assert!(field(&page, "once-from").contains("value=\"2026-11-24T10:00\""), "{page}");
    assert_eq!(console.database.store.freezes(9, &Visible::All).await.unwrap(), []);
}

/// Every zone that the server knows can be chosen; until something is typed, the browser may put its own in.
#[tokio::test]
async fn time_zones_are_listed() {
    let console = TestConsole::new().await;
    let page = console.get("/freezes").await.text;
    for name in ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"] {
        assert_eq!(page.matches(&format!("<option value=\"{name}\"></option>")).count(), 1, "{name}");
    }
    let zone = field(&page, "weekly-zone");
    assert!(zone.contains("value=\"UTC\"") && zone.contains("list=\"time-zones\""), "{zone}");
    assert_eq!(page.matches("data-own-zone").count(), 2, "{page}");
    let typed = console.get(&format!("/freezes?{WEEKLY}&time_zone=Asia%2FTokyo")).await.text;
    let zone = field(&typed, "weekly-zone");
    assert!(zone.contains("value=\"Asia/Tokyo\"") && !zone.contains("data-own-zone"), "{zone}");
}

#[tokio::test]
async fn preview_shows_next_periods_in_both_zones() {
    let console = TestConsole::new().await;
    let shown = preview(&console, &format!("{WEEKLY}&reason=&time_zone=Europe%2FBerlin")).await;
    assert_eq!(shown.matches("class=\"second\"").count(), 5, "{shown}");
    // Noon is on a Sunday: the weekend holds.
    for words in [
        "Fri 2026-11-20 16:00 CET",
        "Mon 2026-11-23 09:00 CET",
        "2026-11-20 15:00 UTC",
        "Fri 2026-12-18 16:00 CET",
    ] {
        assert!(shown.contains(words), "no {words} in {shown}");
    }
    let page = console.get(&format!("/freezes?{WEEKLY}&reason=&time_zone=Europe%2FBerlin")).await.text;
    assert!(!page.contains("field__problem"), "it needs no reason yet: {page}");
    let shown = preview(&console, "kind=until_lifted&app=&environment=").await;
    assert!(shown.contains("From now on, until it is lifted."), "{shown}");
    let once = "kind=once&from=2026-11-24T10%3A00&until=2026-11-24T19%3A00&time_zone=Asia%2FTokyo";
    let shown = preview(&console, once).await;
    assert!(shown.contains("Tue 2026-11-24 10:00 JST") && shown.contains("2026-11-24 01:00 UTC"), "{shown}");
    assert!(shown.contains("No deploy of the last 30 days was requested within it."), "{shown}");
    assert_eq!(console.database.store.freezes(9, &Visible::All).await.unwrap(), [], "nothing is declared");
}

/// Deploys of the last days that were requested while it would have held, in its scope, and not one more.
async fn preview_counts_what_it_would_have_stopped(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let deploy = async |environment: &str| {
        let id = console.dispatched(environment).await;
        console.report(id, "failed").await;
        id
    };
    let old = deploy("production").await;
    console.clock.advance(SignedDuration::from_hours(24 * 29));
    // A Monday, 12:00 UTC.
    let monday = deploy("production").await;
    console.clock.advance(SignedDuration::from_hours(24 * 5));
    // A Saturday.
    let saturday = deploy("production").await;
    let staged = deploy("staging").await;
    let shown = preview(&console, &format!("{WEEKLY}&time_zone=UTC")).await;
    assert!(shown.contains("it would have stopped 1 deploy."), "{shown}");
    assert!(shown.contains(&format!("/deploys/{saturday}")), "{shown}");
    let shown = preview(&console, "kind=until_lifted&app=&environment=").await;
    assert!(shown.contains("it would have stopped 3 deploys."), "{shown}");
    for id in [monday, saturday, staged] {
        assert!(shown.contains(&format!("/deploys/{id}")), "no {id} in {shown}");
    }
    assert!(!shown.contains(&old.to_string()), "longer ago than 30 days: {shown}");
    for _ in 0..10 {
        deploy("staging").await;
    }
    let shown = preview(&console, "kind=until_lifted&app=&environment=").await;
    assert!(shown.contains("it would have stopped 13 deploys."), "{shown}");
    assert_eq!(shown.matches("href=\"/deploys/").count(), 10, "the newest of them: {shown}");
}

on_both!(preview_counts_what_it_would_have_stopped);

/// A roll-back that goes on through freezes would not have been stopped.
#[tokio::test]
async fn preview_leaves_out_what_passes_freezes() {
    let apps = "[[app]]\nname = \"shop\"\nrepo = \"acme/shop\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
        environments = [{ name = \"production\", freeze_check = true, rollback_passes_freezes = true }]\n";
    let console = TestConsole::given(crate::support::Given { apps, ..Default::default() }).await;
    let first = console.succeeded("production", &"1".repeat(40)).await;
    console.succeeded("production", &"2".repeat(40)).await;
    let posted = console.post_form(&format!("/deploys/{first}/to/production"), "key=k").await;
    assert!(posted.header("location").is_some_and(|to| !to.contains("problem")), "{posted:?}");
    let shown = preview(&console, "kind=until_lifted&app=&environment=").await;
    assert!(shown.contains("it would have stopped 2 deploys."), "{shown}");
}

/// Nothing is shown of apps that the caller does not see, nor to who may not declare the freeze.
#[tokio::test]
async fn preview_shows_what_one_may_freeze() {
    let grants = "[[grant]]\nrole = \"operator\"\nto = [\"group:web\"]\napps = [\"shop\"]\n\
        [[grant]]\nrole = \"admin\"\nto = [\"user:ada\"]\n";
    let console = console_of(grants).await;
    let get = async |query: &str| person(&console, "bob", "web").get(&format!("/freezes?{query}")).await.text;
    let own = get("kind=until_lifted&app=shop").await;
    assert!(own.contains("id=\"preview\""), "{own}");
    let role = Role::Operator;
    let all = get("kind=until_lifted&app=").await;
    assert!(!all.contains("id=\"preview\"") && all.contains(&format!("It needs the role {role}")), "{all}");
    let foreign = get(&format!("kind=until_lifted&app={FOREIGN}")).await;
    assert!(!foreign.contains("id=\"preview\""), "{foreign}");
}

/// A link may name the place: each form begins with it, and the reason is still to be typed.
#[tokio::test]
async fn link_to_a_place_fills_in_its_scope() {
    let console = TestConsole::new().await;
    let page = console.get("/freezes?app=shop&environment=production").await.text;
    for form in ["now", "once", "weekly"] {
        assert!(field(&page, &format!("{form}-app")).contains("value=\"shop\" selected"), "{form}: {page}");
        let environment = field(&page, &format!("{form}-environment"));
        assert!(environment.contains("value=\"production\" selected"), "{form}: {page}");
    }
    assert!(!page.contains("field__problem"), "{page}");
    let unknown = console.get("/freezes?app=nothing").await.text;
    assert!(!field(&unknown, "now-app").contains("selected"), "{unknown}");
}
