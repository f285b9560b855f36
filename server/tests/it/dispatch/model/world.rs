//! A console, its GitHub, and what happens to them.

use std::collections::BTreeMap;

use app::domain::DeployId;
use axum::body::Body;
use jiff::SignedDuration;
use proptest::sample::Index;
use runtime::fail_point::{FailPoint, Point};
use server::audit;
use store::DeployFilter;

use super::{
    checks::{self, Seen},
    ops::{Event, Op, Press, Report},
};
use crate::support::{Answer, TestConsole, claim, fresh, id_of, order, request};

/// By when GitHub's lists show every run that there is, and a bit.
const LISTS_ARE_COMPLETE: SignedDuration = SignedDuration::from_secs(10 * 60 + 1);
/// Both deadlines of every environment of the tests, and a bit.
const PAST_EVERY_DEADLINE: SignedDuration = SignedDuration::from_secs(24 * 60 * 60 + 1);
/// How long GitHub may take to confirm that it cancelled a run, and a bit.
const PAST_THE_GRACE: SignedDuration = SignedDuration::from_secs(2 * 60 + 1);
/// Named by mistake, for a deploy whose own run is known.
const SOMEBODY_ELSES_RUN: i64 = 7;

pub struct World {
    console: TestConsole,
    /// Every deploy, in the order in which they were made, as it was last seen.
    deploys: Vec<Seen>,
    /// What each key made.
    made: BTreeMap<String, DeployId>,
    /// What GitHub was asked for.
    asked: Vec<String>,
}

impl World {
    pub async fn new() -> Self {
        let console = TestConsole::new().await;
        Self { console, deploys: Vec::new(), made: BTreeMap::new(), asked: Vec::new() }
    }

    pub async fn apply(&mut self, op: &Op) {
        match op {
            Op::Press(press) => return self.press(press).await,
            Op::Report(report) => self.report(report).await,
            Op::Run(deploy, event) => self.run(*deploy, *event),
            Op::Record(outage) => self.console.github.set_outage(*outage),
            Op::Cancel(deploy, fault) => self.cancel(*deploy, *fault).await,
            Op::Abandon(deploy) => self.abandon(*deploy).await,
            Op::Poll(deploy) => self.poll(*deploy).await,
            Op::Pass => self.pass_twice().await,
            Op::Import => return self.import().await,
            Op::Wait(seconds) => self.console.clock.advance(SignedDuration::from_secs(*seconds)),
        }
        self.look(None).await;
    }

    /// I10: the trouble is over, and every run ends like this, if it has not yet. Then one pass brings every
    /// row as far as it gets.
    pub async fn settle(&mut self, end: &'static str) {
        self.console.github.end_all(end);
        self.console.clock.advance(LISTS_ARE_COMPLETE);
        self.pass_twice().await;
        for seen in &self.deploys {
            checks::has_ended_or_says_why(seen, &self.console.github);
        }
        for time in [PAST_EVERY_DEADLINE, PAST_THE_GRACE] {
            self.console.clock.advance(time);
            self.pass_twice().await;
        }
        for Seen { row, .. } in &self.deploys {
            assert!(row.status.is_terminal(), "{row:#?}");
        }
    }

    fn pick(&self, index: Index) -> Option<DeployId> {
        (!self.deploys.is_empty()).then(|| index.get(&self.deploys).row.id)
    }

    async fn press(&mut self, press: &Press) {
        let key = format!("{}-{}", press.environment, press.key);
        let mut order = order(press.environment);
        order["git_ref"] = press.git_ref.into();
        if let Some(fault) = &press.fault {
            self.console.github.fail_next(fault.clone());
        }
        if press.legs {
            self.console.github.plan_legs("acme/shop", press.environment, &["eu", "us"]);
        }
        let asked = self.asked.len();
        let answer = match press.crash {
            None => Some(self.console.dispatch(&key, &order).await),
            Some(point) => self.press_and_crash(&key, &order, point).await,
        };
        let new = self.look(Some(&key)).await.pop();
        // Every new deploy is asked for once, and nothing else ever is.
        let was_asked = new.filter(|_| answer.is_some() || press.crash != Some(Point::AfterIntent));
        assert_eq!(self.asked[asked..], Vec::from_iter(was_asked.map(|id| id.to_string())));
        match answer {
            Some(answer) => self.check_answer(&answer, &key, new),
            None => assert_eq!(new.is_none(), press.crash == Some(Point::BeforeIntent)),
        }
    }

    /// Kills the console at a point, if it gets there; otherwise gives its answer. Then there is a new one.
    async fn press_and_crash(
        &mut self,
        key: &str,
        order: &serde_json::Value,
        point: Point,
    ) -> Option<Answer> {
        let fail_point = FailPoint::at(point);
        self.console.restart(fail_point.clone());
        let answer = tokio::select! {
            answer = self.console.dispatch(key, order) => Some(answer),
            () = fail_point.reached() => None,
        };
        self.console.restart(FailPoint::default());
        answer
    }

    fn check_answer(&self, answer: &Answer, key: &str, new: Option<DeployId>) {
        match answer.status {
            201 => assert_eq!(Some(id_of(answer)), new),
            200 => assert_eq!((Some(&id_of(answer)), new), (self.made.get(key), None)),
            status => assert!(matches!(status, 409 | 422) && new.is_none(), "{answer:?}"),
        }
    }

    async fn report(&self, report: &Report) {
        let Some(id) = self.pick(report.deploy) else { return };
        let knows_its_run = report.deploy.get(&self.deploys).row.run.is_some();
        let mut runs = self.console.github.runs_for(id);
        runs.extend(knows_its_run.then_some(SOMEBODY_ELSES_RUN));
        let mut body = claim(id, report.status.as_str());
        if let Some(run) = report.run.filter(|_| !runs.is_empty()) {
            body["run_id"] = (*run.get(&runs)).into();
        }
        if let Some(index) = report.leg {
            body["leg"] = serde_json::json!({ "index": index, "total": 2 });
        }
        let delivery = report.delivery.map_or_else(fresh, |few| few.to_string());
        let answer = self.console.callback(id, &delivery, body.to_string()).await;
        assert!(matches!(answer.status, 200 | 409), "{answer:?}");
    }

    fn run(&self, deploy: Index, event: Event) {
        let (github, Some(id)) = (&self.console.github, self.pick(deploy)) else { return };
        match event {
            Event::Job(job, status, conclusion) => github.set_job(id, job, status, conclusion),
            Event::Ends(conclusion) => github.end_run(id, conclusion),
            Event::Held(held) => github.hold_run(id, held),
            Event::BeginsAgain => github.rerun(id),
            Event::FailedBeginAgain => github.rerun_failed(id),
            Event::Deleted => github.delete_run(id),
            Event::IsFollowed => github.follow_with_another(id),
            Event::Rejected => github.reject(id, "octocat", "not today"),
            Event::Lags(is_stale) => github.set_index_stale(is_stale),
            Event::Listed(listed) => github.set_listed(id, listed),
            Event::Doubles => github.double_run(id),
        }
    }

    async fn cancel(&self, deploy: Index, fault: Option<u16>) {
        let Some(id) = self.pick(deploy) else { return };
        self.console.github.set_cancel_fault(fault);
        let path = format!("/api/internal/deploys/{id}/cancel");
        let answer = self.console.send(request("POST", &path).body(Body::empty()).unwrap()).await;
        assert!(matches!(answer.status, 202 | 409 | 503), "{answer:?}");
    }

    async fn abandon(&self, deploy: Index) {
        let Some(id) = self.pick(deploy) else { return };
        let path = format!("/api/internal/deploys/{id}/abandon");
        let request = request("POST", &path).header("content-type", "application/json");
        let answer = self.console.send(request.body(Body::from(r#"{"reason":"it is gone"}"#)).unwrap()).await;
        assert!(matches!(answer.status, 200 | 409), "{answer:?}");
    }

    async fn poll(&self, deploy: Index) {
        if let Some(id) = self.pick(deploy) {
            self.console.deploy(id).await;
        }
    }

    /// What is found becomes deploys, once.
    async fn import(&mut self) {
        self.console.import().await;
        self.look_at(self.deploys.len() + 100).await;
    }

    /// I9: a pass that follows a pass changes nothing.
    async fn pass_twice(&mut self) {
        self.console.pass().await;
        self.look(None).await;
        let once = self.deploys.clone();
        assert_eq!(self.console.pass().await, 0);
        self.look(None).await;
        assert_eq!(self.deploys, once);
    }

    /// Looks at what changed, where a press may have made one deploy, and nothing else any. Returns what this key has made.
    async fn look(&mut self, pressed: Option<&str>) -> Vec<DeployId> {
        let asked = self.console.github.asked_for();
        assert!(pressed.is_some() || asked == self.asked, "only who presses asks for a run: {asked:?}");
        self.asked = asked;
        let new = self.look_at(self.deploys.len() + usize::from(pressed.is_some())).await;
        for id in &new {
            let key = pressed.expect("nobody pressed Deploy");
            assert_eq!(self.made.insert(key.to_owned(), *id), None, "one key is one deploy");
        }
        new
    }

    /// Reads every row and journal, and checks what must hold. Returns the deploys that are new.
    async fn look_at(&mut self, most: usize) -> Vec<DeployId> {
        let store = &self.console.database.store;
        let filter = DeployFilter { limit: 100, ..DeployFilter::default() };
        let mut now = Vec::new();
        for row in store.deploys(&filter).await.unwrap() {
            let journal = store.journal(row.id).await.unwrap();
            now.push(Seen { row, journal });
        }
        now.sort_by_key(|seen| seen.journal.first().map(|entry| entry.sequence));
        assert!((self.deploys.len()..=most).contains(&now.len()), "{:#?}\n{now:#?}", self.deploys);
        checks::hold(&self.deploys, &now, &self.console.github);
        audit::verify(&**store, None).await.expect("rows are as the journal says");
        let new = now[self.deploys.len()..].iter().map(|seen| seen.row.id).collect();
        self.deploys = now;
        new
    }
}
