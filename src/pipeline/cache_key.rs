//! The cache key of a report: a SHA-256 over everything that its files depend on. A report on record with the same key,
//! whose files are still there, is not built again (`previous_run` decides, and gives the reason when it is).
//!
//! In the key of a branch's report:
//! - the program's version; in debug builds, when the program was built, because the version then stays while the code
//!   changes;
//! - the text of `notice.toml` as a whole, with those that it is based on: which of its lines matter to a report is not
//!   tracked;
//! - the texts of the templates that the branch's kind uses; of all templates when any includes another;
//! - options that change the files: formats, `--date`, `--final`, `--trace`; the hash of the faces that PDF is set in;
//! - the name and the hash of the earlier run's file that the run compares with (上期);
//! - whether there is an error that belongs to no branch, and whether there is one of this branch: either stops a final
//!   report;
//! - the name of its folder, which is part of the files' names;
//! - for a final report the branch's place in the roster, which its code bears;
//! - the branch's row of the roster and its rows of every ledger: values, notes, addresses (file, sheet, row, column),
//!   which `sources.json` repeats; and for each ledger whether it was handed in at all, or with nothing to report
//!   (零报告);
//! - the names and hashes of the files that its annexes put in.
//!
//! In the key of the department's report: the same settings and options, all templates, the keys of all branches, and
//! for a final one whether a branch's final report is missing.
//!
//! Not in the key: rows of other branches; ledger files as wholes, so that a changed row rebuilds one branch; times and
//! paths of files; `--force`, `--prune`, `--redraft`, `--output`, `--branch`, `--shard`, which select files but do not
//! change what is in them. The files themselves are compared with the hashes on record instead.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::attachments::Attachments;
use super::{Options, Settings};
use crate::diagnostics::SheetRef;
use crate::model::{BoundLedgers, Branch, Row};
use crate::store::Digest;
use crate::template::{ReportStructure, Templates};

/// The part of the keys that is the same for all branches of a kind, hashed once.
pub(super) struct CommonKey {
    /// For each kind of branch.
    branches: HashMap<String, Sha256>,
    department: Sha256,
    is_final: bool,
}

/// The part of a branch's key that is its own.
pub(super) struct BranchKey<'a> {
    /// The branch with its rows.
    pub branch: &'a Branch,
    /// Its place in the roster, from 1.
    pub place: usize,
    /// The files of its annexes.
    pub attachments: &'a Attachments,
    /// How many ledgers the notice has.
    pub ledgers: usize,
    /// The name of its folder.
    pub folder: &'a str,
    /// Whether there is an error of the branch.
    pub has_error: bool,
}

impl CommonKey {
    /// Hashes program, settings, templates, options, the faces of PDF (`fonts`) and the earlier run; `common_error` is
    /// whether there is an error that belongs to no branch.
    pub(super) fn new(
        settings: &Settings,
        options: &Options,
        bound: &BoundLedgers,
        fonts: Option<Digest>,
        common_error: bool,
    ) -> Self {
        let Settings { notice, templates, summary_templates, .. } = settings;
        let mut common = Vec::new();
        push_text(&mut common, env!("CARGO_PKG_VERSION"));
        if cfg!(debug_assertions) {
            let built = std::fs::metadata(&options.machine.program).and_then(|metadata| metadata.modified());
            push_text(&mut common, &format!("{built:?}"));
        }
        push_text(&mut common, notice.all_text());
        let formats: Vec<&str> = options.formats.iter().map(|format| format.extension()).collect();
        push_text(&mut common, &formats.join(","));
        push_text(&mut common, &format!("{:?} {} {} {common_error}", options.date, options.is_final, options.trace));
        common.extend(fonts.iter().flat_map(|fonts| fonts.as_bytes()));
        if let Some(previous) = &bound.previous {
            push_text(&mut common, &previous.file);
            common.extend_from_slice(previous.digest.as_bytes());
        }
        let with_templates = |sources: &mut dyn Iterator<Item = &str>| {
            let mut bytes = common.clone();
            sources.for_each(|source| push_text(&mut bytes, source));
            Sha256::new_with_prefix(bytes)
        };
        let mut branches = HashMap::new();
        for kind in bound.branches.iter().map(Branch::kind) {
            if !branches.contains_key(kind) {
                let hasher =
                    with_templates(&mut templates.sources_for_kind(ReportStructure::for_branches(notice), kind));
                branches.insert(kind.to_owned(), hasher);
            }
        }
        let department = with_templates(&mut summary_templates.iter().flat_map(Templates::all_sources));
        Self { branches, department, is_final: options.is_final }
    }

    /// The key of a branch's report.
    pub(super) fn of_branch(&self, key: &BranchKey<'_>) -> Digest {
        // One buffer: SHA-256 takes a few large pieces faster than many small ones.
        let mut bytes = Vec::with_capacity(CAPACITY);
        push_number(&mut bytes, if self.is_final { key.place } else { 0 });
        push_text(&mut bytes, key.folder);
        bytes.push(u8::from(key.has_error));
        let mut last = None;
        push_row(&mut bytes, key.branch.roster_row(), &mut last);
        for ledger in 0..key.ledgers {
            let rows = key.branch.rows(ledger);
            bytes.push(u8::from(rows.is_some()));
            bytes.push(u8::from(key.branch.has_nil_report(ledger)));
            push_number(&mut bytes, rows.map_or(0, <[Row]>::len));
            rows.into_iter().flatten().for_each(|row| push_row(&mut bytes, row, &mut last));
        }
        key.attachments.push_key(&mut bytes);
        let mut hasher = self.branches.get(key.branch.kind()).cloned().unwrap_or_default();
        hasher.update(bytes);
        Digest::from_hasher(hasher)
    }

    /// The key of the department's report from those of all branches; `incomplete` when it is to be final and a
    /// branch's final report is missing.
    pub(super) fn of_department<'d>(&self, branches: impl Iterator<Item = &'d Digest>, incomplete: bool) -> Digest {
        let mut hasher = self.department.clone();
        hasher.update([u8::from(incomplete)]);
        branches.for_each(|branch| hasher.update(branch.as_bytes()));
        Digest::from_hasher(hasher)
    }
}

/// Bytes that suffice for the rows of most branches.
const CAPACITY: usize = 16 * 1024;

fn push_number(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&(number as u64).to_le_bytes());
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    push_number(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

/// Adds a row; file and sheet only when they differ from the previous row's.
fn push_row<'b>(bytes: &mut Vec<u8>, row: &'b Row, last: &mut Option<&'b SheetRef>) {
    let is_same = *last == Some(&*row.source);
    bytes.push(u8::from(is_same));
    if !is_same {
        push_text(bytes, &row.source.file);
        push_text(bytes, &row.source.sheet);
        *last = Some(&row.source);
    }
    push_number(bytes, row.row as usize);
    push_text(bytes, row.packed());
}
