//! What the states of reports follow from, collected for a page: the last run, signed copies, the register of packages,
//! and what reports would be now.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::state::{ANALYSIS_TIMEOUT, AnalysisResult, AppState, RunResult};
use crate::archive::register::RegisterEntry;
use crate::dashboard::{Dashboard, DashboardInputs, ReportStage};
use crate::manifest::{CurrentReport, ReportOutcome, RunManifest};
use crate::pipeline::Analysis;
use crate::report::Gap;
use crate::scans::ScanInventory;
use crate::store::Digest;

/// Everything that is known when a page is made.
pub(super) struct Snapshot {
    run: Arc<RunResult>,
    scans: Option<Arc<ScanInventory>>,
    register: Arc<Vec<RegisterEntry>>,
    /// The analysis of the ledgers as they are on disk; `None` while it is not there yet. An older one would tell of
    /// ledgers that are no longer there.
    analysis: Option<Arc<AnalysisResult>>,
    /// Whether nothing is missing that is still being looked at.
    pub is_complete: bool,
}

/// What changed since the last run, whichever reports that made.
pub(super) struct InputChanges<'k> {
    /// The ledger files that changed, are new or are gone.
    pub ledgers: Vec<&'k str>,
    /// Whether settings or templates changed.
    pub settings: bool,
}

/// A report that shows something else than it would now.
pub(super) struct StaleReport<'s> {
    /// The name of the branch or department.
    pub name: &'s str,
    /// Whether it is final: a build of drafts leaves it as it is.
    pub is_final: bool,
}

/// The reports of a run that show something else than they would now, branches' and the department's.
pub(super) fn stale_reports<'d>(run: &'d RunManifest, dashboard: &'d Dashboard<'_>) -> Vec<StaleReport<'d>> {
    let branches = dashboard.branches.iter().map(|status| (status.branch, &status.state));
    let department = dashboard.department.iter().map(|state| (run.department.name.as_str(), state));
    let stale = branches.chain(department).filter(|(_, state)| state.is_stale);
    stale.map(|(name, state)| StaleReport { name, is_final: state.stage >= ReportStage::Final }).collect()
}

impl AppState {
    /// What is known, each part waited for up to `timeout`.
    ///
    /// # Errors
    /// With the message to show when the run manifest is not loaded in time.
    pub(super) fn snapshot(&self, timeout: Duration) -> Result<Snapshot, String> {
        let run = self.run()?;
        let scans = self.scans(Arc::clone(&run), timeout);
        let analysis = self.analysis(timeout);
        let is_complete = scans.is_fresh() && analysis.is_fresh();
        Ok(Snapshot {
            run,
            scans: scans.value().filter(|_| scans.is_fresh()).cloned(),
            register: self.register(),
            analysis: analysis.value().filter(|_| analysis.is_fresh()).cloned(),
            is_complete,
        })
    }

    /// What is known, as [`Self::snapshot`], of the ledgers as they are on disk.
    ///
    /// # Errors
    /// With the message to show when it takes too long.
    pub(super) fn fresh_snapshot(&self) -> Result<Snapshot, String> {
        let snapshot = self.snapshot(ANALYSIS_TIMEOUT)?;
        if snapshot.is_complete { Ok(snapshot) } else { Err("台账还没有核对完，请稍后再试".to_owned()) }
    }
}

impl Snapshot {
    /// What states follow from; `None` before the first run.
    pub(super) fn evidence(&self) -> Option<DashboardInputs<'_>> {
        let run = self.run.as_ref().as_ref().ok()?;
        let (scans, register) = (self.scans.as_deref(), self.register.as_slice());
        let ledgers = self.analysis().map_or(&[][..], |analysis| &analysis.files);
        Some(DashboardInputs { run, scans, register, packages: None, current: self.current(), ledgers })
    }

    /// What differs from what the last run read; `None` when nothing does, or while that is not known.
    pub(super) fn changes(&self, state: &AppState) -> Option<InputChanges<'_>> {
        let run = self.run.as_ref().as_ref().ok()?;
        let files = &self.analysis()?.files;
        if !run.settings.is_known() {
            return None;
        }
        let settings = state.settings().is_ok_and(|settings| settings.digest(None) != run.settings);
        let now: HashMap<&str, &Digest> = files.iter().map(|(name, digest)| (name.as_str(), digest)).collect();
        let gone = run.inputs.keys().map(String::as_str).filter(|name| !now.contains_key(name));
        let is_other = |name: &&str| run.inputs.get(*name) != now.get(name).copied();
        let mut ledgers: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).filter(is_other).chain(gone).collect();
        ledgers.sort_unstable();
        (settings || !ledgers.is_empty()).then_some(InputChanges { ledgers, settings })
    }

    /// Whether a build of drafts has something to do: ledgers or settings changed since the last run, or drafts are
    /// older than a run that made other reports.
    pub(super) fn needs_build(&self, state: &AppState) -> bool {
        let has_stale_drafts = |evidence: DashboardInputs<'_>| {
            let run = evidence.run;
            stale_reports(run, &Dashboard::new(evidence)).iter().any(|report| !report.is_final)
        };
        self.changes(state).is_some() || self.evidence().is_some_and(has_stale_drafts)
    }

    /// What reports would be now; empty while that is not known.
    pub(super) fn current(&self) -> &[CurrentReport] {
        self.analysis().map_or(&[], |analysis| &analysis.current)
    }

    /// The gaps of a report: those that it would have now, or those on record while that is not known.
    pub(super) fn gaps<'s>(&'s self, record: &'s ReportOutcome) -> &'s [Gap] {
        let now = self.current().iter().find(|report| report.name == record.name);
        now.map_or(&record.gaps, |now| &now.gaps)
    }

    /// The analysis of the ledgers as they are, or why there is none.
    ///
    /// # Errors
    /// With the message to show.
    pub(super) fn analysis_result(&self) -> Result<&Analysis, String> {
        match self.analysis.as_deref() {
            Some(analysis) => analysis.as_ref().map_err(Clone::clone),
            None => Err("台账还没有核对完，请稍后再试".to_owned()),
        }
    }

    /// The analysis of the ledgers as they are on disk.
    pub(super) fn analysis(&self) -> Option<&Analysis> {
        self.analysis.as_deref().and_then(|analysis| analysis.as_ref().ok())
    }
}
