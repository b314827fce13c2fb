//! Rows that name a branch and hold nothing else.

use std::collections::HashSet;

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::{BranchOnlyRow, fold};

/// Numbers of rows that a finding lists.
const MAX_LISTED: usize = 20;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z135",
        title: "只写了单位的行",
        severity: Severity::Note,
        what: "除了单位和序号什么也没有填的行，一张表列一项。这样的行不计入，必填的列空着也不另外列出。",
        why: "填报表里常常先印好单位的名称，没有用的行空着；也可能是漏填。",
        cure: "多余的行不用管；有内容的补填；没有事项的，填零报告的字样（台账设置里的 nil_report）",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let names = || context.bound.branches.iter().flat_map(|branch| [Some(branch.name()), branch.short()]).flatten();
    let names: HashSet<String> = names().map(|name| fold(name).into_owned()).collect();
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets() {
        let rows: Vec<&BranchOnlyRow> =
            sheet.branch_only_rows.iter().filter(|row| names.contains(fold(&row.text).as_ref())).collect();
        let Some(first) = rows.first() else { continue };
        let numbers: Vec<String> = rows.iter().take(MAX_LISTED).map(|row| (row.row + 1).to_string()).collect();
        let more = if rows.len() > MAX_LISTED { "等" } else { "" };
        let word = &context.notice.words.branch;
        let message =
            format!("第 {} {more}行只写了{word}，没有内容，共 {} 行，没有计入", numbers.join("、"), rows.len());
        let location = Location::Cell(sheet_cell(sheet, first.row, first.col));
        findings.push(Diagnostic::new(code, location, message));
    }
    findings
}
