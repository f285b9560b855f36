//! Random requests, approvals, rejections, freezes, times and looks, by several people and on two instances, against a
//! model that is written by hand: who counts, when GitHub is asked, and how it ends.

use std::{collections::BTreeSet, sync::Arc};

use app::{
    api::{DeploysApi, DispatchApi, DispatchRequest, ErrorCode},
    domain::{Caller, DeployId, FreezeId, InputValues, Visible},
};
use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use runtime::{clock::Clock, fail_point::FailPoint, ids::uuid_at};
use server::service::Console;
use store::{Actor, DatabaseSystem, Lift};

use super::{approver, needing};
use crate::support::{TestConsole, freeze, fresh};

const PEOPLE: [&str; 4] = ["ada", "ben", "cleo", "dan"];

#[derive(Clone, Debug)]
enum Op {
    /// The local operator requests a deploy.
    Press,
    Approve(usize),
    ApproveOwn,
    Reject(usize),
    Freeze,
    Thaw,
    Wait(i64),
    /// What each instance does every few seconds, and the reconciler's pass.
    Look,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    let person = || 0..PEOPLE.len();
    prop_oneof![
        3 => Just(Op::Press),
        6 => person().prop_map(Op::Approve),
        1 => Just(Op::ApproveOwn),
        1 => person().prop_map(Op::Reject),
        1 => Just(Op::Freeze),
        1 => Just(Op::Thaw),
        2 => (0_i64..40).prop_map(Op::Wait),
        2 => Just(Op::Look),
        1 => Just(Op::Restart),
    ]
}

/// What is under way in production, as the model has it.
#[derive(Debug)]
struct Waiting {
    id: DeployId,
    minute: i64,
    given: BTreeSet<usize>,
}

#[derive(Default, Debug)]
struct Model {
    waiting: Option<Waiting>,
    /// The one that was sent, which goes on.
    sent: Option<DeployId>,
    posts: u32,
    is_frozen: bool,
    minute: i64,
}

const NEEDED: usize = 2;
const EXPIRES: i64 = 60;

impl Model {
    fn is_over(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| waiting.minute + EXPIRES <= self.minute)
    }

    /// What an approval is answered with.
    fn approve(&mut self, person: usize) -> Result<(), ErrorCode> {
        let (is_over, is_frozen) = (self.is_over(), self.is_frozen);
        let Some(waiting) = &mut self.waiting else { return Err(ErrorCode::NotAwaitingApproval) };
        if is_over {
            self.waiting = None;
            return Err(ErrorCode::NotAwaitingApproval);
        }
        if waiting.given.contains(&person) {
            return Ok(());
        }
        if is_frozen {
            return Err(ErrorCode::Frozen);
        }
        waiting.given.insert(person);
        if waiting.given.len() == NEEDED {
            (self.sent, self.posts) = (Some(waiting.id), self.posts + 1);
            self.waiting = None;
        }
        Ok(())
    }

    fn reject(&mut self) -> Result<(), ErrorCode> {
        let is_over = self.is_over();
        match self.waiting.take() {
            Some(_) if !is_over => Ok(()),
            Some(_) | None => Err(ErrorCode::NotAwaitingApproval),
        }
    }
}

struct World {
    console: TestConsole,
    other: Arc<Console>,
    model: Model,
    /// The newest that was requested.
    last: Option<DeployId>,
    turn: usize,
}

impl World {
    async fn new(system: DatabaseSystem) -> Self {
        let mut console = needing(system, "2").await;
        let other = Arc::clone(&console.console);
        console.restart(FailPoint::default());
        Self { console, other, model: Model::default(), last: None, turn: 0 }
    }

    /// The instances take turns.
    fn instance(&mut self) -> Arc<Console> {
        self.turn += 1;
        Arc::clone(if self.turn.is_multiple_of(2) { &self.console.console } else { &self.other })
    }

    async fn press(&mut self) {
        // What was sent has come to its end.
        if let Some(sent) = self.model.sent.take() {
            self.console.walk(sent, &["failed"]).await;
        }
        let request = DispatchRequest {
            app: "shop".to_owned(),
            environment: "production".to_owned(),
            git_ref: "main".to_owned(),
            reason: None,
            override_freeze: None,
            pinned_to: None,
            inputs: InputValues::default(),
        };
        let answer = self.instance().dispatch(&app::domain::Caller::local(), &fresh(), request).await;
        let expected = match (&self.model.waiting, self.model.is_frozen) {
            (Some(_), _) => Err(ErrorCode::DeployUnderWay),
            (None, true) => Err(ErrorCode::Frozen),
            (None, false) => Ok(()),
        };
        let made = answer.map(|made| made.into_deploy().id).map_err(|error| error.code);
        assert_eq!(made.map(drop), expected);
        if let Ok(id) = made {
            self.last = Some(id);
            self.model.waiting = Some(Waiting { id, minute: self.model.minute, given: BTreeSet::new() });
        }
    }

    async fn apply(&mut self, op: &Op) {
        match op {
            Op::Press => self.press().await,
            Op::Approve(person) => {
                let Some(id) = self.last else { return };
                let was_given = self.was_given(*person).await;
                let answer = self.instance().approve(&approver(PEOPLE[*person]), id, None).await;
                let expected = match self.model.approve(*person) {
                    // It is on its way with their approval: the answer to that may have been lost.
                    Err(ErrorCode::NotAwaitingApproval) if self.model.sent == Some(id) && was_given => Ok(()),
                    expected => expected,
                };
                assert_eq!(answer.map(drop).map_err(|error| error.code), expected);
            }
            Op::ApproveOwn => {
                let Some(id) = self.last else { return };
                let answer = self.instance().approve(&Caller::local(), id, None).await.map(drop);
                let is_waiting = self.model.waiting.is_some();
                let code = if is_waiting { ErrorCode::OwnRequest } else { ErrorCode::NotAwaitingApproval };
                assert_eq!(answer.map_err(|error| error.code), Err(code));
            }
            Op::Reject(person) => {
                let Some(id) = self.last else { return };
                let answer = self.instance().reject(&approver(PEOPLE[*person]), id, None).await;
                assert_eq!(answer.map(drop).map_err(|error| error.code), self.model.reject());
            }
            Op::Freeze => self.freeze().await,
            Op::Thaw => self.thaw().await,
            Op::Wait(minutes) => {
                self.console.clock.advance(SignedDuration::from_mins(*minutes));
                self.model.minute += minutes;
            }
            Op::Look => {
                for instance in [&self.other, &self.console.console] {
                    instance.settle_approvals().await.unwrap();
                }
                if self.model.is_over() {
                    self.model.waiting = None;
                }
                self.console.pass().await;
            }
            Op::Restart => self.console.restart(FailPoint::default()),
        }
    }

    async fn was_given(&self, person: usize) -> bool {
        let Some(id) = self.last else { return false };
        let stored = self.console.database.store.deploy(id).await.unwrap().unwrap();
        let name = format!("oidc:{}", PEOPLE[person]);
        stored.approval.is_some_and(|approval| approval.approved_by.contains(&name))
    }

    async fn freeze(&mut self) {
        if !std::mem::replace(&mut self.model.is_frozen, true) {
            let now = self.console.clock.now();
            self.console.database.store.declare(&freeze(FreezeId::new(uuid_at(now))), "else").await.unwrap();
        }
    }

    async fn thaw(&mut self) {
        self.model.is_frozen = false;
        let store = &self.console.database.store;
        for freeze in store.freezes(0, &Visible::All).await.unwrap() {
            let lift = Lift { id: freeze.id, by: Actor::named("else"), at: self.console.clock.now() };
            store.lift(&lift).await.unwrap();
        }
    }

    /// GitHub was asked for what was approved, once each; and the journal says of each row what the row says.
    async fn check(&self) {
        assert_eq!(self.console.github.dispatches(), self.model.posts, "{:?}", self.model);
        server::audit::verify(&*self.console.database.store, None).await.unwrap();
        let Some(id) = self.last else { return };
        let stored = self.console.database.store.deploy(id).await.unwrap().unwrap();
        assert_eq!(stored.awaits_approval(), self.model.waiting.is_some(), "{:?}", self.model);
        let given = self.model.waiting.as_ref().map(|waiting| waiting.given.len());
        assert!(given.is_none_or(|given| stored.approval.unwrap().shown.given.len() == given));
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
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn f94_f95_approvals_follow_the_model_on_sqlite(ops in vec(op(), 1..30)) {
        play(DatabaseSystem::Sqlite, &ops)?;
    }

    #[test]
    fn f94_f95_approvals_follow_the_model_on_postgres(ops in vec(op(), 1..30)) {
        play(DatabaseSystem::Postgres, &ops)?;
    }
}
