//! A job object of Windows: whatever this process starts ends with it.
//!
//! A worker ends by itself when its pipe is closed, but not one that was being created when this process was killed,
//! nor one that is stopped. The job closes that gap: the system ends all processes in it when its last handle is
//! closed, which this process holds until it ends. Limits of memory and processor time are elsewhere
//! (`allocator`, `processor_time`).

use win32job::{ExtendedLimitInfo, Job};

/// Binds this process and all that it starts from now on to a job. Without one (an outer job may forbid it) workers
/// still end with their pipes.
pub(super) fn bind() {
    let mut limits = ExtendedLimitInfo::new();
    limits.limit_kill_on_job_close().limit_breakaway_ok();
    if let Ok(job) = Job::create_with_limit_info(&limits)
        && job.assign_current_process().is_ok()
    {
        // Dropped, it would end this process.
        let _ = job.into_handle();
    }
}
