//! The request log on standard error. A reader that stops reading its end of the pipe, or closes it, stops no request:
//! lines wait in a queue that a thread of its own writes, and those that find it full are dropped.

use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};

/// Lines that wait to be written.
const MAX_WAITING: usize = 1024;

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogScope {
    /// Every request, and what went wrong.
    Requests,
    /// What went wrong.
    Troubles,
}

/// Logs from now on. A subscriber installed before stays.
pub(super) fn init(scope: LogScope) {
    let level = match scope {
        LogScope::Requests => tracing::Level::INFO,
        LogScope::Troubles => tracing::Level::WARN,
    };
    let writer = QueueWriter::new();
    let log = tracing_subscriber::fmt().with_writer(move || writer.clone());
    let log = log.with_ansi(false).with_target(false).with_level(false);
    let _ = log.with_max_level(level).try_init();
}

/// Puts what is written, a line at a time, into the queue.
#[derive(Clone)]
struct QueueWriter(SyncSender<Vec<u8>>);

impl QueueWriter {
    fn new() -> Self {
        let (sender, lines) = sync_channel::<Vec<u8>>(MAX_WAITING);
        std::thread::spawn(move || {
            for line in lines {
                // A closed standard error leaves nowhere to log to.
                let _ = io::stderr().write_all(&line);
            }
        });
        Self(sender)
    }
}

impl Write for QueueWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = self.0.try_send(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
