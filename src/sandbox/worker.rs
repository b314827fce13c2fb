//! The worker's side: limits that a process sets itself before it reads untrusted input, and the requests it receives.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::confinement::{Access, confine};
use super::frame::read_frame;

/// Bytes of stack of the thread that reads requests.
const READER_STACK: usize = 128 << 10;
/// Bytes of addresses that this thread takes whatever it reads: 33 MiB measured, of which the allocator reserves 32.
const READER_ADDRESSES: u64 = 40 << 20;

/// The exit code of a process that was sent more than it may have memory for.
pub(super) const BEYOND_LIMIT: i32 = 3;

/// What a worker process may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes of its memory, beside the program itself and the thread that reads requests.
    pub(crate) memory: u64,
    /// Seconds of processor time for each request, all threads together. The process that started it kills it earlier;
    /// this bound holds where that process cannot.
    pub(crate) seconds: u64,
    /// What it may open.
    pub(crate) access: Access,
}

/// The requests of the process that started this one.
pub(crate) struct Requests {
    frames: Receiver<Vec<u8>>,
    seconds: u64,
}

/// Limits this process, which [`super::start`] has started; what its threads do from now on is within `bounds`.
///
/// # Errors
/// When the system refuses a limit that it has.
pub(crate) fn enter(bounds: &Bounds) -> io::Result<Requests> {
    limits::set(bounds.memory.saturating_add(READER_ADDRESSES))?;
    std::panic::set_hook(Box::new(|_| {}));
    let (sender, frames) = channel();
    let access = bounds.access;
    std::thread::Builder::new().stack_size(READER_STACK).spawn(move || {
        confine(access);
        forward_requests(&sender);
    })?;
    confine(access);
    Ok(Requests { frames, seconds: bounds.seconds })
}

impl Requests {
    /// The next request.
    ///
    /// # Errors
    /// When the processor time cannot be limited.
    pub(crate) fn next(&self) -> io::Result<Option<Vec<u8>>> {
        limits::renew_processor_time(self.seconds)?;
        Ok(self.frames.recv().ok())
    }
}

/// Reads requests while the process works on earlier ones, and ends the process when there can be no more: the process
/// that started it has closed the pipe or has ended, and no answer is read.
fn forward_requests(sender: &Sender<Vec<u8>>) {
    let mut input = io::stdin().lock();
    loop {
        match read_frame(&mut input) {
            // A process that takes no requests has no receiver.
            Ok(frame) => drop(sender.send(frame)),
            // The other side then names the limit, as when an allocation beyond it ends the process.
            #[allow(clippy::exit, reason = "the thread that works may never return")]
            Err(error) => {
                let is_beyond_limit = error.kind() == io::ErrorKind::OutOfMemory;
                std::process::exit(if is_beyond_limit { BEYOND_LIMIT } else { 0 })
            }
        }
    }
}

#[cfg(unix)]
mod limits {
    use std::io;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use rustix::time::{ClockId, clock_gettime};

    /// Limits memory to so many bytes beside those that the process has taken up so far: the program itself, which
    /// takes 30 MB of addresses more with symbols than without. Leaves no core dump: it would hold ledgers.
    pub(super) fn set(memory: u64) -> io::Result<()> {
        let most = |bytes: u64, resource| getrlimit(resource).maximum.map_or(bytes, |maximum| maximum.min(bytes));
        let memory = Some(most(memory.saturating_add(addresses()), Resource::As));
        setrlimit(Resource::As, Rlimit { current: memory, maximum: memory })?;
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
        #[cfg(target_os = "linux")]
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
        Ok(())
    }

    /// Bytes of addresses that this process has taken up; 0 where the system does not say.
    fn addresses() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB"));
        size.and_then(|kib| kib.trim().parse::<u64>().ok()).map_or(0, |kib| kib << 10)
    }

    /// Allows so many further seconds of processor time.
    pub(super) fn renew_processor_time(seconds: u64) -> io::Result<()> {
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
        let maximum = getrlimit(Resource::Cpu).maximum;
        // A second for the part of one that is used, and one for what the system counts otherwise.
        let wanted = used.saturating_add(seconds).saturating_add(2);
        let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        Ok(setrlimit(Resource::Cpu, Rlimit { current, maximum })?)
    }
}

#[cfg(windows)]
mod limits {
    use std::io;

    pub(super) use super::super::processor_time::renew as renew_processor_time;
    use super::super::{allocator, processor_time};

    /// Limits memory to so many bytes of what the allocator gives, and begins to watch the processor time.
    pub(super) fn set(memory: u64) -> io::Result<()> {
        allocator::limit(memory)?;
        processor_time::watch()
    }
}

/// This system has no such limits.
#[cfg(not(any(unix, windows)))]
mod limits {
    use std::io;

    pub(super) fn set(_: u64) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn renew_processor_time(_: u64) -> io::Result<()> {
        Ok(())
    }
}
