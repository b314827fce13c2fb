//! Headers that name a column another header names better.

use super::{Look, Rule, RuleContext, cell_of};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::RepeatedHeader;

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z008",
        title: "列名重复",
        severity: Severity::Warning,
        what: "同一张表里有两列都能认作台账的同一列。",
        why: "只读取写法更准的一列，另一列没有读取。",
        cure: "删去或改名多余的一列；要读的是另一列的，在 notice.toml 的 header 中写明 组/列",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    for (sheet, ledger) in scope.sheets() {
        for RepeatedHeader { column: index, col } in &sheet.header.repeated {
            let label = ledger.columns.get_index(*index).map_or("", |(_, column)| column.label());
            let message = format!("这一列也像“{label}”，没有读取");
            let place = Location::Cell(cell_of(sheet, sheet.header.last_row, *col));
            findings.push(Diagnostic::new(code, place, message));
        }
    }
}
