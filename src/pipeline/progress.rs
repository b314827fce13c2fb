//! Progress of a run, shown by front ends, and its cancellation, requested by front ends.

use serde::{Deserialize, Serialize};

use crate::expr::StopSignal;

/// A stage whose progress is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuildStage {
    /// Reading files.
    Read,
    /// Computing metrics, branch by branch.
    Compute,
    /// Making reports, branch by branch.
    Report,
}

/// Receives the progress of a run; called from many threads.
pub trait Progress: Sync {
    /// A stage begins, with `total` steps.
    fn stage(&self, stage: BuildStage, total: usize);
    /// A step of the stage is done.
    fn step(&self);
    /// Whether the run is to end. Once true it stays true; reports that were made are kept, the others are as they
    /// were.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Ignores progress and never cancels.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn stage(&self, _: BuildStage, _: usize) {}
    fn step(&self) {}
}

impl Progress for StopSignal {
    fn stage(&self, _: BuildStage, _: usize) {}
    fn step(&self) {}

    fn is_cancelled(&self) -> bool {
        self.is_stopped()
    }
}
