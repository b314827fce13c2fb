//! The background job: a build, finalization, archiving or verification, one at a time per server.
//!
//! A job runs on its own thread, independent of the request that started it. Its progress is polled
//! ([`Jobs::status`]); its outcome is kept until the next job ends ([`Jobs::last`]). Starting a second job is
//! refused. A job that panics ends with an outcome that says so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::diagnostics::Diagnostic;
use crate::pipeline::{BuildStage, Progress};

/// The link shown with the outcome of a job.
#[derive(Clone, Debug)]
pub(super) struct ReturnLink {
    /// The link's text.
    pub label: &'static str,
    /// The page it leads to.
    pub href: String,
}

/// What the page of builds shows when a job has ended.
#[derive(Clone, Debug, Default)]
pub(super) struct JobOutcome {
    /// Whether everything requested was done.
    pub succeeded: bool,
    /// What was done and what was not, a sentence each.
    pub messages: Vec<String>,
    /// The findings to list with it.
    pub findings: Vec<Diagnostic>,
}

impl JobOutcome {
    /// The outcome of a job that did nothing for this reason.
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self { succeeded: false, messages: vec![reason.into()], findings: Vec::new() }
    }
}

/// The progress of the running job at one moment.
#[derive(Clone, Debug)]
pub(super) struct JobStatus {
    /// The job's name, such as 生成报告.
    pub name: String,
    /// The name of the current stage.
    pub stage: &'static str,
    /// Steps of the stage that are done.
    pub done: usize,
    /// Steps of the stage in all; 0 when unknown.
    pub total: usize,
    /// Whether it can still be cancelled.
    pub is_cancellable: bool,
    /// Whether it was cancelled and is about to end.
    pub is_cancelled: bool,
    /// Seconds since it started.
    pub seconds: u64,
}

/// The running job; passed to the pipeline, which reports its progress to it.
pub(super) struct RunningJob {
    name: String,
    stage: Mutex<&'static str>,
    done: AtomicUsize,
    total: AtomicUsize,
    can_cancel: bool,
    cancelled: AtomicBool,
    started: Instant,
}

impl Progress for RunningJob {
    fn stage(&self, stage: BuildStage, total: usize) {
        let name = match stage {
            BuildStage::Read => "读取台账",
            BuildStage::Compute => "计算指标",
            BuildStage::Report => "生成报告",
        };
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = name;
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl RunningJob {
    fn new(name: &str, can_cancel: bool) -> Self {
        Self {
            name: name.to_owned(),
            stage: Mutex::new("准备"),
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            can_cancel,
            cancelled: AtomicBool::new(false),
            started: Instant::now(),
        }
    }

    fn status(&self) -> JobStatus {
        let is_cancelled = self.is_cancelled();
        JobStatus {
            name: self.name.clone(),
            stage: *self.stage.lock().unwrap_or_else(PoisonError::into_inner),
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            is_cancellable: self.can_cancel && !is_cancelled,
            is_cancelled,
            seconds: self.started.elapsed().as_secs(),
        }
    }
}

/// A job that ended.
#[derive(Clone, Debug)]
pub(super) struct FinishedJob {
    /// The job's name.
    pub name: String,
    /// What was done, and the findings.
    pub outcome: JobOutcome,
    /// How many seconds it took.
    pub seconds: f64,
    /// The link shown with the outcome.
    pub return_link: ReturnLink,
}

/// The running and the last job of a server.
#[derive(Default)]
pub(super) struct Jobs {
    slot: Mutex<JobSlot>,
}

#[derive(Default)]
struct JobSlot {
    running: Option<Arc<RunningJob>>,
    thread: Option<JoinHandle<()>>,
    last: Option<Arc<FinishedJob>>,
    is_closed: bool,
}

impl Jobs {
    /// Starts a job on a new thread.
    ///
    /// # Errors
    /// With the message to show when another job is running or the server is shutting down.
    pub(super) fn start(
        self: &Arc<Self>,
        name: &str,
        can_cancel: bool,
        return_link: ReturnLink,
        work: impl FnOnce(&RunningJob) -> JobOutcome + Send + 'static,
    ) -> Result<(), String> {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &slot.running {
            return Err(format!("正在{}，等它结束再试", running.name));
        }
        if slot.is_closed {
            return Err("程序正在结束".to_owned());
        }
        let job = Arc::new(RunningJob::new(name, can_cancel));
        slot.running = Some(Arc::clone(&job));
        let jobs = Arc::clone(self);
        slot.thread = Some(std::thread::spawn(move || jobs.run(&job, return_link, work)));
        Ok(())
    }

    fn run(&self, job: &Arc<RunningJob>, return_link: ReturnLink, work: impl FnOnce(&RunningJob) -> JobOutcome) {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(job)))
            .unwrap_or_else(|_| JobOutcome::refused("程序内部出错，没有完成"));
        let seconds = job.started.elapsed().as_secs_f64();
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.last = Some(Arc::new(FinishedJob { name: job.name.clone(), outcome, seconds, return_link }));
        slot.running = None;
    }

    /// The progress of the running job.
    pub(super) fn status(&self) -> Option<JobStatus> {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.running.as_ref().map(|job| job.status())
    }

    /// The job that ended last.
    pub(super) fn last(&self) -> Option<Arc<FinishedJob>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).last.clone()
    }

    /// Requests that the running job end at its next step, when it can be cancelled.
    pub(super) fn cancel(&self) {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = slot.running.as_ref().filter(|job| job.can_cancel) {
            job.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Refuses further jobs, cancels the running one and waits until it ends.
    pub(super) fn close(&self) {
        self.cancel();
        let thread = {
            let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
            slot.is_closed = true;
            slot.thread.take()
        };
        // A thread that panicked has ended as well.
        let _ = thread.map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{JobOutcome, Jobs, Progress, ReturnLink, RunningJob};

    #[test]
    fn one_job_at_a_time_that_ends_when_it_is_cancelled() {
        let jobs: Arc<Jobs> = Arc::default();
        let home = || ReturnLink { label: "首页", href: "/".to_owned() };
        let wait = |job: &RunningJob| {
            while !job.is_cancelled() {
                std::thread::yield_now();
            }
            JobOutcome::refused("已取消")
        };
        jobs.start("生成报告", true, home(), wait).unwrap();
        assert!(
            jobs.start("归档", false, home(), |_| JobOutcome::default()).is_err_and(|why| why.contains("生成报告"))
        );
        jobs.close();
        assert!(jobs.status().is_none() && jobs.last().is_some_and(|last| last.outcome.messages == ["已取消"]));
        assert!(jobs.start("归档", false, home(), |_| JobOutcome::default()).is_err());
    }
}
