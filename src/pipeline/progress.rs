//! What a run tells while it works. Only the edge shows it.

/// A part of a run's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read.
    Read,
    /// Metrics are computed, a branch at a time.
    Compute,
    /// Reports are made, a branch at a time.
    Report,
}

/// Who watches a run.
pub trait Progress: Sync {
    /// A stage begins, with so many things to do.
    fn stage(&self, stage: Stage, total: usize);
    /// One more of them is done.
    fn step(&self);
    /// Whether the run is to end, for good: reports that are made stand, others stay as they were.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn stage(&self, _: Stage, _: usize) {}
    fn step(&self) {}
}
