//! Who acts: the journal keeps where they signed in, and rows what people read.

use app::domain::{DeployId, FreezeId, Source, Status};
use runtime::ids::uuid_at;
use store::{Abandon, Actor, CreateOutcome, DatabaseSystem, Lift, NewDeploy, Note, Noted, Store};

use crate::support::{
    Database,
    database::on_both,
    freeze, noon,
    sample::{advance, open_request},
};

fn person(id: &str, name: &str) -> Actor {
    Actor { id: id.to_owned(), name: name.to_owned() }
}

fn request(key: &str, environment: &str, actor: Actor) -> NewDeploy {
    NewDeploy { id: DeployId::new(uuid_at(noon())), actor, ..open_request(key, environment) }
}

async fn actors(store: &dyn Store, id: DeployId) -> Vec<(String, String)> {
    let entries = store.journal(id).await.unwrap();
    entries
        .into_iter()
        .map(|entry| (entry.actor, entry.payload["name"].as_str().unwrap_or("").to_owned()))
        .collect()
}

/// Names are read back where they are not the id, and the rows still follow from the journal.
async fn journal_keeps_ids_and_rows_names(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    let (ada, ben) = (person("oidc:42", "ada"), person("github:7", "ben"));
    let request = request("one", "production", ada.clone());
    store.open(&request).await.unwrap();
    store.advance(&advance(request.id, Status::Dispatched, Source::Console)).await.unwrap();
    let cancel = |actor| Note { id: request.id, what: Noted::CancelRequested, actor, at: noon() };
    assert_eq!(store.note(&cancel(ada.clone())).await.unwrap(), store::Advanced::Moved);
    let again = store.note(&cancel(ben.clone())).await.unwrap();
    assert_eq!(again, store::Advanced::Refused(Status::Dispatched.into()), "it was asked for before");
    let reason = "Its run is gone".to_owned();
    store.abandon(&Abandon { id: request.id, actor: ben.clone(), reason, at: noon() }).await.unwrap();

    let stored = store.deploy(request.id).await.unwrap().unwrap();
    assert_eq!(stored.requested_by, "ada");
    assert_eq!(stored.cancellation.unwrap().requested_by, "ada");
    assert_eq!(stored.abandoned.unwrap().by, "ben");
    let expected = [("oidc:42", "ada"), ("console", ""), ("oidc:42", "ada"), ("github:7", "ben")];
    assert_eq!(actors(store, request.id).await, expected.map(|(id, name)| (id.to_owned(), name.to_owned())));

    let mut declared = freeze(FreezeId::new(uuid_at(noon())));
    declared.declared_by = "ada".to_owned();
    store.declare(&declared, "oidc:42").await.unwrap();
    store.lift(&Lift { id: declared.id, by: ben, at: noon() }).await.unwrap();
    let freezes = store.freezes(1, &app::domain::Visible::All).await.unwrap();
    assert_eq!(freezes[0].declared_by, "ada");
    assert_eq!(freezes[0].lifted.as_ref().unwrap().by, "ben");
    assert_eq!(server::audit::verify(store, None).await.unwrap().deploys, 1);

    let forged = format!("UPDATE console_deploys SET requested_by = 'oidc:42' WHERE id = '{}'", request.id);
    database.raw().await.run(&forged).await.unwrap();
    let error = server::audit::verify(store, None).await.unwrap_err().to_string();
    assert!(error.contains("requested_by") || error.contains("\"ada\""), "{error}");
}

/// The same key of two people makes two deploys, and each gets their own answer again: by id, as two may share a name.
async fn keys_belong_to_who_used_them(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    let first = request("key", "production", person("oidc:42", "ada"));
    let second = request("key", "staging", person("github:7", "ada"));
    assert_eq!(store.open(&first).await.unwrap(), CreateOutcome::New);
    assert_eq!(store.earlier(&second).await.unwrap(), None);
    assert_eq!(store.open(&second).await.unwrap(), CreateOutcome::New);
    for request in [&first, &second] {
        store.answered(request.id, noon()).await.unwrap();
        let again = CreateOutcome::Replayed(request.id);
        assert_eq!(store.earlier(request).await.unwrap(), Some(again.clone()));
        assert_eq!(store.open(request).await.unwrap(), again);
    }
    let other = NewDeploy { fingerprint: "other".to_owned(), ..second };
    assert_eq!(store.open(&other).await.unwrap(), CreateOutcome::KeyReused);
}

/// A key of before there was sign-in is one of the local operator's.
async fn keys_of_before_belong_to_the_operator(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    let local = request("key", "production", Actor::named("local operator"));
    assert_eq!(store.open(&local).await.unwrap(), CreateOutcome::New);
    let owners = database.raw().await.read("SELECT actor FROM idempotency_keys").await;
    assert_eq!(owners, ["local operator"], "as the builds of before wrote it");
    let ada = request("key", "staging", person("oidc:42", "local operator"));
    assert_eq!(store.open(&ada).await.unwrap(), CreateOutcome::New);
}

on_both!(
    journal_keeps_ids_and_rows_names,
    keys_belong_to_who_used_them,
    keys_of_before_belong_to_the_operator,
);
