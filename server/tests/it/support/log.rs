//! The log of one test: everything down to TRACE that is said on its thread.
//!
//! There is one subscriber for all tests, and it asks each time whether the thread listens. One for each test
//! would come and go while others log, and `tracing` remembers for each place in the code whether there was a
//! listener when it was first reached.

use std::{
    cell::RefCell,
    io,
    sync::{Arc, Mutex, Once},
};

use tracing_subscriber::{Layer, filter::dynamic_filter_fn, fmt, layer::SubscriberExt, registry};

thread_local! {
    static LISTENS: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// What was logged since it began.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

/// Ends it when it is dropped.
pub struct Guard(());

impl Log {
    /// Begins; ends when the guard is dropped. The test must run on one thread.
    pub fn begin() -> (Self, Guard) {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            let to_listener = fmt::layer().with_ansi(false).with_writer(|| Writer);
            let listens = dynamic_filter_fn(|_, _| LISTENS.with_borrow(Option::is_some));
            let subscriber = registry().with(to_listener.with_filter(listens));
            tracing::subscriber::set_global_default(subscriber).expect("there is no other");
        });
        let log = Self::default();
        LISTENS.set(Some(log.clone()));
        (log, Guard(()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        LISTENS.set(None);
    }
}

/// Writes to the listener of this thread.
struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LISTENS.with_borrow(|log| {
            if let Some(Log(text)) = log {
                text.lock().unwrap().extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
