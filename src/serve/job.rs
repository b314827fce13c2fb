//! The one piece of long work at a time: a build, a final report, archiving, verifying. It goes on when nobody looks.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::diagnostics::Diagnostic;
use crate::pipeline::{Progress, Stage};

/// Where somebody goes when a piece of work is done: what the place is called, and its address.
pub type Back = (&'static str, String);

/// What a piece of work came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Whether everything asked for was done.
    pub done: bool,
    /// What is to be said of it, a sentence each.
    pub lines: Vec<String>,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

impl Outcome {
    /// Nothing was done, for this reason.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self { done: false, lines: vec![reason.into()], findings: Vec::new() }
    }
}

/// How far a piece of work is.
#[derive(Clone, Debug)]
pub struct JobStatus {
    /// What is done, in a few words.
    pub what: String,
    /// The part of it that is being done.
    pub stage: &'static str,
    /// How many things of that part are done.
    pub done: usize,
    /// How many there are; 0 when nobody knows.
    pub total: usize,
    /// Whether it can be cancelled, and nobody did.
    pub cancellable: bool,
    /// Whether it is to end.
    pub cancelled: bool,
    /// For how many seconds it has been going on.
    pub seconds: u64,
}

/// A piece of work that goes on.
pub struct JobProgress {
    what: String,
    stage: Mutex<&'static str>,
    done: AtomicUsize,
    total: AtomicUsize,
    cancellable: bool,
    cancelled: AtomicBool,
    since: Instant,
}

impl Progress for JobProgress {
    fn stage(&self, stage: Stage, total: usize) {
        let name = match stage {
            Stage::Read => "读取台账",
            Stage::Compute => "计算指标",
            Stage::Report => "生成报告",
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

impl JobProgress {
    fn status(&self) -> JobStatus {
        let cancelled = self.is_cancelled();
        JobStatus {
            what: self.what.clone(),
            stage: *self.stage.lock().unwrap_or_else(PoisonError::into_inner),
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            cancellable: self.cancellable && !cancelled,
            cancelled,
            seconds: self.since.elapsed().as_secs(),
        }
    }
}

/// A piece of work that is done.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What was done.
    pub what: String,
    /// What it came to.
    pub outcome: Outcome,
    /// How many seconds it took.
    pub seconds: f64,
    /// Where to go from there.
    pub back: Back,
}

/// The work of a server.
#[derive(Default)]
pub struct Jobs {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: Option<Arc<JobProgress>>,
    thread: Option<JoinHandle<()>>,
    last: Option<Arc<Finished>>,
    closed: bool,
}

impl Jobs {
    /// Begins a piece of work on a thread of its own.
    ///
    /// # Errors
    /// With what goes on already.
    pub fn start(
        self: &Arc<Self>,
        what: &str,
        cancellable: bool,
        back: Back,
        work: impl FnOnce(&JobProgress) -> Outcome + Send + 'static,
    ) -> Result<(), String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &state.running {
            return Err(format!("正在{}，等它结束再试", running.what));
        }
        if state.closed {
            return Err("程序正在结束".to_owned());
        }
        let progress = Arc::new(JobProgress {
            what: what.to_owned(),
            stage: Mutex::new("准备"),
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            cancellable,
            cancelled: AtomicBool::new(false),
            since: Instant::now(),
        });
        state.running = Some(Arc::clone(&progress));
        let own = Arc::clone(self);
        state.thread = Some(std::thread::spawn(move || own.run(&progress, back, work)));
        Ok(())
    }

    fn run(&self, progress: &Arc<JobProgress>, back: Back, work: impl FnOnce(&JobProgress) -> Outcome) {
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| work(progress)));
        let outcome = outcome.unwrap_or_else(|_| Outcome::refused("程序内部出错，没有完成"));
        let seconds = progress.since.elapsed().as_secs_f64();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last = Some(Arc::new(Finished { what: progress.what.clone(), outcome, seconds, back }));
        state.running = None;
    }

    /// How far the work is that goes on.
    pub fn status(&self) -> Option<JobStatus> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running.as_ref().map(|progress| progress.status())
    }

    /// What the last work came to.
    pub fn last(&self) -> Option<Arc<Finished>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).last.clone()
    }

    /// Has the work end where it can.
    pub fn cancel(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(progress) = state.running.as_ref().filter(|progress| progress.cancellable) {
            progress.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Begins no more work, has what goes on end where it can, and waits for it.
    pub fn close(&self) {
        self.cancel();
        let thread = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.closed = true;
            state.thread.take()
        };
        // A thread that panicked has ended as well.
        let _ = thread.map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Jobs, Outcome, Progress};

    #[test]
    fn one_piece_of_work_at_a_time_that_ends_when_it_is_told() {
        let jobs: Arc<Jobs> = Arc::default();
        let back = || ("首页", "/".to_owned());
        let wait = |progress: &super::JobProgress| {
            while !progress.is_cancelled() {
                std::thread::yield_now();
            }
            Outcome::refused("已取消")
        };
        jobs.start("生成报告", true, back(), wait).unwrap();
        assert!(jobs.start("归档", false, back(), |_| Outcome::default()).is_err_and(|why| why.contains("生成报告")));
        jobs.close();
        assert!(jobs.status().is_none() && jobs.last().is_some_and(|last| last.outcome.lines == ["已取消"]));
        assert!(jobs.start("归档", false, back(), |_| Outcome::default()).is_err());
    }
}
