//! The writes that a store has heard of.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::watch;

/// A count for whoever compares, and a signal for whoever waits. Clones share both.
#[derive(Clone, Debug, Default)]
pub(super) struct Writes {
    count: Arc<AtomicU64>,
    signal: watch::Sender<()>,
}

impl Writes {
    /// Something was written, and a signal of it will follow.
    pub(super) fn add(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    /// Something was written, perhaps.
    pub(super) fn signal(&self) {
        self.add();
        self.signal.send_replace(());
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.signal.subscribe()
    }
}
