//! What was answered, and whether it still holds.

use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
};

use app::domain::{DeployId, JournalEntry};
use serde_json::json;
use server::audit;
use store::{DeployFilter, EntryFilter, Store, StoredDeploy};

use super::lane::{Answered, Lane, ask};
use crate::support::{
    invariants::assert_path,
    site::{Site, callback, press},
};

/// More than there will be.
const ALL: u32 = 1_000_000;

/// What was answered by all the servers that were killed.
#[derive(Default)]
pub(super) struct Kept {
    all: Vec<Answered>,
    /// So many of them were said by servers before the last.
    old: usize,
    /// What a server recorded without coming to say so.
    unsaid: usize,
}

impl Kept {
    pub(super) fn hear(&mut self, answers: Vec<Answered>) {
        self.old = self.all.len();
        self.all.extend(answers);
        self.unsaid += self.all[self.old..].iter().filter(|answer| self.was_unsaid(answer)).count();
    }

    /// A first answer that says that there was one before.
    fn was_unsaid(&self, answer: &Answered) -> bool {
        match answer {
            Answered::Deploy { .. } => false,
            Answered::InFlight { .. } => true,
            Answered::Callback { delivery, outcome, .. } => {
                let is_same = |other: &&Answered| matches!(other, Answered::Callback { delivery: said, .. } if said == delivery);
                outcome == "replayed" && self.all.iter().filter(is_same).count() == 1
            }
        }
    }

    /// Repeats to this server what the one before it had answered.
    pub(super) async fn is_answered_again(&self, address: SocketAddr) {
        for answered in &self.all[self.old..] {
            match answered {
                Answered::Deploy { key, environment, id } => {
                    let (answer, body) = ask(address, &press(key, environment)).await.unwrap();
                    assert_eq!((answer.status(), &body["id"]), (Some(200), &json!(id)), "{key}: {answer:?}");
                }
                // Its answer is unknown.
                Answered::InFlight { .. } => {}
                Answered::Callback { delivery, id, status, .. } => {
                    let (answer, body) = ask(address, &callback(*id, delivery, status)).await.unwrap();
                    let said = (answer.status(), &body["outcome"]);
                    assert_eq!(said, (Some(200), &json!("replayed")), "{delivery}: {answer:?}");
                }
            }
        }
    }

    /// Looks at everything that is recorded: it is sound, and holds what was answered.
    pub(super) async fn is_in_the_journal(&self, site: &Site, lanes: &[Lane]) {
        let store = site.store().await;
        let (rows, entries) = at_one_moment(&*store).await;
        audit::verify(&*store, None).await.unwrap();
        store.close().await;
        let mut journals: HashMap<DeployId, Vec<JournalEntry>> = HashMap::new();
        for entry in &entries {
            journals.entry(entry.deploy_id.unwrap()).or_default().push(entry.clone());
        }
        assert_eq!(rows.len(), journals.len(), "each deploy has a journal, and each journal a deploy");
        for row in &rows {
            assert_path(row, &journals[&row.id]);
        }
        self.holds(&rows, &journals);
        for lane in lanes {
            let deploys = rows.iter().filter(|row| row.environment == lane.environment).count();
            assert!(deploys <= lane.keys(), "{deploys} deploys of one key each: {lane:?}");
        }
        assert_asked_once(site, &rows);
    }

    /// What was answered is there, once.
    fn holds(&self, rows: &[StoredDeploy], journals: &HashMap<DeployId, Vec<JournalEntry>>) {
        let there: HashSet<DeployId> = rows.iter().map(|row| row.id).collect();
        for answered in &self.all {
            match answered {
                Answered::Deploy { key, id, .. } | Answered::InFlight { key, id } => {
                    assert!(there.contains(id), "{key} is lost");
                }
                Answered::Callback { delivery, id, status, outcome } => {
                    let of_delivery = |entry: &&JournalEntry| {
                        entry.action == "console.deploy.callback"
                            && entry.payload["evidence"] == json!(delivery)
                    };
                    let entries: Vec<_> = journals[id].iter().filter(of_delivery).collect();
                    let [entry] = entries[..] else { panic!("{delivery}: {entries:#?}") };
                    if outcome != "replayed" {
                        assert_eq!(entry.payload["outcome"], json!(outcome), "{delivery}");
                    }
                    if entry.payload["outcome"] == "applied" {
                        assert_eq!(entry.payload["status"], json!(status), "{delivery}");
                    }
                }
            }
        }
    }

    /// The kills came in the middle: some of what was cut off had been recorded.
    pub(super) fn shows_that_work_was_cut_off(&self) {
        assert!(self.unsaid > 0, "every server was idle when it was killed");
    }
}

/// GitHub was asked once at most for each deploy, and for none that is not recorded.
fn assert_asked_once(site: &Site, rows: &[StoredDeploy]) {
    let asked = site.github.asked_for();
    let once: HashSet<_> = asked.iter().cloned().collect();
    assert_eq!(once.len(), asked.len(), "a deploy was asked for twice: {asked:?}");
    assert_eq!(site.github.dispatches() as usize, asked.len());
    let recorded: HashSet<_> = rows.iter().map(|row| row.id.to_string()).collect();
    assert!(once.is_subset(&recorded), "asked for what is not recorded: {:?}", once.difference(&recorded));
}

/// Rows and journal of one moment. A server may be at work on them: then what it wrote is waited for.
async fn at_one_moment(store: &dyn Store) -> (Vec<StoredDeploy>, Vec<JournalEntry>) {
    loop {
        let before = store.last_entry().await.unwrap();
        let rows = store.deploys(&DeployFilter { limit: ALL, ..DeployFilter::default() }).await.unwrap();
        let entries = store.entries(&EntryFilter::page(ALL)).await.unwrap().entries;
        if store.last_entry().await.unwrap() == before {
            return (rows, entries.into_iter().map(|entry| entry.try_into().unwrap()).collect());
        }
    }
}
