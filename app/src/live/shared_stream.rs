//! One stream of events for a browser, however many tabs are open: a browser has six connections to a server without
//! HTTP/2, and each stream holds one.
//!
//! The tabs that are seen take turns by a lock that the browser keeps: who holds it has the stream, and passes on what comes
//! of it. When that tab goes, or is hidden, the next one gets the lock. Where a browser has no such locks (a page that is
//! neither https nor on this machine), each tab has a stream of its own.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Function, Object, Promise, Reflect};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, BroadcastChannel, MessageEvent};

use super::event_stream::{OnEvent, StreamEvent};

/// The lock, and the channel on which the tab that holds it passes events on.
const NAME: &str = "deploy-console.events.1";

const HEARTBEAT: &str = "heartbeat";
const LOST: &str = "lost";
/// A tab that has just come asks whether the stream is there.
const ASK: &str = "ask";
/// Before the data of an event.
const MESSAGE: &str = "message:";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = "request")]
    fn request_lock(
        name: &str,
        options: &Object,
        granted: &Closure<dyn FnMut(JsValue) -> Promise>,
    ) -> Result<Promise, JsValue>;
}

/// How a tab opens a stream of its own.
pub type OpenStream = fn(OnEvent) -> Box<dyn Any>;

/// This tab's part in the one stream.
struct SharedStream {
    tab: Rc<Tab>,
    channel: BroadcastChannel,
    waiting: AbortController,
    _granted: Closure<dyn FnMut(JsValue) -> Promise>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
}

/// What the closures of a tab share.
struct Tab {
    on_event: OnEvent,
    channel: BroadcastChannel,
    /// The stream, while this tab has it.
    stream: RefCell<Option<Box<dyn Any>>>,
    /// Gives the lock back.
    release: RefCell<Option<Function>>,
    /// Whether the stream of this tab is connected.
    is_connected: Cell<bool>,
}

/// The events of the one stream; of a stream of its own, where tabs cannot agree on one.
#[must_use]
pub fn open_shared(on_event: OnEvent, open: OpenStream) -> Box<dyn Any> {
    match SharedStream::new(on_event.clone(), open) {
        Ok(shared) => Box::new(shared),
        Err(_) => open(on_event),
    }
}

impl SharedStream {
    fn new(on_event: OnEvent, open: OpenStream) -> Result<Self, JsValue> {
        let channel = BroadcastChannel::new(NAME)?;
        let waiting = AbortController::new()?;
        let tab = Rc::new(Tab {
            on_event,
            channel: channel.clone(),
            stream: RefCell::default(),
            release: RefCell::default(),
            is_connected: Cell::new(false),
        });
        let granted = {
            let tab = tab.clone();
            Closure::new(move |_| tab.clone().take_stream(open))
        };
        let on_message = {
            let tab = tab.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| tab.on_message(&event))
        };
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &waiting.signal())?;
        let request = request_lock(NAME, &options, &granted)?;
        // It fails when the tab no longer waits for it.
        spawn_local(async move { drop(JsFuture::from(request).await) });
        tab.post(ASK);
        Ok(Self { tab, channel, waiting, _granted: granted, _on_message: on_message })
    }
}

impl Drop for SharedStream {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.waiting.abort();
        self.tab.give_stream_up();
        self.channel.close();
    }
}

impl Tab {
    /// Opens the stream, and holds the lock until the promise is kept.
    fn take_stream(self: Rc<Self>, open: OpenStream) -> Promise {
        let release = Rc::downgrade(&self);
        let held = Promise::new(&mut |resolve, _| {
            if let Some(tab) = release.upgrade() {
                tab.release.replace(Some(resolve));
            }
        });
        let tab = Rc::downgrade(&self);
        let stream = open(Rc::new(move |event| {
            if let Some(tab) = tab.upgrade() {
                tab.pass_on(event);
            }
        }));
        self.stream.replace(Some(stream));
        held
    }

    fn pass_on(&self, event: StreamEvent) {
        self.is_connected.set(event != StreamEvent::Lost);
        match &event {
            StreamEvent::Heartbeat => self.post(HEARTBEAT),
            StreamEvent::Message(data) => self.post(&format!("{MESSAGE}{data}")),
            StreamEvent::Lost => self.post(LOST),
        }
        (self.on_event)(event);
    }

    /// Another tab said something.
    fn on_message(&self, event: &MessageEvent) {
        let Some(said) = event.data().as_string() else { return };
        match said.as_str() {
            ASK if self.is_connected.get() => self.post(HEARTBEAT),
            ASK => {}
            HEARTBEAT => (self.on_event)(StreamEvent::Heartbeat),
            LOST => (self.on_event)(StreamEvent::Lost),
            said => {
                if let Some(data) = said.strip_prefix(MESSAGE) {
                    (self.on_event)(StreamEvent::Message(data.to_owned()));
                }
            }
        }
    }

    fn give_stream_up(&self) {
        self.stream.take();
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::NULL);
        }
    }

    /// It fails only once the channel is closed.
    fn post(&self, said: &str) {
        let _ = self.channel.post_message(&said.into());
    }
}
