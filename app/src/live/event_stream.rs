//! Events of deploys, as the server pushes them. They change nothing that is shown: they make polls ask at once.
//!
//! - One stream for the page, shared by all that polls on it, and [for all tabs](super::shared_stream); none while the tab is
//!   hidden, unless the operator allowed desktop notifications.
//! - When the machine is on the network again, the stream is opened anew at once.
//! - Polling goes on as the safety net, and slower while the stream is connected. The server sends a heartbeat every ten
//!   seconds; a stream that is silent for longer than two of them is as good as none.
//! - There is one timer slot. It, the stream and the listener are dropped with the owner.

use std::{any::Any, cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use gloo_timers::callback::Timeout;
use leptos::{leptos_dom::helpers::WindowListenerHandle, prelude::*};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{EventSource, MessageEvent};

use super::{notifications::wants_events, shared_stream::open_shared, source::use_context_or_default};
use crate::domain::DeployId;

/// Where the events are.
const ADDRESS: &str = "/api/internal/events";
/// After this time without a heartbeat the stream counts as lost, and is opened again.
const SILENCE_LIMIT: Duration = Duration::from_secs(25);

/// What comes of a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StreamEvent {
    /// The server is there.
    Heartbeat,
    /// Something was recorded, most likely about a deploy: the data of the event.
    Message(String),
    /// The connection broke. It may come back by itself.
    Lost,
}

/// Called with everything that comes of a stream.
pub type OnEvent = Rc<dyn Fn(StreamEvent)>;

/// How a stream is opened. It is closed by dropping what that returns.
#[derive(Clone)]
pub struct EventStream(Arc<dyn Fn(OnEvent) -> Box<dyn Any> + Send + Sync>);

impl EventStream {
    /// A stream of your own.
    pub fn new(open: impl Fn(OnEvent) -> Box<dyn Any> + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }
}

impl Default for EventStream {
    fn default() -> Self {
        Self::new(|on_event| open_shared(on_event, |on_event| Box::new(BrowserStream::new(on_event))))
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LastEvent {
    /// About which deploy; `None`: about none, or perhaps about any, because the stream was not connected before.
    pub deploy: Option<DeployId>,
    /// Counts events, so that the same one twice is two changes of the signal.
    number: u64,
}

/// The events of this page.
#[derive(Clone, Copy)]
pub struct DeployEvents {
    pub last: ReadSignal<Option<LastEvent>>,
    /// Whether the stream is connected.
    pub is_connected: ReadSignal<bool>,
}

/// Gives this part of the page its events, in the browser, until the owner goes.
pub fn provide_events() {
    let (last, set_last) = signal(None);
    let (is_connected, set_connected) = signal(false);
    provide_context(DeployEvents { last, is_connected });
    let stream = use_context_or_default::<EventStream>();
    Effect::new(move || {
        let connection = Rc::new(Connection {
            stream: stream.clone(),
            set_last,
            is_connected,
            set_connected,
            open: RefCell::new(None),
            watchdog: RefCell::new(None),
        });
        connection.clone().open_if_wanted();
        let listeners = ["visibilitychange", "online"].map(|event| connection.clone().open_anew_on(event));
        let connection = StoredValue::new_local(connection);
        on_cleanup(move || {
            listeners.into_iter().for_each(WindowListenerHandle::remove);
            connection.with_value(|connection| connection.close());
        });
    });
}

struct Connection {
    stream: EventStream,
    set_last: WriteSignal<Option<LastEvent>>,
    is_connected: ReadSignal<bool>,
    set_connected: WriteSignal<bool>,
    /// The stream, while it is open.
    open: RefCell<Option<Box<dyn Any>>>,
    /// Fires when the stream was silent for too long.
    watchdog: RefCell<Option<Timeout>>,
}

impl Connection {
    fn open_if_wanted(self: Rc<Self>) {
        if wants_events() {
            let connection = Rc::downgrade(&self);
            let on_event = move |event| {
                if let Some(connection) = connection.upgrade() {
                    connection.on_event(event);
                }
            };
            let open = (self.stream.0)(Rc::new(on_event));
            self.open.replace(Some(open));
            self.restart_watchdog();
        }
    }

    fn on_event(self: Rc<Self>, event: StreamEvent) {
        if self.open.borrow().is_none() {
            return;
        }
        match event {
            StreamEvent::Heartbeat => self.clone().on_sign_of_life(),
            StreamEvent::Message(data) => {
                self.clone().on_sign_of_life();
                if let Ok(deploy) = deploy_of(&data) {
                    self.publish(deploy);
                }
            }
            StreamEvent::Lost => self.set_lost(),
        }
    }

    /// What was recorded before the stream was connected is not pushed again, so polls have to ask once.
    fn on_sign_of_life(self: Rc<Self>) {
        if !self.is_connected.get_untracked() {
            self.set_connected.set(true);
            self.publish(None);
        }
        self.restart_watchdog();
    }

    fn publish(&self, deploy: Option<DeployId>) {
        self.set_last.update(|last| {
            let number = last.map_or(0, |last| last.number + 1);
            *last = Some(LastEvent { deploy, number });
        });
    }

    fn restart_watchdog(self: Rc<Self>) {
        let milliseconds = u32::try_from(SILENCE_LIMIT.as_millis()).unwrap_or(u32::MAX);
        let connection = self.clone();
        let watchdog = Timeout::new(milliseconds, move || {
            connection.close();
            connection.open_if_wanted();
        });
        self.watchdog.replace(Some(watchdog));
    }

    fn open_anew_on(self: Rc<Self>, event: &str) -> WindowListenerHandle {
        window_event_listener_untyped(event, move |_| {
            self.close();
            self.clone().open_if_wanted();
        })
    }

    fn close(&self) {
        self.open.take();
        self.watchdog.take();
        self.set_lost();
    }

    /// Sets the signal once: a stream that cannot be opened is lost again and again, and each time a poll would begin its
    /// wait again. (The page may be gone already.)
    fn set_lost(&self) {
        if self.is_connected.try_get_untracked() == Some(true) {
            let _ = self.set_connected.try_set(false);
        }
    }
}

/// Which deploy an event is about, if it is about one: what happened is asked for. The browser reads JSON by itself.
fn deploy_of(data: &str) -> Result<Option<DeployId>, JsValue> {
    let event = js_sys::JSON::parse(data)?;
    let id = js_sys::Reflect::get(&event, &"deploy_id".into())?;
    id.as_string().map(|text| text.parse()).transpose().map_err(|_| id)
}

/// The browser's own stream, with the closures that it calls.
struct BrowserStream {
    source: Option<EventSource>,
    _on_message: [Closure<dyn Fn(MessageEvent)>; 2],
    _on_error: Closure<dyn Fn()>,
}

impl BrowserStream {
    fn new(on_event: OnEvent) -> Self {
        let (message, heartbeat, lost) = (on_event.clone(), on_event.clone(), on_event);
        let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            message(StreamEvent::Message(event.data().as_string().unwrap_or_default()));
        });
        let heartbeat = Closure::<dyn Fn(MessageEvent)>::new(move |_| heartbeat(StreamEvent::Heartbeat));
        let lost = Closure::<dyn Fn()>::new(move || lost(StreamEvent::Lost));
        // A browser without streams still polls.
        let source = EventSource::new(ADDRESS).ok();
        if let Some(source) = &source {
            for (name, listener) in [("message", &message), ("note", &message), ("heartbeat", &heartbeat)] {
                // It fails only for what is not a function.
                let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            }
            source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        }
        Self { source, _on_message: [message, heartbeat], _on_error: lost }
    }
}

impl Drop for BrowserStream {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.set_onerror(None);
            source.close();
        }
    }
}
