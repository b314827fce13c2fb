//! Processor time of worker processes on Windows, where a process cannot limit its own as with `setrlimit`: a thread of
//! its own looks how much the process has used, and ends it.
//!
//! A job object limits processor time as well, but the crate that wraps job objects (`win32job`) cannot set that limit.
//! The thread wakes four times a second, and whatever the others compute, the system gives it its turn.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use winsafe::HPROCESS;

/// How often the processor time is looked at.
const INTERVAL: Duration = Duration::from_millis(250);
/// Bytes of stack of the thread that looks.
const STACK: usize = 64 << 10;
/// What a second has of the units in which Windows counts processor time.
const SECOND: u64 = 10_000_000;
/// The exit code by which Windows ends a process that exceeds the limit of a job: `ERROR_NOT_ENOUGH_QUOTA`.
const NOT_ENOUGH_QUOTA: u32 = 1816;

/// The processor time that this process may have used.
static ALLOWED: AtomicU64 = AtomicU64::new(u64::MAX);

/// Starts the thread that ends this process when it exceeds its processor time.
///
/// # Errors
/// When the system starts no thread.
pub(super) fn watch() -> io::Result<()> {
    std::thread::Builder::new().stack_size(STACK).spawn(|| {
        loop {
            std::thread::sleep(INTERVAL);
            if used().is_ok_and(|used| used > ALLOWED.load(Ordering::Relaxed)) {
                // At once, whatever its threads hold.
                let _ = HPROCESS::GetCurrentProcess().TerminateProcess(NOT_ENOUGH_QUOTA);
            }
        }
    })?;
    Ok(())
}

/// Allows so many further seconds of processor time, all threads together.
///
/// # Errors
/// When the system does not say how much is used.
pub(super) fn renew(seconds: u64) -> io::Result<()> {
    // As elsewhere: two seconds for what is counted otherwise.
    let further = seconds.saturating_add(2).saturating_mul(SECOND);
    ALLOWED.store(used()?.saturating_add(further), Ordering::Relaxed);
    Ok(())
}

/// The processor time that this process has used.
fn used() -> io::Result<u64> {
    let times = HPROCESS::GetCurrentProcess().GetProcessTimes();
    let (_, _, kernel, user) = times.map_err(io::Error::other)?;
    Ok(u64::from(kernel).saturating_add(u64::from(user)))
}
