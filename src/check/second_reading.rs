//! Cells of which two independent readers say different things.

use std::collections::HashMap;

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z126",
        title: "两种读法不一致",
        severity: Severity::Error,
        what: "核对和生成正式报告时，台账用两种互不相干的读法各读一遍；读出的内容不同的单元格。",
        why: "总有一种读错了，不能拿来签字。",
        cure: "用表格软件打开该文件，核对这一格，另存为 .xlsx 后重新报送",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let sheets: Vec<_> = context.sheets().filter(|(sheet, _)| !sheet.differences.is_empty()).collect();
    if sheets.is_empty() {
        return Vec::new();
    }
    let branches: HashMap<_, _> =
        context.rows().filter_map(|row| Some(((&row.row.source, row.row.row), row.branch?))).collect();
    let mut findings = Vec::new();
    for (sheet, _) in sheets {
        for cell in &sheet.differences {
            let place = Location::Cell(sheet_cell(sheet, cell.row, cell.col));
            let finding = Diagnostic::new(code, place, "两种读法读出的内容不一致")
                .found(format!("{}；另一种读法是 {}", quoted(&cell.first), quoted(&cell.second)))
                .expected("两种读法一致");
            let branch = branches.get(&(&sheet.source, cell.row));
            findings.push(match branch {
                Some(branch) => finding.of_branch(branch),
                None => finding,
            });
        }
    }
    findings
}

/// What a reader says, in quotes; 空白 for a blank cell.
fn quoted(text: &str) -> String {
    if text.is_empty() { "空白".to_owned() } else { format!("“{text}”") }
}
