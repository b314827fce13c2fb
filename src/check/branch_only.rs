//! Rows that name a branch and hold nothing else.

use std::collections::HashMap;

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::{BranchOnlyRow, LedgerSheet, fold};

/// Numbers of rows that a finding lists.
const MAX_LISTED: usize = 20;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z135",
        title: "只写了单位的行",
        severity: Severity::Note,
        what: "除了单位和序号什么也没有填、下面却还有同一单位的记录的行，一张表列一项。这样的行不计入，必填的列空着也不另外列出。",
        why: "填报表里先印好的行从上往下填，没有用的空在最后，不算；空在中间的，多半是漏填。",
        cure: "多余的行删去；有内容的补填",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets().filter(|(sheet, _)| !sheet.branch_only_rows.is_empty()) {
        let last_rows = last_rows(context, sheet);
        let is_skipped =
            |row: &&BranchOnlyRow| last_rows.get(fold(&row.text).as_ref()).is_some_and(|last| row.row < *last);
        let rows: Vec<&BranchOnlyRow> = sheet.branch_only_rows.iter().filter(is_skipped).collect();
        let Some(first) = rows.first() else { continue };
        let numbers: Vec<String> = rows.iter().take(MAX_LISTED).map(|row| (row.row + 1).to_string()).collect();
        let more = if rows.len() > MAX_LISTED { "等" } else { "" };
        let word = &context.notice.words.branch;
        let message = format!(
            "第 {} {more}行只写了{word}，没有内容，下面却还有同一{word}的记录；共 {} 行，没有计入",
            numbers.join("、"),
            rows.len()
        );
        let location = Location::Cell(sheet_cell(sheet, first.row, first.col));
        findings.push(Diagnostic::new(code, location, message));
    }
    findings
}

/// For each name of a branch the last row of the sheet that has content of the branch.
fn last_rows(context: &RuleContext<'_>, sheet: &LedgerSheet) -> HashMap<String, u32> {
    let mut last_rows = HashMap::new();
    for branch in &context.bound.branches {
        let cells = branch.rows(sheet.ledger).unwrap_or_default().iter().map(|row| row.cell_ref(0));
        let Some(last) = cells.filter(|cell| cell.source == sheet.source).map(|cell| cell.row).max() else {
            continue;
        };
        for name in std::iter::once(branch.name()).chain(branch.shorts()) {
            last_rows.insert(fold(name).into_owned(), last);
        }
    }
    last_rows
}
