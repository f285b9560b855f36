//! News of deploys, as the server pushes them. It changes nothing that is shown: it makes polls ask at once.
//!
//! - One stream for the page, shared by all that polls on it; none while the tab is hidden, unless the operator wants to
//!   be told on the desktop, because a browser has few connections to one server, for all its tabs together.
//! - Polling goes on as the safety net, and slower while the stream is heard. The server gives a sign of life every ten
//!   seconds; a stream that is silent for longer than two of them is as good as none.
//! - There is one timer slot. It, the stream and the listener go with the owner.

use std::{any::Any, cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use gloo_timers::callback::Timeout;
use leptos::{leptos_dom::helpers::WindowListenerHandle, prelude::*};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{EventSource, MessageEvent};

use super::{notifications::is_listened_to, source::injected};
use crate::domain::DeployId;

/// Where the events are.
const ADDRESS: &str = "/api/internal/events";
/// After so long without a sign of life the stream counts as lost, and is opened anew.
const PATIENCE: Duration = Duration::from_secs(25);

/// What comes of a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// A sign of life.
    Alive,
    /// Something was written, most likely about a deploy: the data of the event.
    News(String),
    /// It broke. It may come back by itself.
    Lost,
}

/// Who hears a stream.
pub type Hear = Rc<dyn Fn(Said)>;

/// How a stream is opened. It is closed by dropping what that gives.
#[derive(Clone)]
pub struct Stream(Arc<dyn Fn(Hear) -> Box<dyn Any> + Send + Sync>);

impl Stream {
    /// A stream of your own.
    pub fn new(open: impl Fn(Hear) -> Box<dyn Any> + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }
}

impl Default for Stream {
    fn default() -> Self {
        Self::new(|hear| Box::new(Open::new(hear)))
    }
}

/// What was told last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Told {
    /// About which deploy; none: about none, or perhaps about any, for the stream was not heard before.
    pub deploy: Option<DeployId>,
    /// Counts, so that the same twice is news twice.
    number: u64,
}

/// The news of this page.
#[derive(Clone, Copy)]
pub struct News {
    /// What was told last.
    pub told: ReadSignal<Option<Told>>,
    /// Whether the stream is heard.
    pub is_heard: ReadSignal<bool>,
}

/// Gives this part of the page its news, in the browser, until the owner goes.
pub fn provide_news() {
    let (told, set_told) = signal(None);
    let (is_heard, set_heard) = signal(false);
    provide_context(News { told, is_heard });
    let stream = injected::<Stream>();
    Effect::new(move || {
        let ear = Rc::new(Ear {
            stream: stream.clone(),
            set_told,
            is_heard,
            set_heard,
            open: RefCell::new(None),
            watchdog: RefCell::new(None),
        });
        ear.clone().open_if_listened_to();
        let listener = ear.clone().on_visibility();
        let ear = StoredValue::new_local(ear);
        on_cleanup(move || {
            listener.remove();
            ear.with_value(|ear| ear.close());
        });
    });
}

struct Ear {
    stream: Stream,
    set_told: WriteSignal<Option<Told>>,
    is_heard: ReadSignal<bool>,
    set_heard: WriteSignal<bool>,
    /// The stream, while it is open.
    open: RefCell<Option<Box<dyn Any>>>,
    /// The end of the patience with it.
    watchdog: RefCell<Option<Timeout>>,
}

impl Ear {
    fn open_if_listened_to(self: Rc<Self>) {
        if is_listened_to() {
            let ear = Rc::downgrade(&self);
            let hear = move |said| {
                if let Some(ear) = ear.upgrade() {
                    ear.hear(said);
                }
            };
            let open = (self.stream.0)(Rc::new(hear));
            self.open.replace(Some(open));
            self.wait();
        }
    }

    fn hear(self: Rc<Self>, said: Said) {
        if self.open.borrow().is_none() {
            return;
        }
        match said {
            Said::Alive => self.clone().alive(),
            Said::News(data) => {
                self.clone().alive();
                if let Ok(deploy) = about(&data) {
                    self.tell(deploy);
                }
            }
            Said::Lost => self.lose(),
        }
    }

    /// Whatever was written before the stream was heard, it did not say.
    fn alive(self: Rc<Self>) {
        if !self.is_heard.get_untracked() {
            self.set_heard.set(true);
            self.tell(None);
        }
        self.wait();
    }

    fn tell(&self, deploy: Option<DeployId>) {
        self.set_told.update(|told| {
            let number = told.map_or(0, |told| told.number + 1);
            *told = Some(Told { deploy, number });
        });
    }

    fn wait(self: Rc<Self>) {
        let milliseconds = u32::try_from(PATIENCE.as_millis()).unwrap_or(u32::MAX);
        let ear = self.clone();
        let given_up = Timeout::new(milliseconds, move || {
            ear.close();
            ear.open_if_listened_to();
        });
        self.watchdog.replace(Some(given_up));
    }

    fn on_visibility(self: Rc<Self>) -> WindowListenerHandle {
        window_event_listener_untyped("visibilitychange", move |_| {
            self.close();
            self.clone().open_if_listened_to();
        })
    }

    fn close(&self) {
        self.open.take();
        self.watchdog.take();
        self.lose();
    }

    /// Says so once: a stream that cannot be opened is lost again and again, and each time a poll would begin its wait
    /// anew. (The page may be gone already.)
    fn lose(&self) {
        if self.is_heard.try_get_untracked() == Some(true) {
            let _ = self.set_heard.try_set(false);
        }
    }
}

/// Which deploy an event is about, if it is about one: what happened is asked for. The browser reads JSON by itself.
fn about(data: &str) -> Result<Option<DeployId>, JsValue> {
    let event = js_sys::JSON::parse(data)?;
    let id = js_sys::Reflect::get(&event, &"deploy_id".into())?;
    id.as_string().map(|text| text.parse()).transpose().map_err(|_| id)
}

/// The browser's own, with what it calls.
struct Open {
    source: Option<EventSource>,
    _heard: [Closure<dyn Fn(MessageEvent)>; 2],
    _lost: Closure<dyn Fn()>,
}

impl Open {
    fn new(hear: Hear) -> Self {
        let (news, alive, lost) = (hear.clone(), hear.clone(), hear);
        let news = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            news(Said::News(event.data().as_string().unwrap_or_default()));
        });
        let alive = Closure::<dyn Fn(MessageEvent)>::new(move |_| alive(Said::Alive));
        let lost = Closure::<dyn Fn()>::new(move || lost(Said::Lost));
        // Where there are no streams, there are polls.
        let source = EventSource::new(ADDRESS).ok();
        if let Some(source) = &source {
            for (name, heard) in [("message", &news), ("note", &news), ("heartbeat", &alive)] {
                // It can only fail for what is no function.
                let _ = source.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
            }
            source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        }
        Self { source, _heard: [news, alive], _lost: lost }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.set_onerror(None);
            source.close();
        }
    }
}
