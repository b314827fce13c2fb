//! The progress of branches, from the run manifest and the inventory of signed copies.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Timestamp, tz};
use rayon::prelude::*;
use serde::Serialize;

use crate::diagnostics::SeverityCounts;
use crate::manifest::{ReportOutcome, ReportState, RunManifest};
use crate::notice::Words;
use crate::report_code::ReportCode;
use crate::scans::{ScanInventory, Version};
use crate::store;

/// Progress of a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Dashboard<'r> {
    /// The notice's title.
    pub notice: &'r str,
    /// The deadline, as `2018-11-02`.
    pub deadline: &'r str,
    /// What the notice calls branches and the department.
    #[serde(skip)]
    pub words: &'r Words,
    /// The number of branches in each state that occurs.
    pub counts: Vec<(ReportState, usize)>,
    /// The number of final reports whose current version is signed.
    pub signed: usize,
    /// The branches, those that need attention first.
    pub branches: Vec<BranchStatus<'r>>,
}

/// Progress of a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BranchStatus<'r> {
    /// The branch's name.
    pub branch: &'r str,
    /// Its kind, such as 党总支.
    pub kind: &'r str,
    /// The state of its report.
    pub state: ReportState,
    /// The report code of its final report.
    pub code: Option<&'r ReportCode>,
    /// When its report files last changed, as `2018-11-02 09:30` in China; set by [`Dashboard::with_change_times`].
    pub changed: Option<String>,
    /// Which version its signed copy is of; of several copies the best.
    pub signed: Option<Version>,
    /// The numbers of its errors, warnings and notes.
    pub findings: SeverityCounts,
    /// The number of gaps in its report.
    pub gaps: usize,
    /// The titles of ledgers without a row of it.
    pub missing: &'r [String],
    /// The titles of ledgers in which it reported that it has nothing to report.
    pub nil: &'r [String],
    /// The name of its folder in the output folder.
    pub folder: &'r str,
    /// The names of its report files.
    pub reports: Vec<&'r str>,
}

/// Days from `today` to a deadline written as `2018-11-02`, negative when it has passed; `None` for another text.
pub(crate) fn days_left(deadline: &str, today: Date) -> Option<i64> {
    let until = today.until(deadline.parse::<Date>().ok()?).ok()?;
    Some(i64::from(until.get_days()))
}

/// Extensions of report files; other files of a report's folder are records.
const REPORT_EXTENSIONS: [&str; 3] = [".docx", ".html", ".md"];

impl<'r> Dashboard<'r> {
    /// The dashboard of a run with the signed copies there are.
    pub(crate) fn new(run: &'r RunManifest, scans: &ScanInventory) -> Self {
        let mut branches: Vec<BranchStatus<'r>> = run.branches.iter().map(BranchStatus::from_record).collect();
        let mut signed: HashMap<&str, Version> = HashMap::new();
        for copy in &scans.copies {
            let best = signed.entry(&copy.branch).or_insert(copy.version);
            *best = copy.version.max(*best);
        }
        branches.iter_mut().for_each(|status| status.signed = signed.get(status.branch).copied());
        branches.sort_by_key(|status| {
            let SeverityCounts { errors, warnings, .. } = status.findings;
            std::cmp::Reverse((status.urgency(), errors, status.gaps, warnings))
        });
        let states = [ReportState::NotAsked, ReportState::Stopped, ReportState::Draft, ReportState::Final];
        let count = |state: ReportState| (state, branches.iter().filter(|status| status.state == state).count());
        let counts = states.map(count).into_iter().filter(|(_, count)| *count > 0).collect();
        let signed = |status: &&BranchStatus<'_>| {
            status.state == ReportState::Final && status.signed.is_some_and(|version| version > Version::Old)
        };
        let signed = branches.iter().filter(signed).count();
        Self { notice: &run.notice, deadline: &run.deadline, words: &run.words, counts, signed, branches }
    }

    /// Adds the times at which the report files in the output folder last changed; reads the files' times in parallel.
    pub(crate) fn with_change_times(mut self, output: &Path) -> Self {
        self.branches.par_iter_mut().for_each(|status| status.changed = status.last_change(output));
        self
    }
}

impl<'r> BranchStatus<'r> {
    fn from_record(record: &'r ReportOutcome) -> Self {
        let files = record.files.keys().map(String::as_str);
        Self {
            branch: &record.name,
            kind: &record.kind,
            state: record.state,
            code: record.issued.as_ref().map(|issued| &issued.code),
            changed: None,
            signed: None,
            findings: record.findings,
            gaps: record.gaps.len(),
            missing: &record.missing,
            nil: &record.nil,
            folder: &record.folder,
            reports: files.filter(|name| REPORT_EXTENSIONS.iter().any(|ending| name.ends_with(ending))).collect(),
        }
    }

    /// When its report files in the output folder last changed, as `2018-11-02 09:30` in China; `None` without files.
    pub(crate) fn last_change(&self, output: &Path) -> Option<String> {
        let folder = output.join(self.folder);
        let changed = self.reports.iter().filter_map(|name| store::modified(&folder.join(name))).max()?;
        let time = Timestamp::try_from(changed).ok()?;
        Some(tz::offset(8).to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string())
    }

    /// The state of its report and of its signature, for the user.
    pub(crate) fn label(&self) -> &'static str {
        match (self.state, self.signed) {
            (ReportState::Final, Some(Version::Current)) => "已签字",
            (ReportState::Final, Some(Version::ByName)) => "已签字（未核对版本）",
            (ReportState::Final, Some(Version::Old)) => "正式报告，签的是旧版",
            (ReportState::Draft, Some(_)) => "草稿，签的是旧版",
            (state, _) => state.label(),
        }
    }

    /// The ledgers without a row of it, and those with a nil report, in a line; empty without any.
    pub(crate) fn empty_ledgers(&self) -> String {
        let nil = (!self.nil.is_empty()).then(|| format!("零报告：{}", self.nil.join("、")));
        let missing = (!self.missing.is_empty()).then(|| self.missing.join("、"));
        missing.into_iter().chain(nil).collect::<Vec<_>>().join("；")
    }

    /// Rank in the list: 3 without report, 2 with errors or an old version signed, 1 with gaps, 0 otherwise.
    fn urgency(&self) -> u8 {
        match self.state {
            ReportState::NotAsked | ReportState::Stopped => 3,
            _ if self.signed == Some(Version::Old) => 2,
            _ if self.findings.errors > 0 => 2,
            _ if self.gaps > 0 => 1,
            ReportState::Draft | ReportState::Final => 0,
        }
    }

    /// Whether it needs no attention: a report without errors and gaps, and no old version signed.
    pub(crate) fn is_clear(&self) -> bool {
        self.urgency() == 0
    }
}
