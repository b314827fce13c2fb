//! What the states of reports follow from, collected for a page: the last run, signed copies, the register of packages, and
//! what reports would be now.

use std::sync::Arc;
use std::time::Duration;

use super::state::{AnalysisResult, AppState, RunResult};
use crate::archive::register::RegisterEntry;
use crate::dashboard::Evidence;
use crate::manifest::CurrentReport;
use crate::pipeline::Analysis;
use crate::scans::ScanInventory;

/// Everything that is known when a page is made.
pub(super) struct Known {
    run: Arc<RunResult>,
    scans: Option<Arc<ScanInventory>>,
    register: Arc<Vec<RegisterEntry>>,
    /// The analysis of the ledgers as they are on disk; `None` while it is not there yet. An older one would tell of
    /// ledgers that are no longer there.
    analysis: Option<Arc<AnalysisResult>>,
    /// Whether nothing is missing that is still being looked at.
    pub is_complete: bool,
}

impl AppState {
    /// What is known, each part waited for up to `timeout`.
    ///
    /// # Errors
    /// With the message to show when the run manifest is not loaded in time.
    pub(super) fn known(&self, timeout: Duration) -> Result<Known, String> {
        let run = self.run()?;
        let scans = self.scans(Arc::clone(&run), timeout);
        let analysis = self.analysis(timeout);
        let is_complete = scans.is_fresh() && analysis.is_fresh();
        Ok(Known {
            run,
            scans: scans.value().filter(|_| scans.is_fresh()).cloned(),
            register: self.register(),
            analysis: analysis.value().filter(|_| analysis.is_fresh()).cloned(),
            is_complete,
        })
    }
}

impl Known {
    /// What states follow from; `None` before the first run.
    pub(super) fn evidence(&self) -> Option<Evidence<'_>> {
        let run = self.run.as_ref().as_ref().ok()?;
        let (scans, register) = (self.scans.as_deref(), self.register.as_slice());
        let ledgers = self.analysis().map_or(&[][..], |analysis| &analysis.files);
        Some(Evidence { run, scans, register, current: self.current(), ledgers })
    }

    /// What reports would be now; empty while that is not known.
    fn current(&self) -> &[CurrentReport] {
        self.analysis().map_or(&[], |analysis| &analysis.current)
    }

    /// The analysis of the ledgers as they are on disk.
    pub(super) fn analysis(&self) -> Option<&Analysis> {
        self.analysis.as_deref().and_then(|analysis| analysis.as_ref().ok())
    }
}
