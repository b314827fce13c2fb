//! Headers that match a column which another header of the sheet matches better.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity, column_letters};
use crate::ingest::RepeatedHeader;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z008",
        title: "列名重复",
        severity: Severity::Warning,
        what: "同一张表里有两列都能认作台账的同一列。",
        why: "只读取没有隐藏的、写法更准的一列，另一列没有读取。",
        cure: "删去或改名多余的一列；两张并排的表改为上下排列，各有自己的表头；要读的是另一列的，在 notice.toml 的 header 中写明 组/列",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, ledger) in context.sheets() {
        for RepeatedHeader { column: index, col, is_hidden } in &sheet.header.repeated {
            let label = ledger.columns.get_index(*index).map_or("", |(_, column)| column.label());
            let read = sheet.header.columns.get(*index).copied().flatten().map(column_letters).unwrap_or_default();
            let hidden = if *is_hidden { "隐藏的" } else { "" };
            let message = format!("{hidden}这一列也像“{label}”，没有读取；读取的是 {read} 列");
            let location = Location::Cell(sheet_cell(sheet, sheet.header.last_row, *col));
            findings.push(Diagnostic::new(code, location, message));
        }
    }
    findings
}
