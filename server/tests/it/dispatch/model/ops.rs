//! What can happen to a console, its GitHub and its workflows.

use app::domain::{Status, transition};
use github_fake::{Fault, Outage};
use proptest::{
    collection::vec,
    option::{of, weighted},
    prelude::*,
    sample::{Index, select},
};
use runtime::fail_point::Point;

#[derive(Clone, Debug)]
pub enum Op {
    Press(Press),
    Report(Report),
    /// Something happens to the run of a deploy.
    Run(Index, Event),
    /// GitHub's record can be read, or not.
    Record(Option<Outage>),
    /// A cancel request for a deploy, which GitHub answers with this instead of accepting it.
    Cancel(Index, Option<u16>),
    /// A person gives a deploy up.
    Abandon(Index),
    Poll(Index),
    /// A pass of the reconciler, and another one.
    Pass,
    /// A look at runs that the console did not start, later attempts among them.
    Import,
    /// So many seconds go by.
    Wait(i64),
}

/// A press of Deploy.
#[derive(Clone, Debug)]
pub struct Press {
    pub environment: &'static str,
    /// One of the few keys of this environment.
    pub key: u8,
    pub git_ref: &'static str,
    /// What goes wrong with the next dispatch.
    pub fault: Option<Fault>,
    /// Where the console is killed, if it gets there.
    pub crash: Option<Point>,
    /// Whether its workflow rolls out in legs.
    pub legs: bool,
}

/// A workflow reports.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    pub deploy: Index,
    pub status: Status,
    /// One of a few delivery ids, or a new one.
    pub delivery: Option<u8>,
    /// Which run it names, of those that it can.
    pub run: Option<Index>,
    /// Which of two legs reports, if one does.
    pub leg: Option<u8>,
}

/// What happens to a run.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    Job(&'static str, &'static str, Option<&'static str>),
    Ends(&'static str),
    Held(Option<&'static str>),
    BeginsAgain,
    FailedBeginAgain,
    Deleted,
    IsFollowed,
    Rejected,
    Lags(bool),
    Listed(bool),
    Doubles,
}

/// A press, and any operations after it.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    (press(), vec(op(), 0..25)).prop_map(|(press, mut ops)| {
        ops.insert(0, press);
        ops
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => press(),
        6 => report(),
        8 => (any::<Index>(), event()).prop_map(|(deploy, event)| Op::Run(deploy, event)),
        2 => of(outage()).prop_map(Op::Record),
        2 => (any::<Index>(), of(select(vec![403, 500]))).prop_map(|(deploy, fault)| Op::Cancel(deploy, fault)),
        1 => any::<Index>().prop_map(Op::Abandon),
        2 => any::<Index>().prop_map(Op::Poll),
        5 => Just(Op::Pass),
        2 => Just(Op::Import),
        2 => prop_oneof![1..=30_i64, 30..=1200_i64].prop_map(Op::Wait),
    ]
}

/// Where a press may stop. (The database is not restarted here, so nothing stops within a transaction.)
const POINTS: [Point; 4] = [Point::BeforeIntent, Point::AfterIntent, Point::AfterPost, Point::AfterCommit];

fn press() -> impl Strategy<Value = Op> {
    let git_ref = prop_oneof![7 => Just("main"), 1 => Just("v2")];
    let crash = weighted(0.4, select(&POINTS[..]));
    (environment(), 0..3_u8, git_ref, of(fault()), crash, any::<bool>()).prop_map(
        |(environment, key, git_ref, fault, crash, legs)| {
            Op::Press(Press { environment, key, git_ref, fault, crash, legs })
        },
    )
}

fn environment() -> impl Strategy<Value = &'static str> {
    select(&["production", "staging"][..])
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => select(&[401, 422, 502][..]).prop_map(|status| Fault::Refused(status, String::new())),
        3 => select(&[204, 502][..]).prop_map(|status| Fault::AcceptedButAnswered(status, String::new())),
        1 => (1..120_u32).prop_map(Fault::Limited),
        1 => select(&[400, 422][..]).prop_map(Fault::NoRunDetails),
    ]
}

fn outage() -> impl Strategy<Value = Outage> {
    prop_oneof![
        select(&[404, 500, 503][..]).prop_map(Outage::Answering),
        (1..120_u32).prop_map(Outage::Limited),
    ]
}

fn report() -> impl Strategy<Value = Op> {
    let statuses: Vec<_> =
        Status::ALL.into_iter().filter(|status| transition::is_callback_status(*status)).collect();
    (any::<Index>(), select(statuses), of(0..4_u8), of(any::<Index>()), weighted(0.4, 0..2_u8)).prop_map(
        |(deploy, status, delivery, run, leg)| Op::Report(Report { deploy, status, delivery, run, leg }),
    )
}

fn event() -> impl Strategy<Value = Event> {
    let job = select(&["smoke", "freeze-check", "deploy", "deploy (eu)", "deploy (us)"][..]);
    let progress = prop_oneof![
        2 => Just(("in_progress", None)),
        4 => Just(("completed", Some("success"))),
        1 => Just(("completed", Some("failure"))),
        1 => Just(("waiting", None)),
    ];
    let end = select(
        &[
            "success",
            "failure",
            "cancelled",
            "timed_out",
            "skipped",
            "neutral",
            "stale",
            "startup_failure",
            "action_required",
            "something new",
        ][..],
    );
    prop_oneof![
        8 => (job, progress).prop_map(|(job, (status, conclusion))| Event::Job(job, status, conclusion)),
        3 => end.prop_map(Event::Ends),
        1 => of(select(&["waiting", "pending"][..])).prop_map(Event::Held),
        1 => Just(Event::BeginsAgain),
        1 => Just(Event::FailedBeginAgain),
        1 => Just(Event::Deleted),
        1 => Just(Event::IsFollowed),
        1 => Just(Event::Rejected),
        1 => any::<bool>().prop_map(Event::Lags),
        3 => any::<bool>().prop_map(Event::Listed),
        1 => Just(Event::Doubles),
    ]
}
