//! The log: lines on standard error, written by a thread of their own.
//!
//! No request and no background task ever waits for the reader of the log. If it is not read, lines are dropped and
//! counted, and the log says how many as soon as it is read again.

use std::{
    io::{self, IsTerminal, Write},
    panic::{self, PanicHookInfo},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use prometheus::IntCounter;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{config::LogFormat, metrics};

/// Bytes that may wait to be written: some ten thousand lines.
const QUEUE_LIMIT: usize = 4 << 20;
/// For the last lines at the end of the process.
const FLUSH_DEADLINE: Duration = Duration::from_secs(1);

/// The log of this process.
pub struct Log {
    writer: QueuedWriter,
}

impl Log {
    /// Starts it, for events and for panics.
    ///
    /// # Errors
    /// If the machine has no room for a thread.
    pub fn start(format: LogFormat, filter: EnvFilter) -> io::Result<Self> {
        let writer = QueuedWriter::start(io::stderr(), Box::new(report_dropped))?;
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer.clone());
        match format {
            LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
            LogFormat::Json => log.json().init(),
        }
        // The default one writes to standard error itself, and would wait for it.
        panic::set_hook(Box::new(report_panic));
        Ok(Self { writer })
    }

    /// Lines that were dropped because the log was not read.
    #[must_use]
    pub fn dropped(&self) -> IntCounter {
        self.writer.queue.dropped.clone()
    }

    /// Writes a line that is not an event, behind all that was logged before.
    pub fn print(&self, line: &str) {
        self.writer.queue.push(format!("{line}\n").into_bytes());
    }
}

/// The last lines are waited for, but not for long: the log may be unread.
impl Drop for Log {
    fn drop(&mut self) {
        let (flushed, is_flushed) = mpsc::channel();
        if self.writer.queue.sender.send(LogMessage::Flush(flushed)).is_ok() {
            let _ = is_flushed.recv_timeout(FLUSH_DEADLINE);
        }
    }
}

fn report_dropped(lines: u64) {
    tracing::warn!(lines, "the log was not read, and lines of it were dropped");
}

fn report_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = thread::current().name().unwrap_or_default().to_owned();
    tracing::error!(thread, location, "panicked: {}", panic.payload_as_str().unwrap_or_default());
}

/// Messages to the thread that writes.
enum LogMessage {
    Line(Vec<u8>),
    Flush(Sender<()>),
}

struct LogQueue {
    sender: Sender<LogMessage>,
    /// Bytes of lines that are not written yet.
    waiting: AtomicUsize,
    dropped: IntCounter,
}

impl LogQueue {
    fn push(&self, line: Vec<u8>) {
        let length = line.len();
        let fits = self.waiting.fetch_add(length, Ordering::Relaxed) + length <= QUEUE_LIMIT;
        if !fits || self.sender.send(LogMessage::Line(line)).is_err() {
            self.waiting.fetch_sub(length, Ordering::Relaxed);
            self.dropped.inc();
        }
    }
}

/// Writes to a queue, and never waits.
#[derive(Clone)]
struct QueuedWriter {
    queue: Arc<LogQueue>,
}

impl QueuedWriter {
    fn start(output: impl Write + Send + 'static, report: Box<dyn Fn(u64) + Send>) -> io::Result<Self> {
        let (sender, messages) = mpsc::channel();
        let dropped = metrics::dropped_lines().map_err(io::Error::other)?;
        let queue = Arc::new(LogQueue { sender, waiting: AtomicUsize::new(0), dropped });
        let counted = Arc::clone(&queue);
        thread::Builder::new().name("log".to_owned()).spawn(move || {
            write_lines(output, &messages, &counted, &*report);
        })?;
        Ok(Self { queue })
    }
}

fn write_lines(
    mut output: impl Write,
    messages: &Receiver<LogMessage>,
    queue: &LogQueue,
    report: &(dyn Fn(u64) + Send),
) {
    let mut reported = 0;
    while let Ok(message) = messages.recv() {
        match message {
            LogMessage::Line(line) => {
                // There is nowhere to say that standard error cannot be written to.
                let _ = output.write_all(&line);
                queue.waiting.fetch_sub(line.len(), Ordering::Relaxed);
            }
            LogMessage::Flush(flushed) => {
                let _ = output.flush();
                let _ = flushed.send(());
            }
        }
        let dropped = queue.dropped.get();
        if dropped > reported && queue.waiting.load(Ordering::Relaxed) == 0 {
            report(dropped - reported);
            reported = dropped;
        }
    }
}

impl<'a> MakeWriter<'a> for QueuedWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// One call is one event.
impl Write for QueuedWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.queue.push(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
