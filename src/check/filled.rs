//! Cells filled from the row above, as the settings of their column say: blank ones, and those with 同上.

use super::context::InspectedCell;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{CellRef, Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z113",
        title: "按上一行补全",
        severity: Severity::Note,
        what: "设置里写明照抄上一行（fill_down）的列里，空白或写着“同上”的单元格，按上一行的内容读取。",
        why: "万一是漏填，就记到了别人名下。",
        cure: "核对；不放心的每行写全",
    },
    kind: RuleKind::Cell(check),
};

fn check(code: Code, cell: &InspectedCell<'_>) -> Option<Diagnostic> {
    cell.notes().filled.then(|| {
        // The cell's own address, not that of the value.
        let place = CellRef { row: cell.row.row, ..cell.row.cell_ref(cell.index) };
        let message = format!("“{}”空着或写“同上”，按上一行读取", cell.column.label());
        cell.finding_at(code, Location::Cell(place), message)
    })
}
