//! The journal as it grows: every entry, in order, for every listener.
//!
//! One task reads the end of the journal whenever the store says that something was written, and sends it to all. A
//! listener that was away, or that fell behind, reads what it missed from the journal itself; so each gets every entry,
//! once and in order, whichever instance wrote it. What is not in the journal is announced beside it, without a number,
//! to those who listen.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use app::domain::{DeployId, JournalEntry, Source, StoredStatus, Timestamp, Visible};
use moka::future::Cache;
use serde::Serialize;
use store::{EntryFilter, Store, StoreError, audit::Event};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Events that a listener may be behind before it has to read them from the journal.
const CAPACITY: usize = 1_024;
/// Entries that are read at a time.
const PAGE: u32 = 500;
/// How many deploys are remembered with their apps.
const APPS_KEPT: u64 = 10_000;
/// After this time the journal is read even without a notification that it has grown.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Something that was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FeedEvent {
    /// The place of its entry in the journal; none, if it is about something that is not recorded there.
    pub sequence: Option<i64>,
    pub kind: EventKind,
    /// The app that it is about, if any: who does not see the app is not told.
    pub app: Option<String>,
    /// As it is sent.
    pub data: String,
}

/// What was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventKind {
    /// A deploy moved.
    Transition,
    /// None did: something is known that was not known before, of a deploy or of none.
    Note,
}

/// The data of an event.
#[derive(Debug, Serialize)]
struct EventData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    deploy_id: Option<DeployId>,
    at: Timestamp,
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StoredStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

impl FeedEvent {
    fn of(entry: &JournalEntry, app: Option<String>) -> Self {
        let reached = Event::read_or_unknown(&entry.action, &entry.payload).reached();
        let kind = if reached.is_some() { EventKind::Transition } else { EventKind::Note };
        let (status, source) = reached.unzip();
        let data = EventData {
            deploy_id: entry.deploy_id,
            at: entry.at,
            action: &entry.action,
            status,
            source: source.flatten(),
        };
        // Strings and a time: there is nothing that JSON cannot say.
        let data = serde_json::to_string(&data).unwrap_or_default();
        Self { sequence: Some(entry.sequence), kind, app, data }
    }
}

/// Tells listeners. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    store: Arc<dyn Store>,
    events: broadcast::Sender<Arc<FeedEvent>>,
    /// The app of each deploy that was lately heard of.
    apps: Cache<DeployId, String>,
    closing: CancellationToken,
}

impl Feed {
    /// The feed of this store's journal.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        let apps = Cache::new(APPS_KEPT);
        Self { store, events: broadcast::Sender::new(CAPACITY), apps, closing: CancellationToken::new() }
    }

    /// Follows the journal from its end, until it is dropped.
    pub async fn run(&self) {
        let mut written = self.store.written();
        let mut last = None;
        loop {
            written.mark_unchanged();
            match self.tell_after(last).await {
                Ok(end) => last = Some(end),
                Err(error) => tracing::warn!(%error, "the end of the journal cannot be read"),
            }
            tokio::select! {
                () = tokio::time::sleep(LONGEST_WAIT) => {}
                changed = written.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Sends what comes after an entry. Returns the number of the last entry; at first, nothing else.
    async fn tell_after(&self, last: Option<i64>) -> Result<i64, StoreError> {
        let Some(mut last) = last else {
            return self.end().await;
        };
        loop {
            let page = self.page_after(last).await?;
            // Who is told asks at once.
            if page.end.is_some() {
                self.store.saw_write();
            }
            for event in page.events {
                // There may be no listener.
                let _ = self.events.send(Arc::new(event));
            }
            let Some(end) = page.end else { return Ok(last) };
            last = end;
        }
    }

    /// The place of the last entry.
    async fn end(&self) -> Result<i64, StoreError> {
        Ok(self.store.last_entry().await?.map_or(0, |entry| entry.sequence))
    }

    async fn page_after(&self, after: i64) -> Result<EventPage, StoreError> {
        let filter = EntryFilter::after(after, PAGE);
        let entries = self.store.entries(&filter).await?.entries;
        let end = entries.last().map(|entry| entry.sequence);
        // An entry that cannot be read is skipped, and does not stop the ones after it.
        let mut events = Vec::new();
        for entry in entries.into_iter().filter_map(store::audit::readable) {
            let app = self.app_of(&entry).await?;
            events.push(FeedEvent::of(&entry, app));
        }
        Ok(EventPage { events, end })
    }

    /// The app that an entry is about: the one that it names, else that of its deploy.
    async fn app_of(&self, entry: &JournalEntry) -> Result<Option<String>, StoreError> {
        let named = entry.payload["app"].as_str().map(str::to_owned);
        let Some(id) = entry.deploy_id else { return Ok(named) };
        let app = match named {
            Some(app) => app,
            None => match self.apps.get(&id).await {
                Some(app) => app,
                None => match self.store.deploy(id).await? {
                    Some(deploy) => deploy.app,
                    None => return Ok(None),
                },
            },
        };
        self.apps.insert(id, app.clone()).await;
        Ok(Some(app))
    }

    /// Tells all who listen now that something is known that the journal does not record. It has no number: who is away
    /// does not hear it later, and sees it when the page is read again.
    pub fn announce(&self, action: &str, at: Timestamp) {
        let data = EventData { deploy_id: None, at, action, status: None, source: None };
        let data = serde_json::to_string(&data).unwrap_or_default();
        let event = FeedEvent { sequence: None, kind: EventKind::Note, app: None, data };
        // There may be no listener.
        let _ = self.events.send(Arc::new(event));
    }

    /// Listens to what is about these apps, or about none: to what comes after this entry, or from now on.
    #[must_use]
    pub fn listen(&self, after: Option<i64>, visible: Visible) -> Listener {
        Listener {
            feed: self.clone(),
            visible,
            live: self.events.subscribe(),
            backlog: VecDeque::new(),
            last: after.unwrap_or_default(),
            is_behind: after.is_some(),
        }
    }

    /// Ends every listener.
    pub fn close(&self) {
        self.closing.cancel();
    }
}

/// A part of the journal.
struct EventPage {
    events: Vec<FeedEvent>,
    /// The last entry that was read; none at the end of the journal.
    end: Option<i64>,
}

/// Hears every event once, in order.
pub struct Listener {
    feed: Feed,
    visible: Visible,
    live: broadcast::Receiver<Arc<FeedEvent>>,
    backlog: VecDeque<FeedEvent>,
    /// The last entry that was sent, or skipped.
    last: i64,
    /// Whether there may be entries that are not in `live` any more.
    is_behind: bool,
}

impl Listener {
    /// The next event that may be told; `None` when there will be no more.
    pub async fn next(&mut self) -> Option<Arc<FeedEvent>> {
        loop {
            let event = self.any_next().await?;
            if event.app.as_deref().is_none_or(|app| self.visible.has(app)) {
                return Some(event);
            }
        }
    }

    async fn any_next(&mut self) -> Option<Arc<FeedEvent>> {
        loop {
            if self.feed.closing.is_cancelled() {
                return None;
            }
            if let Some(event) = self.backlog.pop_front() {
                return Some(Arc::new(event));
            }
            if self.is_behind {
                self.catch_up().await?;
                continue;
            }
            let received = tokio::select! {
                received = self.live.recv() => received,
                () = self.feed.closing.cancelled() => return None,
            };
            match received {
                Ok(event) => match event.sequence {
                    // It was in the backlog.
                    Some(sequence) if sequence <= self.last => {}
                    number => {
                        self.last = number.unwrap_or(self.last);
                        return Some(event);
                    }
                },
                Err(broadcast::error::RecvError::Lagged(_)) => self.is_behind = true,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Reads on. If the journal cannot be read, it ends: the client reconnects with the last entry that it received.
    async fn catch_up(&mut self) -> Option<()> {
        let read = self.read_on().await.inspect_err(|error| {
            tracing::warn!(%error, "a listener cannot be told what it missed");
        });
        read.ok()
    }

    async fn read_on(&mut self) -> Result<(), StoreError> {
        let page = self.feed.page_after(self.last).await?;
        self.backlog.extend(page.events);
        if let Some(end) = page.end {
            self.last = end;
        } else {
            // It is from a longer journal, and the database was restored since: every entry from now on is new.
            if self.last > self.feed.end().await? {
                self.last = 0;
            }
            self.is_behind = false;
        }
        Ok(())
    }
}
