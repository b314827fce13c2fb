//! Total rows that differ from the sum of the rows above them.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z111",
        title: "合计不符",
        severity: Severity::Warning,
        what: "合计、小计行的数字与上面各行之和不一致。",
        why: "不是合计算错，就是漏读或多填了行。",
        cure: "核对合计与各行",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, ledger) in context.sheets() {
        for total in sheet.totals.iter().filter(|total| total.printed != total.summed) {
            let label = ledger.columns.get_index(total.column).map_or("", |(_, column)| column.label());
            let message = format!("“{label}”的合计与各行之和不一致");
            let finding = Diagnostic::new(code, Location::Cell(sheet_cell(sheet, total.row, total.col)), message);
            findings.push(finding.found(total.printed.to_string()).expected(total.summed.normalize().to_string()));
        }
    }
    findings
}
