//! The department's home page: how far every branch is, what needs attention first. From a run's record alone.

mod page;
mod script;
mod text;

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Timestamp, tz};
use rayon::prelude::*;
use serde::Serialize;

/// The name of the page in an output folder.
pub const FILE: &str = "index.html";
/// The script beside it that says when reports last changed: it differs from run to run, and the page does not.
pub const CHANGED_FILE: &str = "index-changed.js";
/// The script beside it that says which reports are signed, as far as somebody asked.
pub const SIGNED_FILE: &str = "index-signed.js";

pub use page::page;
pub use script::{changed as changed_script, tell_signed};
pub use text::{days, human};

use crate::manifest::{BranchRecord, ReportState, RunManifest};
use crate::report_code::ReportCode;
use crate::scans::{ScanInventory, Version};
use crate::store;

/// How far a department is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dashboard<'r> {
    /// The notice that is answered.
    pub notice: &'r str,
    /// The day by which reports are due, as 2018-11-02.
    pub deadline: &'r str,
    /// How many branches stand at each state.
    pub counts: Vec<(ReportState, usize)>,
    /// How many reports are signed as they stand.
    pub signed: usize,
    /// The branches, those that need attention first.
    pub branches: Vec<BranchStatus<'r>>,
}

/// How far a branch is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BranchStatus<'r> {
    /// The branch.
    pub branch: &'r str,
    /// Its kind.
    pub kind: &'r str,
    /// What became of its report.
    pub state: ReportState,
    /// The code of its final report.
    pub code: Option<&'r ReportCode>,
    /// When its reports last changed, as 2018-11-02 09:30 in China; not known of a record alone.
    pub changed: Option<String>,
    /// How the best of its signed copies stands to its report, when there is one.
    pub signed: Option<Version>,
    /// Errors, warnings and notes about it.
    pub findings: [usize; 3],
    /// Gaps in its report.
    pub gaps: usize,
    /// Ledgers that have no row of it, by their titles.
    pub missing: &'r [String],
    /// Its folder below the output folder.
    pub folder: &'r str,
    /// Its reports, by the names of their files.
    pub reports: Vec<&'r str>,
}

/// Days from `today` to a deadline written as 2018-11-02.
pub fn days_left(deadline: &str, today: Date) -> Option<i64> {
    let until = today.until(deadline.parse::<Date>().ok()?).ok()?;
    Some(i64::from(until.get_days()))
}

/// Endings of what is a report and no record of one.
const REPORTS: [&str; 3] = [".docx", ".html", ".md"];

impl<'r> Dashboard<'r> {
    /// The board of a run, and of the signed copies that came back.
    pub fn of(run: &'r RunManifest, survey: &ScanInventory) -> Self {
        let mut branches: Vec<BranchStatus<'r>> = run.branches.iter().map(BranchStatus::of).collect();
        let mut signed: HashMap<&str, Version> = HashMap::new();
        for copy in &survey.copies {
            let best = signed.entry(&copy.branch).or_insert(copy.version);
            *best = copy.version.max(*best);
        }
        branches.iter_mut().for_each(|standing| standing.signed = signed.get(standing.branch).copied());
        branches.sort_by_key(|standing| {
            let [errors, warnings, _] = standing.findings;
            std::cmp::Reverse((standing.urgency(), errors, standing.gaps, warnings))
        });
        let states = [ReportState::NotAsked, ReportState::Stopped, ReportState::Draft, ReportState::Final];
        let count = |state: ReportState| (state, branches.iter().filter(|standing| standing.state == state).count());
        let counts = states.map(count).into_iter().filter(|(_, count)| *count > 0).collect();
        let signed = |standing: &&BranchStatus<'_>| {
            standing.state == ReportState::Final && standing.signed.is_some_and(|version| version > Version::Old)
        };
        let signed = branches.iter().filter(signed).count();
        Self { notice: &run.notice, deadline: &run.deadline, counts, signed, branches }
    }

    /// The board with the times at which the reports in an output folder last changed.
    pub fn dated(mut self, output: &Path) -> Self {
        self.branches.par_iter_mut().for_each(|standing| standing.changed = standing.last_change(output));
        self
    }
}

impl<'r> BranchStatus<'r> {
    fn of(record: &'r BranchRecord) -> Self {
        let reports = record.files.keys().map(String::as_str);
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
            folder: &record.folder,
            reports: reports.filter(|name| REPORTS.iter().any(|ending| name.ends_with(ending))).collect(),
        }
    }

    /// When its reports in an output folder last changed, as 2018-11-02 09:30 in China.
    pub fn last_change(&self, output: &Path) -> Option<String> {
        let folder = output.join(self.folder);
        let changed = self.reports.iter().filter_map(|name| store::modified(&folder.join(name))).max()?;
        let time = Timestamp::try_from(changed).ok()?;
        Some(tz::offset(8).to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string())
    }

    /// How far its report is, in a word.
    pub fn label(&self) -> &'static str {
        match (self.state, self.signed) {
            (ReportState::Final, Some(Version::Current)) => "已签字",
            (ReportState::Final, Some(Version::ByName)) => "已签字（未核对版本）",
            (ReportState::Final, Some(Version::Old)) => "正式报告，签的是旧版",
            (ReportState::Draft, Some(_)) => "草稿，签的是旧版",
            (state, _) => state.label(),
        }
    }

    /// How much it needs attention: no report, errors or the wrong version signed, gaps, nothing.
    fn urgency(&self) -> u8 {
        match self.state {
            ReportState::NotAsked | ReportState::Stopped => 3,
            _ if self.signed == Some(Version::Old) => 2,
            _ if self.findings[0] > 0 => 2,
            _ if self.gaps > 0 => 1,
            ReportState::Draft | ReportState::Final => 0,
        }
    }

    /// Whether nothing is left to do before its report can be final.
    pub fn is_clear(&self) -> bool {
        self.urgency() == 0
    }
}
