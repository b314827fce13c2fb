//! Work on what comes from outside, done by a process of its own with limits on memory and time: what makes it abort,
//! hang or grow costs that one answer.
//!
//! [`crate::ingest::Readers`] keep such processes for many files; here one is asked once.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::diagnostics::localize;

/// Why a process gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Silence {
    /// It cannot be started.
    #[error("进程不能启动：{}", localize::io_error(.0))]
    Start(io::Error),
    /// It took too long.
    #[error("超过 {0} 秒没有完成")]
    Slow(u64),
}

/// A process of `program`, this binary, that [`limit_memory`] can bound: its allocator asks the system for memory as it
/// needs it, and not for a gigabyte of addresses at its beginning, which no limit set later would take away.
pub fn process(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("MIMALLOC_ARENA_RESERVE", "0");
    command
}

/// Bounds the memory of this process, in bytes; [`process`] must have started it.
///
/// # Errors
/// When the system refuses.
#[cfg(unix)]
pub fn limit_memory(bytes: u64) -> io::Result<()> {
    rlimit::setrlimit(rlimit::Resource::AS, bytes, bytes)
}

/// Bounds nothing: such a system cannot.
#[cfg(not(unix))]
pub fn limit_memory(_: u64) -> io::Result<()> {
    Ok(())
}

/// What a process says on its standard output when it is given `bytes`; nothing when it died before it said something.
///
/// # Errors
/// When it cannot be started, or is not done within so many seconds: it is killed then.
pub fn ask(mut command: Command, bytes: Vec<u8>, seconds: u64) -> Result<Vec<u8>, Silence> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(Silence::Start)?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (sender, answer) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // Whoever says nothing has failed.
        let _ = output.map(|mut output| output.read_to_end(&mut said));
        let _ = sender.send(said);
    });
    // What the process does not take it does not need.
    let feed = std::thread::spawn(move || drop(input.map(|mut input| input.write_all(&bytes))));
    let said = answer.recv_timeout(Duration::from_secs(seconds));
    let _ = child.kill();
    let _ = child.wait();
    let _ = feed.join();
    said.map_err(|_| Silence::Slow(seconds))
}
