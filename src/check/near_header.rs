//! Headers recognised although their spelling differs from the settings.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::NearHeader;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z006",
        title: "列名写法有出入",
        severity: Severity::Note,
        what: "列名与设置中的写法不完全一样（空格、全角、括号里的单位），但能认出来。",
        why: "说明按哪一列读取，便于核对。",
        cure: "可把该写法加入 notice.toml 中该列的 header",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, ledger) in context.sheets() {
        for NearHeader { column: index, col, text } in &sheet.header.near {
            let label = ledger.columns.get_index(*index).map_or("", |(_, column)| column.label());
            let message = format!("列名按“{label}”读取");
            let location = Location::Cell(sheet_cell(sheet, sheet.header.last_row, *col));
            findings.push(Diagnostic::new(code, location, message).found(text.clone()).expected(label));
        }
    }
    findings
}
