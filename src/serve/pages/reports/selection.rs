//! The reports that a form names, with their states.

use std::collections::HashMap;

use crate::dashboard::{BranchState, Dashboard};
use crate::diagnostics::Diagnostic;
use crate::manifest::{ReportOutcome, RunManifest};
use crate::report::Gap;
use crate::serve::evidence::Snapshot;
use crate::serve::response::ErrorPage;

/// A chosen report.
pub(super) struct Chosen<'k> {
    pub name: &'k str,
    pub is_department: bool,
    /// Its position in the run manifest, from 1; 0 for the department's.
    pub number: usize,
    pub record: &'k ReportOutcome,
    pub state: BranchState,
    /// The gaps that it would have now.
    pub gaps: &'k [Gap],
}

/// The chosen reports.
pub(super) struct Selection<'k> {
    /// The reports, each once; at least one.
    pub reports: Vec<Chosen<'k>>,
    /// Whether they are all reports of the run.
    pub is_of_all: bool,
    /// How many branches that the summary is about have no final report that is up to date.
    pub waiting: usize,
    /// The findings in the ledgers as they are now.
    pub findings: &'k [Diagnostic],
}

impl<'k> Selection<'k> {
    /// All reports of the last run.
    ///
    /// # Errors
    /// Before the first run, or when the ledgers cannot be checked.
    pub(super) fn all(snapshot: &'k Snapshot) -> Result<Self, ErrorPage> {
        let run = run_of(snapshot)?;
        let names: Vec<&str> = run.branches.iter().chain(department(run)).map(|record| record.name.as_str()).collect();
        Ok(Self { is_of_all: true, ..Self::named(snapshot, &names)? })
    }

    /// The reports with these names.
    ///
    /// # Errors
    /// Likewise, and when there is no report of one of the names.
    pub(super) fn named(snapshot: &'k Snapshot, names: &[&str]) -> Result<Self, ErrorPage> {
        let run = run_of(snapshot)?;
        let evidence = snapshot.evidence().ok_or_else(no_run)?;
        let findings = snapshot.analysis_result()?.findings.as_slice();
        let dashboard = Dashboard::new(evidence);
        let waiting = dashboard.branches.iter().filter(|status| status.is_awaited()).count();
        let mut branches: HashMap<&str, BranchState> = HashMap::new();
        for status in dashboard.branches {
            branches.insert(status.branch, status.state);
        }
        let now: HashMap<&str, &[Gap]> =
            snapshot.current().iter().map(|report| (report.name.as_str(), report.gaps.as_slice())).collect();
        let gaps_of = |record: &'k ReportOutcome| now.get(record.name.as_str()).copied().unwrap_or(&record.gaps);
        let numbers: HashMap<&str, usize> = run.branches.iter().map(|record| record.name.as_str()).zip(1..).collect();
        let mut reports = Vec::new();
        for name in names {
            if let Some((own, record)) =
                dashboard.department.as_ref().zip(department(run)).filter(|(_, r)| r.name == *name)
            {
                let (state, gaps) = (own.clone(), gaps_of(record));
                reports.push(Chosen { name: &record.name, is_department: true, number: 0, record, state, gaps });
                continue;
            }
            let number = numbers.get(name).copied().ok_or_else(gone)?;
            let record = run.branches.get(number - 1).ok_or_else(gone)?;
            // A name that is chosen twice counts once.
            let Some(state) = branches.remove(name) else { continue };
            let gaps = gaps_of(record);
            reports.push(Chosen { name: &record.name, is_department: false, number, record, state, gaps });
        }
        if reports.is_empty() { Err(gone()) } else { Ok(Self { reports, is_of_all: false, waiting, findings }) }
    }

    /// The names of the chosen reports.
    pub(super) fn names(&self) -> Vec<String> {
        self.reports.iter().map(|chosen| chosen.name.to_owned()).collect()
    }

    /// The name of a job about them.
    pub(super) fn title(&self, action: &str) -> String {
        match &self.reports[..] {
            [chosen] => format!("{action}“{}”", chosen.name),
            several => format!("{action} {} 份", several.len()),
        }
    }

    /// The page that they are on.
    pub(super) fn address(&self) -> String {
        match &self.reports[..] {
            [chosen] if chosen.is_department => "/department".to_owned(),
            [chosen] => format!("/branch/{}", chosen.number),
            _ => "/".to_owned(),
        }
    }
}

fn department(run: &RunManifest) -> Option<&ReportOutcome> {
    Some(&run.department).filter(|record| !record.name.is_empty())
}

fn run_of(snapshot: &Snapshot) -> Result<&RunManifest, ErrorPage> {
    snapshot.evidence().map(|evidence| evidence.run).ok_or_else(no_run)
}

fn no_run() -> ErrorPage {
    ErrorPage::conflict("还没有草稿，请先生成草稿，看过再定稿")
}

fn gone() -> ErrorPage {
    ErrorPage::conflict("名册刚刚变过，请回到首页再选")
}
