//! What is lost when a final report is replaced: its code, the signed copies of this version, and that it is archived.
//!
//! A draft replaces a final report only with `--redraft`, and what it makes void is named by the names of the scans
//! alone: looking into each takes a process. A final report replaces one that is signed or archived and shows something
//! else only with `--replace-signed`; for that the scans are looked into, for a signature counts whatever its file is
//! called. This is done before the reports are made, and only when one would be replaced.

use std::path::Path;

use crate::archive::register::{self, RegisterEntry};
use crate::manifest::{Issued, ReportOutcome, ReportState, RunManifest};
use crate::model::Branch;
use crate::pipeline::previous_run::PreviousRun;
use crate::pipeline::{Options, other_notices};
use crate::report_code::ReportCode;
use crate::scans::{self, Inspector, ScanContents, ScanInventory, ScanResult, Version};

/// Whose final reports may be replaced, and where.
#[derive(Clone, Copy)]
pub(super) struct LossSource<'a> {
    pub options: &'a Options,
    pub previous: &'a PreviousRun,
    pub branches: &'a [Branch],
}

/// The signed copies and packages of final reports.
#[derive(Debug, Default)]
pub(super) struct Losses {
    scans: ScanInventory,
    register: Vec<RegisterEntry>,
}

/// Whether a report would have that code and not its own. A report that could not be final replaces none.
pub(super) fn is_another(record: &ReportOutcome, code: Option<&ReportCode>) -> bool {
    let own = record.issued.as_ref().map(|issued| &issued.code);
    code.zip(own).is_some_and(|(code, own)| !code.has_same_content(own))
}

impl Losses {
    /// By the names of the scans alone.
    pub(super) fn by_names(source: LossSource<'_>) -> Self {
        Self { scans: survey(source, &|_| Ok(ScanContents::default())), register: Vec::new() }
    }

    /// By what the scans show, with the register of packages. A register that cannot be read protects nothing:
    /// archiving and verifying say so.
    pub(super) fn of_scans(source: LossSource<'_>) -> Self {
        let inspector = Inspector { program: source.options.machine.program.clone() };
        let scans = survey(source, &|path| scans::read(path).and_then(|bytes| inspector.inspect(&bytes)));
        let register = register::read_entries_with_codes(&source.options.archive).unwrap_or_default();
        Self { scans, register }
    }

    /// Whether a final report is signed, as far as that is known, or archived.
    pub(super) fn has(&self, record: &ReportOutcome) -> bool {
        self.copies(record).next().is_some() || record.issued.as_ref().and_then(|own| self.package(own)).is_some()
    }

    fn copies<'l>(&'l self, record: &'l ReportOutcome) -> impl Iterator<Item = &'l str> {
        let copies = self.scans.copies_of(&record.name).filter(|copy| copy.version > Version::Old);
        copies.map(|copy| copy.name.as_str())
    }

    fn package(&self, issued: &Issued) -> Option<&str> {
        let is_of = |entry: &&RegisterEntry| entry.codes.iter().any(|code| code.has_same_content(&issued.code));
        self.register.iter().rev().find(is_of).map(|entry| entry.archive_number.as_str())
    }

    /// Code, signed copies and package of a final report, in brackets.
    pub(super) fn describe(&self, record: &ReportOutcome) -> String {
        let mut parts: Vec<String> = record.issued.iter().map(|issued| format!("核对码 {}", issued.code)).collect();
        let copies: Vec<&str> = self.copies(record).collect();
        if !copies.is_empty() {
            parts.push(format!("签字件 {}", copies.join("、")));
        }
        let package = record.issued.as_ref().and_then(|issued| self.package(issued));
        parts.extend(package.map(|number| format!("档号 {number}")));
        if parts.is_empty() { String::new() } else { format!("（{}）", parts.join("，")) }
    }
}

/// The scans of final reports that earlier runs recorded.
fn survey(source: LossSource<'_>, inspect: &(dyn Fn(&Path) -> ScanResult + Sync)) -> ScanInventory {
    let LossSource { options, previous, branches } = source;
    let record = |branch: &Branch| {
        let unknown = || ReportOutcome { name: branch.name().to_owned(), ..ReportOutcome::default() };
        previous.recorded_final(branch.name()).cloned().unwrap_or_else(unknown)
    };
    let department = previous.department.final_report().cloned().unwrap_or_default();
    let run = RunManifest { branches: branches.iter().map(record).collect(), department, ..RunManifest::default() };
    if run.branches.iter().chain([&run.department]).all(|record| record.state != ReportState::Final) {
        return ScanInventory::default();
    }
    scans::survey_with(&options.signed, &other_notices(&options.notice), &run, inspect)
}
