//! Memory of worker processes on Windows, which has no limit that a process can set itself as `setrlimit` does: the
//! allocator counts what is in use and refuses more. An allocation that is refused ends the process.
//!
//! A job object limits memory as well, but none of the crates that wrap job objects can set that limit. The counting is
//! one atomic addition an allocation, on Windows alone.

use std::io;

use cap::Cap;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: Cap<MiMalloc> = Cap::new(MiMalloc, usize::MAX);

/// Limits what this process may use to so many bytes.
///
/// # Errors
/// When it uses more already.
pub(super) fn limit(bytes: u64) -> io::Result<()> {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    ALLOCATOR.set_limit(bytes).map_err(|()| io::ErrorKind::OutOfMemory.into())
}
