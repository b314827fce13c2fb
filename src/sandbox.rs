//! Runs work on untrusted input in a child process with limits on memory and time.
//!
//! Input: a command and the bytes for its standard input. Output: the bytes of its standard output. An abort, a hang or
//! exhausted memory costs one answer. [`crate::ingest::Readers`] keeps such processes for many files; here a process
//! answers once.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Why a process gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxError {
    /// It cannot be started.
    #[error("进程不能启动：{0}")]
    Start(io::Error),
    /// It was not done within so many seconds.
    #[error("超过 {0} 秒没有完成")]
    Timeout(u64),
}

/// A command that runs `program`, this binary, as a process that [`limit_memory`] can bound: its allocator reserves
/// addresses as it needs them instead of a gigabyte at its start, which a limit set later would not take away.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("MIMALLOC_ARENA_RESERVE", "0");
    command
}

/// Limits the address space of this process, in bytes; [`command`] must have started it.
///
/// # Errors
/// When the system refuses.
#[cfg(unix)]
pub(crate) fn limit_memory(bytes: u64) -> io::Result<()> {
    rlimit::setrlimit(rlimit::Resource::AS, bytes, bytes)
}

/// Does nothing: this system has no such limit.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn limit_memory(_: u64) -> io::Result<()> {
    Ok(())
}

/// Starts a process, writes `input` to its standard input and returns what it writes to its standard output, which is
/// empty or incomplete when it died.
///
/// # Errors
/// When it cannot be started, or is not done within `seconds`; it is killed then.
pub(crate) fn run(mut command: Command, input: Vec<u8>, seconds: u64) -> Result<Vec<u8>, SandboxError> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(SandboxError::Start)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = Vec::new();
        // The caller recognises an incomplete answer.
        let _ = stdout.map(|mut stdout| stdout.read_to_end(&mut output));
        let _ = sender.send(output);
    });
    // A process may answer without reading all of its input.
    let writer = std::thread::spawn(move || drop(stdin.map(|mut stdin| stdin.write_all(&input))));
    let output = receiver.recv_timeout(Duration::from_secs(seconds));
    let _ = child.kill();
    let _ = child.wait();
    let _ = writer.join();
    output.map_err(|_| SandboxError::Timeout(seconds))
}
