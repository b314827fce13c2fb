//! The progress of branches, from the run manifest and the inventory of signed copies.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Timestamp, tz};
use rayon::prelude::*;
use serde::Serialize;

use super::branch_state::{BranchState, StateInputs};
use super::stage::{Action, ReportStage};
use crate::archive::PackageInPlace;
use crate::archive::register::RegisterEntry;
use crate::diagnostics::SeverityCounts;
use crate::manifest::{CurrentReport, ReportOutcome, ReportState, RunManifest};
use crate::notice::Words;
use crate::render::Format;
use crate::report_code::ReportCode;
use crate::scans::{ScanInventory, SignedCopy, Version};
use crate::store::{self, Digest};

/// What a dashboard shows follows from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DashboardInputs<'r> {
    /// The record of the last run over the output folder (`run.json`).
    pub run: &'r RunManifest,
    /// The signed copies; `None` when they were not looked at.
    pub scans: Option<&'r ScanInventory>,
    /// The lines of the register of packages.
    pub register: &'r [RegisterEntry],
    /// The folder of the packages; `None` when they are not looked at.
    pub packages: Option<&'r Path>,
    /// What reports would be now; empty when the ledgers were not looked at.
    pub current: &'r [CurrentReport],
    /// The ledger files as they are now, with their hashes; empty likewise.
    pub ledgers: &'r [(String, Digest)],
}

impl<'r> DashboardInputs<'r> {
    /// What follows from the record of a run alone, as `index.html` has it.
    pub(crate) fn of_run(run: &'r RunManifest) -> Self {
        Self { run, scans: None, register: &[], packages: None, current: &[], ledgers: &[] }
    }
}

/// The progress of all branches and the department, as `zicha status --json` and `index.html` have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Dashboard<'r> {
    /// The notice's title.
    pub notice: &'r str,
    /// The day by which reports are due (`notice.deadline`), as `2018-11-02`.
    pub deadline: &'r str,
    /// What the notice calls branches and the department.
    #[serde(skip)]
    pub words: &'r Words,
    /// The number of branches in each stage that occurs.
    pub counts: Vec<(ReportStage, usize)>,
    /// The number of final reports whose current version is signed.
    pub signed: usize,
    /// Errors that belong to no report: until they are corrected no report can be made final.
    pub common_errors: usize,
    /// The state of the department's report; `None` when there is none.
    pub department: Option<BranchState>,
    /// The branches, those that need attention first.
    pub branches: Vec<BranchStatus<'r>>,
}

/// The progress of a branch: a row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BranchStatus<'r> {
    /// The branch's name.
    pub branch: &'r str,
    /// Its kind, such as 党总支.
    pub kind: &'r str,
    /// The state of its report, with its reason and the next step.
    #[serde(flatten)]
    pub state: BranchState,
    /// What the last run recorded of its report.
    #[serde(rename = "state")]
    pub recorded: ReportState,
    /// The report code of its final report.
    pub code: Option<&'r ReportCode>,
    /// When its report files last changed, as `2018-11-02 09:30` in China; set by [`Dashboard::with_change_times`].
    pub changed: Option<String>,
    /// Which version its signed copy is of; of several copies the best.
    pub signed: Option<Version>,
    /// The numbers of its errors, warnings and notes.
    pub findings: SeverityCounts,
    /// Whether errors that belong to no report are all that keeps it from being final.
    #[serde(skip)]
    pub is_held_by_common_errors: bool,
    /// The number of gaps in its report.
    pub gaps: usize,
    /// The titles of ledgers without a row of it.
    pub missing: &'r [String],
    /// The titles of ledgers in which it reported that it has nothing to report.
    pub nil: &'r [String],
    /// Why the summary leaves it out; empty when it does not.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub left_out: &'r str,
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

/// Whether a file of a report's folder is the report in one of its formats; others are records.
fn is_report(name: &str) -> bool {
    let extension = Path::new(name).extension();
    Format::ALL.iter().any(|format| extension.is_some_and(|extension| extension == format.extension()))
}

/// The evidence by the names of reports and the codes of versions.
struct InputIndex<'r> {
    copies: HashMap<&'r str, Vec<&'r SignedCopy>>,
    current: HashMap<&'r str, &'r CurrentReport>,
    ledgers: HashMap<&'r str, Digest>,
    /// The last package with each version, by the notice's part and the content's part of its code.
    packages: HashMap<(&'r str, &'r str), &'r RegisterEntry>,
    /// The folder of the packages.
    folder: Option<&'r Path>,
    are_scans_known: bool,
    common_errors: usize,
}

impl<'r> InputIndex<'r> {
    fn new(evidence: DashboardInputs<'r>) -> Self {
        let DashboardInputs { run, scans, register, packages: folder, current, ledgers } = evidence;
        let mut copies: HashMap<&str, Vec<&SignedCopy>> = HashMap::new();
        for copy in scans.into_iter().flat_map(|scans| &scans.copies) {
            copies.entry(&copy.branch).or_default().push(copy);
        }
        let versions = register.iter().flat_map(|entry| entry.codes.iter().map(move |code| (code, entry)));
        Self {
            copies,
            current: current.iter().map(|report| (report.name.as_str(), report)).collect(),
            ledgers: ledgers.iter().map(|(name, digest)| (name.as_str(), *digest)).collect(),
            packages: versions.map(|(code, entry)| ((code.notice(), code.content()), entry)).collect(),
            folder,
            are_scans_known: scans.is_some(),
            common_errors: run.common_errors,
        }
    }

    /// What the state of a report follows from.
    fn of(&self, record: &'r ReportOutcome, waiting: usize) -> StateInputs<'r> {
        let issued = record.final_report().and_then(|report| report.issued.as_ref());
        let code = issued.map(|issued| &issued.code);
        let made_of = issued.filter(|_| !self.ledgers.is_empty()).into_iter().flat_map(|issued| &issued.ledgers);
        let changed = made_of.filter(|(name, digest)| self.ledgers.get(name.as_str()) != Some(digest));
        let name = record.name.as_str();
        let package = code.and_then(|code| self.packages.get(&(code.notice(), code.content())).copied());
        let in_place = package.zip(self.folder).map(|(entry, folder)| PackageInPlace::look(folder, entry));
        StateInputs {
            record,
            common_errors: self.common_errors,
            current: self.current.get(name).copied(),
            changed_ledgers: changed.map(|(name, _)| name.as_str()).collect(),
            are_scans_known: self.are_scans_known,
            copies: self.copies.get(name).cloned().unwrap_or_default(),
            package,
            in_place,
            waiting,
        }
    }
}

impl<'r> Dashboard<'r> {
    /// The dashboard of a run, with whatever else is known.
    pub(crate) fn new(evidence: DashboardInputs<'r>) -> Self {
        let run = evidence.run;
        let index = InputIndex::new(evidence);
        let status = |record| BranchStatus::new(&index.of(record, 0));
        let mut branches: Vec<BranchStatus<'r>> = run.branches.iter().map(status).collect();
        let waiting = branches.iter().filter(|status| status.is_awaited()).count();
        let department = Some(&run.department).filter(|record| !record.name.is_empty());
        let department = department.map(|record| BranchState::of(&index.of(record, waiting)));
        branches.sort_by_key(|status| {
            let SeverityCounts { errors, warnings, .. } = status.findings;
            std::cmp::Reverse((status.urgency(), errors, status.gaps, warnings))
        });
        let count = |stage: ReportStage| (stage, branches.iter().filter(|status| status.state.stage == stage).count());
        let counts = ReportStage::ALL.map(count).into_iter().filter(|(_, count)| *count > 0).collect();
        let is_signed = |status: &&BranchStatus<'_>| status.signed == Some(Version::Current);
        let signed = branches.iter().filter(is_signed).count();
        let common_errors = evidence.current.first().map_or(run.common_errors, |now| now.common_errors);
        let RunManifest { notice, deadline, words, .. } = run;
        Self { notice, deadline, words, counts, signed, common_errors, department, branches }
    }

    /// The state of a branch's report.
    pub(crate) fn state_of(&self, branch: &str) -> Option<&BranchState> {
        self.branches.iter().find(|status| status.branch == branch).map(|status| &status.state)
    }

    /// The stages of all reports, the department's last.
    pub(crate) fn stages(&self) -> Vec<ReportStage> {
        self.branches.iter().map(|status| &status.state).chain(&self.department).map(|state| state.stage).collect()
    }

    /// Adds the times at which the report files in the output folder last changed; reads the files' times in parallel.
    pub(crate) fn with_change_times(mut self, output: &Path) -> Self {
        self.branches.par_iter_mut().for_each(|status| status.changed = status.last_change(output));
        self
    }
}

impl<'r> BranchStatus<'r> {
    fn new(evidence: &StateInputs<'r>) -> Self {
        let (record, current) = (evidence.record, evidence.current);
        let files = record.files.keys().map(String::as_str);
        let state = BranchState::of(evidence);
        Self {
            branch: &record.name,
            kind: &record.kind,
            is_held_by_common_errors: state.action == Some(Action::CorrectLedgers)
                && state.stage == ReportStage::Errors,
            state,
            recorded: record.state,
            code: record.final_report().and_then(|report| Some(&report.issued.as_ref()?.code)),
            changed: None,
            signed: evidence.copies.iter().map(|copy| copy.version).max(),
            findings: current.map_or(record.findings, |now| now.findings),
            gaps: current.map_or(record.gaps.len(), |now| now.gaps.len()),
            missing: current.map_or(&record.missing, |now| &now.missing),
            nil: current.map_or(&record.nil, |now| &now.nil),
            left_out: current.map_or(&record.left_out, |now| &now.left_out),
            folder: &record.folder,
            reports: files.filter(|name| is_report(name)).collect(),
        }
    }

    /// Whether the department's final report waits for its: the summary is about it, and it has no final report that is
    /// up to date.
    pub(crate) fn is_awaited(&self) -> bool {
        self.left_out.is_empty() && (self.state.stage < ReportStage::Final || self.state.is_stale)
    }

    /// When its report files in the output folder last changed, as `2018-11-02 09:30` in China; `None` without files.
    pub(crate) fn last_change(&self, output: &Path) -> Option<String> {
        let folder = output.join(self.folder);
        let changed = self.reports.iter().filter_map(|name| store::modified(&folder.join(name))).max()?;
        let time = Timestamp::try_from(changed).ok()?;
        Some(tz::offset(8).to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string())
    }

    /// Its state in words, whose errors keep it from being final where they are not its own, and that what was signed is
    /// an older version.
    pub(crate) fn label(&self) -> String {
        let common = if self.is_held_by_common_errors { "，不属于哪一份报告" } else { "" };
        let old = self.signed == Some(Version::Old) && self.state.stage < ReportStage::Archived;
        format!("{}{common}{}", self.state.label(), if old { "，签的是旧版" } else { "" })
    }

    /// Whether errors keep it from being final, its own or those that belong to no report.
    pub(crate) fn has_errors(&self) -> bool {
        self.findings.errors > 0 || self.state.stage == ReportStage::Errors
    }

    /// The ledgers without a row of it, and those with a nil report, in a line; empty without any.
    pub(crate) fn empty_ledgers(&self) -> String {
        let nil = (!self.nil.is_empty()).then(|| format!("零报告：{}", self.nil.join("、")));
        let missing = (!self.missing.is_empty()).then(|| self.missing.join("、"));
        missing.into_iter().chain(nil).collect::<Vec<_>>().join("；")
    }

    /// Rank in the list: 3 without report or with one that could not be made, 2 with errors, a stale report or an old
    /// version signed, 1 with gaps, 0 otherwise.
    fn urgency(&self) -> u8 {
        match self.state.stage {
            ReportStage::LeftOut => 1,
            ReportStage::Nothing => 3,
            _ if self.recorded == ReportState::Stopped && self.state.stage < ReportStage::Ready => 3,
            ReportStage::Errors => 2,
            _ if self.state.is_package_damaged => 2,
            _ if self.findings.errors > 0 && self.state.stage < ReportStage::Ready => 2,
            _ if self.state.is_stale || self.signed == Some(Version::Old) => 2,
            ReportStage::LedgersMissing | ReportStage::Gaps | ReportStage::Waiting => 1,
            ReportStage::Ready | ReportStage::Final | ReportStage::Signed | ReportStage::Archived => 0,
        }
    }

    /// Whether it needs no attention: a report without errors and gaps that is up to date, and no old version signed.
    pub(crate) fn is_clear(&self) -> bool {
        self.urgency() == 0
    }
}
