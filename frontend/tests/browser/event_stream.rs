//! Events that the server pushes: they make a poll ask, and move nothing themselves. Without them it goes on alone.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    time::Duration,
};

use app::{
    api::PollAnswer,
    domain::{Deploy, GitHubOutage, Timestamp},
    live::{
        event_stream::{DeployEvents, EventStream, OnEvent, StreamEvent, provide_events},
        use_deploy::use_deploy,
    },
    ui::{deploy::progress::DeployProgress, kit::announcement::Announcement},
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::deploy,
    page::{AT_ONCE, NEVER, Page, settle, until},
    script::Script,
    timers::{running_timers, set_hidden, watch_timers},
};

const OURS: &str = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4";
const ANOTHER: &str = "0192f0c1-2b6e-7c3a-9d4e-5f6071829300";
const PATH: [&str; 4] = ["requested", "dispatched", "smoke_gate_started", "smoke_gate_passed"];

/// A stream that a test feeds. (There is one thread, and the listener cannot be sent to another.)
#[derive(Default)]
struct FakeStream {
    on_event: Option<OnEvent>,
    opened: usize,
}

thread_local! {
    static STREAM: RefCell<FakeStream> = RefCell::default();
    /// How often it was shown whether the stream is connected.
    static CHANGES: Cell<usize> = const { Cell::new(0) };
}

/// Closes when it is dropped.
struct Connection;

impl Drop for Connection {
    fn drop(&mut self) {
        STREAM.with_borrow_mut(|stream| stream.on_event = None);
    }
}

pub(crate) fn stream() -> EventStream {
    STREAM.with_borrow_mut(|stream| *stream = FakeStream::default());
    EventStream::new(|on_event| {
        STREAM.with_borrow_mut(|stream| {
            stream.opened += 1;
            stream.on_event = Some(on_event);
        });
        Box::new(Connection) as Box<dyn Any>
    })
}

pub(crate) fn say(event: StreamEvent) {
    let on_event = STREAM.with_borrow(|stream| stream.on_event.clone()).expect("the page listens");
    on_event(event);
}

pub(crate) fn push_event_of(deploy: &str) {
    say(StreamEvent::Message(format!(r#"{{"deploy_id":"{deploy}","status":"smoke_gate_passed"}}"#)));
}

pub(crate) fn is_open() -> bool {
    STREAM.with_borrow(|stream| stream.on_event.is_some())
}

fn opened() -> usize {
    STREAM.with_borrow(|stream| stream.opened)
}

/// The progress of a deploy, with a stream beside its poll. Shows whether the stream is connected.
fn watching(script: &Script, every: Duration) -> Page {
    let stream = stream();
    let first = deploy(&PATH[..3]);
    Page::new(script, every, move || {
        provide_context(stream);
        provide_events();
        let DeployEvents { is_connected, .. } = expect_context::<DeployEvents>();
        let known = first.history.len();
        let signals = use_deploy(first);
        let (said, say) = signal(String::new());
        view! {
            <p>{move || {
                CHANGES.set(CHANGES.get() + 1);
                if is_connected.get() { "heard" } else { "not heard" }
            }}</p>
            <DeployProgress signals known say />
            <Announcement text=said />
        }
    })
}

/// Answers what is asked at the beginning, and when the stream is first connected.
async fn begin(script: &Script, page: &Page) {
    script.answer(Ok(deploy(&PATH[..3]))).await;
    until("it listens", is_open).await;
    say(StreamEvent::Heartbeat);
    script.answer(Ok(deploy(&PATH[..3]))).await;
    until("it is heard", || !page.has("not heard")).await;
    settle().await;
    assert_eq!((script.asked(), script.waiting()), (2, 0));
}

/// An event makes the poll ask, and moves nothing by itself.
#[wasm_bindgen_test]
async fn events_trigger_a_poll_and_nothing_else() {
    let script = Script::default();
    let page = watching(&script, NEVER);
    begin(&script, &page).await;
    push_event_of(ANOTHER);
    say(StreamEvent::Message("no JSON".to_owned()));
    say(StreamEvent::Heartbeat);
    settle().await;
    assert_eq!(script.asked(), 2, "an event about another deploy asks for nothing");
    say(StreamEvent::Message(r#"{"action":"console.freeze.declared"}"#.to_owned()));
    script.answer(Ok(deploy(&PATH[..3]))).await;
    settle().await;
    assert_eq!(script.asked(), 3, "an event about none may concern all");
    push_event_of(OURS);
    until("it asks", || script.waiting() == 1).await;
    assert_eq!(page.status().as_deref(), Some("smoke_gate_started"), "what is shown is what is answered");
    script.answer(Ok(deploy(&PATH))).await;
    until("it is shown", || page.status().as_deref() == Some("smoke_gate_passed")).await;
}

/// An event that arrives while a poll is on its way is asked about after it.
#[wasm_bindgen_test]
async fn event_during_a_poll_triggers_another() {
    let script = Script::default();
    let page = watching(&script, NEVER);
    begin(&script, &page).await;
    push_event_of(OURS);
    until("it asks", || script.waiting() == 1).await;
    for _ in 0..5 {
        push_event_of(OURS);
    }
    settle().await;
    assert_eq!(script.waiting(), 1, "one question at a time");
    script.answer(Ok(deploy(&PATH[..3]))).await;
    until("it asks again", || script.waiting() == 1).await;
    script.answer(Ok(deploy(&PATH))).await;
    until("it is shown", || page.status().as_deref() == Some("smoke_gate_passed")).await;
    settle().await;
    assert_eq!(script.asked(), 4, "once for all five");
}

/// What no event tells is asked for as often as without them.
/// A run that GitHub did not name is looked for when it is asked for, and an outage ends in no journal.
#[wasm_bindgen_test]
async fn without_events_polling_keeps_its_pace() {
    let script = Script::default();
    let page = watching(&script, AT_ONCE);
    let unknown = || Deploy { github_run_id: None, ..deploy(&PATH[..3]) };
    let down = || GitHubOutage { since: Timestamp::UNIX_EPOCH, what: "it is away".to_owned(), until: None };
    until("it listens", is_open).await;
    say(StreamEvent::Heartbeat);
    until("it is heard", || !page.has("not heard")).await;
    for _ in 0..4 {
        script.answer(Ok(Deploy { version: 4, ..unknown() })).await;
    }
    for version in 5..9 {
        let now = Deploy { version, ..deploy(&PATH[..3]) };
        let answer = PollAnswer { github: Some(down()), ..now.into() };
        script.answer_poll(Ok(answer)).await;
    }
    until("it asks again", || script.waiting() == 1).await;
}

#[wasm_bindgen_test]
async fn f63_without_stream_polling_goes_on() {
    let script = Script::default();
    let page = watching(&script, AT_ONCE);
    script.answer(Ok(deploy(&PATH[..3]))).await;
    until("it polls", || script.waiting() == 1).await;
    script.answer(Ok(deploy(&PATH[..3]))).await;
    until("it listens", is_open).await;
    say(StreamEvent::Heartbeat);
    until("it is heard", || !page.has("not heard")).await;
    say(StreamEvent::Lost);
    until("it says so", || page.has("not heard")).await;
    let changes = CHANGES.get();
    for _ in 0..3 {
        say(StreamEvent::Lost);
        settle().await;
    }
    assert_eq!(CHANGES.get(), changes, "once: no poll begins its wait anew");
    for _ in 0..3 {
        script.answer(Ok(deploy(&PATH[..3]))).await;
    }
    say(StreamEvent::Heartbeat);
    until("it is back", || !page.has("not heard")).await;
}

/// A hidden tab holds no stream, and opens one on its return.
#[wasm_bindgen_test]
async fn f62_hidden_tab_closes_its_stream() {
    let script = Script::default();
    let page = watching(&script, NEVER);
    begin(&script, &page).await;
    set_hidden(true);
    until("it is closed", || !is_open()).await;
    until("it is not heard", || page.has("not heard")).await;
    set_hidden(false);
    until("it is open", is_open).await;
    assert_eq!(opened(), 2);
    until("one question at once", || script.waiting() == 1).await;
    settle().await;
    assert_eq!(script.asked(), 3);
}

#[wasm_bindgen_test]
async fn f67_closing_leaves_nothing_behind() {
    watch_timers();
    let script = Script::default();
    let mut page = watching(&script, NEVER);
    begin(&script, &page).await;
    let on_event = STREAM.with_borrow(|stream| stream.on_event.clone()).expect("it listens");
    page.unmount();
    assert!(!is_open());
    on_event(StreamEvent::Heartbeat);
    on_event(StreamEvent::Message(format!(r#"{{"deploy_id":"{OURS}"}}"#)));
    set_hidden(true);
    set_hidden(false);
    settle().await;
    assert_eq!((script.asked(), running_timers(), is_open()), (2, 0, false));
}
