//! Inputs in forms that need no scripts: a field for each, and what was typed survives a refusal.

use serde_json::json;

use crate::support::{TestConsole, fresh, id_of, inputs, order};

const PAGE: &str = "/deploy/shop/production";

async fn page(console: &TestConsole, address: &str) -> String {
    let answer = console.get(address).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text
}

/// The markup of the field with this id: the part of the form that begins with its label or its box.
#[track_caller]
fn field<'a>(page: &'a str, id: &str) -> &'a str {
    let [label, itself] = [format!("for=\"{id}\""), format!("id=\"{id}\"")].map(|part| page.find(&part));
    let start = label.zip(itself).unwrap_or_else(|| panic!("no {id} in {page}"));
    let field = &page[start.0.min(start.1)..];
    &field[..field.find("class=\"field\"").unwrap_or(field.len())]
}

#[tokio::test]
async fn form_has_a_field_for_each_input() {
    let console = inputs::console().await;
    let page = page(&console, PAGE).await;
    let region = field(&page, "plan-input-region");
    assert!(region.contains("Region") && region.contains("name=\"input.region\""), "{region}");
    assert!(region.contains("<option value=\"eu\" selected>eu</option>"), "{region}");
    assert!(!region.contains("Not set") && region.contains("Optional."), "{region}");
    let dry_run = page.split_once("name=\"input.dry_run\" value=\"false\"").expect("what is sent unticked").1;
    assert!(dry_run.contains("type=\"checkbox\"") && dry_run.contains("Dry run"), "{dry_run}");
    let ticket = field(&page, "plan-input-ticket");
    assert!(ticket.contains(" required") && ticket.contains("Required."), "{ticket}");
    assert!(!page.contains("input.app"), "what is configured is not asked for");
    let board = console.get("/").await.text;
    assert!(board.contains("data-inputs=\"[{&quot;name&quot;:&quot;region&quot;"), "{board}");
}

#[tokio::test]
async fn form_sends_its_inputs() {
    let console = inputs::console().await;
    let form = "key=k&ref=main&environment_name=production&input.region=us&input.dry_run=false&input.dry_run=true\
        &input.ticket=OPS-7";
    let pressed = console.post_form(PAGE, form).await;
    let made = pressed.header("location").expect("it leads on").to_owned();
    let deploy = console.get(&format!("/api/internal{made}")).await.json;
    let sent = json!({ "app": "shop", "dry_run": "true", "region": "us", "ticket": "OPS-7" });
    assert_eq!(deploy["inputs"], sent, "{pressed:?}");
}

#[tokio::test]
async fn refused_form_keeps_what_was_typed() {
    let console = inputs::console().await;
    let form = "key=k&ref=main&reason=it+is+time&input.region=us&input.dry_run=false&input.dry_run=true&input.ticket=";
    let refused = console.post_form(PAGE, form).await;
    let back = refused.header("location").expect("it leads back").to_owned();
    assert!(back.contains("problem=invalid_input"), "{back}");
    let page = page(&console, &back).await;
    assert!(page.contains("An input has a value that it does not take."), "{page}");
    assert!(field(&page, "plan-input-region").contains("<option value=\"us\" selected>"), "{page}");
    assert!(field(&page, "plan-input-dry_run").contains(" checked"), "{page}");
    let ticket = field(&page, "plan-input-ticket");
    assert!(ticket.contains("aria-invalid=\"true\"") && ticket.contains("Give a value."), "{ticket}");
    assert!(page.contains("value=\"it is time\""), "{page}");
    assert_eq!(console.github.dispatches(), 0);
}

/// Another try, a rollback and a promotion begin with the inputs of the deploy that they follow.
#[tokio::test]
async fn follow_ups_begin_with_the_same_inputs() {
    let console = inputs::console().await;
    let mut order = order("staging");
    order["inputs"] = json!({ "region": "us", "ticket": "OPS 7&8", "dry_run": true });
    let failed = id_of(&console.dispatch(&fresh(), &order).await);
    console.report(failed, "failed").await;
    let shown = page(&console, &format!("/deploys/{failed}")).await;
    let again = shown.split_once("/deploy/shop/staging?ref=").expect("a link").1.split_once('"').unwrap().0;
    let again = format!("/deploy/shop/staging?ref={}", again.replace("&amp;", "&"));
    assert!(again.contains("input.ticket=OPS%207%268"), "{again}");
    let form = page(&console, &again).await;
    assert!(field(&form, "plan-input-ticket").contains("value=\"OPS 7&amp;8\""), "{form}");
    assert!(field(&form, "plan-input-region").contains("<option value=\"us\" selected>"), "{form}");
    // A link may be old: what may not be given any more is not in the form.
    let old = page(&console, &again.replace("region=us", "region=asia")).await;
    assert!(field(&old, "plan-input-region").contains("<option value=\"eu\" selected>"), "{old}");

    let succeeded = id_of(&console.dispatch(&fresh(), &order).await);
    console.walk(succeeded, &["building", "deploying"]).await;
    let mut end = crate::support::claim(succeeded, "succeeded");
    end["commit"] = "1".repeat(40).into();
    console.callback(succeeded, &fresh(), end.to_string()).await;
    let form = page(&console, &format!("/deploys/{succeeded}/to/production")).await;
    assert!(field(&form, "redeploy-input-ticket").contains("value=\"OPS 7&amp;8\""), "{form}");
    assert!(field(&form, "redeploy-input-dry_run").contains(" checked"), "{form}");
}
