//! The steps that the expressions and templates of a run may take together.
//!
//! Each expression and each report has a limit of its own, and there may be as many as the settings list: 400 metrics
//! over some thousand rows run for minutes without any of them reaching its limit. What takes longer than the sum is
//! stopped as a whole, since which of the expressions come too late depends on the threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Steps of all expressions and templates of a run, besides those of its branches. Twice as many, 400 metrics that reach
/// their own limits, took minutes.
pub(super) const MAX_RUN_STEPS: u64 = 1_000_000_000;
/// Steps for each branch of a run. `check` of the shipped notices takes 7,600 and 2,000 each.
const STEPS_OF_BRANCH: u64 = 100_000;

/// Ends a run from outside: it has no steps left then. Clones are of the same run.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<AtomicBool>);

impl StopSignal {
    /// Ends the run.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run is to end.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The steps of a run.
#[derive(Debug)]
pub struct StepBudget {
    stop: StopSignal,
    base: u64,
    /// For the branches of the run.
    of_branches: AtomicU64,
    taken: AtomicU64,
}

impl StepBudget {
    /// Allows so many, besides those for branches.
    pub(super) fn new(base: u64) -> Self {
        Self { stop: StopSignal::default(), base, of_branches: AtomicU64::new(0), taken: AtomicU64::new(0) }
    }

    /// The same, which is exhausted once the run is stopped.
    pub(super) fn stopped_by(self, stop: StopSignal) -> Self {
        Self { stop, ..self }
    }

    /// What ends the run from outside.
    pub fn stop(&self) -> &StopSignal {
        &self.stop
    }

    /// Begins another run: what the runs before it took is not counted any more.
    pub fn begin_run(&self) {
        self.taken.store(0, Ordering::Relaxed);
        self.of_branches.store(0, Ordering::Relaxed);
    }

    /// Allows for the branches of the run: a department of 10,000 takes more than one of 20.
    pub fn allow_for(&self, branches: usize) {
        self.of_branches.store(STEPS_OF_BRANCH.saturating_mul(branches as u64), Ordering::Relaxed);
    }

    /// Counts steps that were taken.
    pub fn count(&self, steps: u64) {
        self.taken.fetch_add(steps, Ordering::Relaxed);
    }

    /// Whether more were taken than are allowed. Values from then on, and those that were being computed, are of no
    /// use: conditions do not hold, numbers are missing.
    pub fn is_exhausted(&self) -> bool {
        self.left() == 0
    }

    /// How many may still be taken.
    pub(super) fn left(&self) -> u64 {
        if self.stop.is_stopped() {
            return 0;
        }
        self.allowed().saturating_sub(self.taken.load(Ordering::Relaxed))
    }

    fn allowed(&self) -> u64 {
        self.base.saturating_add(self.of_branches.load(Ordering::Relaxed))
    }

    /// Why a run whose steps are exhausted has no result, in Chinese.
    pub fn reason(&self) -> String {
        if self.stop.is_stopped() {
            return "没有算完就停下了".to_owned();
        }
        format!(
            "全部算式和模板合起来算了 {} 步还没有算完，已停下：看看有没有对每一行再数一遍全部行的算式、循环套循环的模板，拆开或删去",
            self.allowed()
        )
    }
}
