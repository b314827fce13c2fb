//! Required columns that a sheet does not have.

use std::sync::Arc;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::notice::{ColumnType, nearest, sheet_header};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z005",
        title: "缺少列",
        severity: Severity::Error,
        what: "台账里没有必须有的一列。",
        why: "这一列的内容全部读不到。",
        cure: "补上该列，或把现用列名加入 notice.toml 中该列的 header",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, ledger) in context.sheets() {
        for (column, col) in ledger.columns.values().zip(&sheet.header.columns) {
            // A sheet without a branch column may belong to one branch as a whole; Z202 reports rows without a branch.
            let foreign = sheet.header.foreign.iter().map(|foreign| foreign.text.as_str());
            let near = nearest(column.label(), foreign);
            // An optional column is only missed when another looks like it.
            if col.is_some() || column.kind == ColumnType::Branch || !column.required && near.is_none() {
                continue;
            }
            let message = format!("《{}》没有“{}”一列", ledger.title, column.label());
            let finding = Diagnostic::new(code, Location::Sheet(Arc::clone(&sheet.source)), message);
            let mut finding = finding
                .expected(column.header.iter().map(|header| sheet_header(header)).collect::<Vec<_>>().join("、"));
            finding.found = near.map(|near| format!("{near}（是不是这一列？）"));
            if !column.required {
                finding.severity = Severity::Warning;
            }
            findings.push(finding);
        }
    }
    findings
}
