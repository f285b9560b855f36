//! Random runs by hand, freezes, approvals, outages, times, looks and restarts, on two instances, against a model that is
//! written by hand: what GitHub is told, and that it is told once.

use std::sync::Arc;

use app::{
    api::ProtectionApi,
    domain::{Caller, CallerKind, Grant, ProtectionRequestId, Role, Visible},
};
use github_fake::{Outage, ProtectionState};
use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use server::service::Console;
use store::{Actor, DatabaseSystem, Lift};

use super::Gated;

const PEOPLE: [&str; 3] = ["ada", "ben", "cleo"];
const NEEDED: usize = 2;
/// Minutes.
const EXPIRES: i64 = 60;

#[derive(Clone, Debug)]
enum Op {
    /// The run before, if there is one, ends; another one asks.
    Ask,
    Approve(usize),
    Reject(usize),
    Freeze,
    Thaw,
    /// GitHub goes away.
    Away,
    Back,
    Wait(i64),
    /// What each instance does every few seconds.
    Look,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => Just(Op::Ask),
        5 => (0..PEOPLE.len()).prop_map(Op::Approve),
        1 => (0..PEOPLE.len()).prop_map(Op::Reject),
        1 => Just(Op::Freeze),
        1 => Just(Op::Thaw),
        1 => Just(Op::Away),
        2 => Just(Op::Back),
        2 => (0_i64..40).prop_map(Op::Wait),
        4 => Just(Op::Look),
        1 => Just(Op::Restart),
    ]
}

/// What becomes of the newest run.
#[derive(Debug, Default)]
struct Model {
    /// Whether its record was read, and since which minute it waits for approvals.
    waits_since: Option<i64>,
    given: Vec<usize>,
    decision: Option<ProtectionState>,
    is_told: bool,
    is_frozen: bool,
    is_away: bool,
    minute: i64,
}

impl Model {
    fn look(&mut self) {
        if self.is_away {
            return;
        }
        self.decision = self.decision.or_else(|| self.decide());
        self.is_told |= self.decision.is_some();
    }

    fn decide(&mut self) -> Option<ProtectionState> {
        if self.is_frozen {
            return Some(ProtectionState::Rejected);
        }
        let since = *self.waits_since.get_or_insert(self.minute);
        if self.given.len() >= NEEDED {
            Some(ProtectionState::Approved)
        } else {
            (since + EXPIRES <= self.minute).then_some(ProtectionState::Rejected)
        }
    }

    /// Whether people can approve or reject it.
    fn is_open(&self) -> bool {
        let is_over = self.waits_since.is_none_or(|since| since + EXPIRES <= self.minute);
        self.decision.is_none() && !is_over
    }
}

struct World {
    gated: Gated,
    other: Arc<Console>,
    model: Model,
    run: Option<(i64, ProtectionRequestId)>,
    turn: usize,
}

fn approver(person: usize) -> Caller {
    let name = PEOPLE[person].to_owned();
    let grants = vec![Grant::everywhere(Role::Approver)];
    Caller { kind: CallerKind::Person, id: format!("oidc:{name}"), name, groups: Vec::new(), grants }
}

impl World {
    async fn new(system: DatabaseSystem) -> Self {
        let mut gated = Gated::with(system, "approvals = 2").await;
        let other = Arc::clone(&gated.console.console);
        gated.restart();
        Self { gated, other, model: Model::default(), run: None, turn: 0 }
    }

    fn instance(&mut self) -> Arc<Console> {
        self.turn += 1;
        Arc::clone(if self.turn.is_multiple_of(2) { &self.gated.console.console } else { &self.other })
    }

    async fn apply(&mut self, op: &Op) {
        match op {
            Op::Ask => self.ask().await,
            Op::Approve(person) => self.review(*person, true).await,
            Op::Reject(person) => self.review(*person, false).await,
            Op::Freeze => {
                if !std::mem::replace(&mut self.model.is_frozen, true) {
                    self.gated.freeze().await;
                }
            }
            Op::Thaw => self.thaw().await,
            Op::Away | Op::Back => {
                self.model.is_away = matches!(op, Op::Away);
                let outage = self.model.is_away.then_some(Outage::Answering(503));
                self.gated.console.github.set_outage(outage);
            }
            Op::Wait(minutes) => {
                self.gated.console.clock.advance(SignedDuration::from_mins(*minutes));
                self.model.minute += minutes;
            }
            Op::Look => self.look().await,
            Op::Restart => self.gated.restart(),
        }
    }

    async fn ask(&mut self) {
        if let Some((run, _)) = self.run {
            self.gated.console.github.end(run, "cancelled");
            self.look().await;
        }
        // What is asked at the same instant has no order.
        self.gated.console.clock.advance(SignedDuration::from_millis(1));
        let run = self.gated.by_hand().await;
        let newest = self.gated.requests().await[0]["id"].as_str().unwrap().parse().unwrap();
        self.run = Some((run, newest));
        let Model { is_frozen, is_away, minute, .. } = self.model;
        self.model = Model { is_frozen, is_away, minute, ..Model::default() };
    }

    async fn review(&mut self, person: usize, is_approval: bool) {
        let Some((_, id)) = self.run else { return };
        let (instance, caller) = (self.instance(), approver(person));
        let answer = if is_approval {
            instance.approve_run(&caller, id, None).await
        } else {
            instance.reject_run(&caller, id, None).await
        };
        assert_eq!(answer.is_ok(), self.model.is_open(), "{answer:?} {:?}", self.model);
        if answer.is_err() {
            return;
        }
        if !is_approval {
            self.model.decision = Some(ProtectionState::Rejected);
        } else if !self.model.given.contains(&person) {
            self.model.given.push(person);
        }
        // Its own look follows at once.
        self.model.look();
    }

    async fn thaw(&mut self) {
        self.model.is_frozen = false;
        let store = &self.gated.console.database.store;
        for freeze in store.freezes(0, &Visible::All).await.unwrap() {
            let lift = Lift { id: freeze.id, by: Actor::named("else"), at: self.gated.now() };
            store.lift(&lift).await.unwrap();
        }
    }

    /// Both instances look, after an answer that was begun is no longer waited for.
    async fn look(&mut self) {
        self.gated.console.clock.advance(SignedDuration::from_secs(15));
        for instance in [&self.other, &self.gated.console.console] {
            instance.settle_protection().await.unwrap();
        }
        self.model.look();
    }

    async fn check(&self) {
        server::audit::verify(&*self.gated.console.database.store, None).await.unwrap();
        let Some((run, _)) = self.run else { return };
        let (told, model) = (self.gated.told(run), &self.model);
        assert!(told.len() <= 1, "told more than once: {told:?}");
        assert_eq!(self.gated.console.github.refused_protection_answers(run), 0, "{model:?}");
        if let Some(told) = told.first() {
            assert_eq!(Some(*told), model.decision, "{model:?}");
        } else {
            assert!(!model.is_told, "{model:?}");
        }
    }
}

fn play(system: DatabaseSystem, ops: &[Op]) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new(system).await;
        for op in ops {
            world.apply(op).await;
            world.check().await;
        }
    });
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn f97_gate_follows_the_model_on_sqlite(ops in vec(op(), 1..24)) {
        play(DatabaseSystem::Sqlite, &ops)?;
    }

    #[test]
    fn f97_gate_follows_the_model_on_postgres(ops in vec(op(), 1..24)) {
        play(DatabaseSystem::Postgres, &ops)?;
    }
}
