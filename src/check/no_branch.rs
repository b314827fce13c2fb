//! Rows without the name of a branch.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z202",
        title: "没有写明单位",
        severity: Severity::Error,
        what: "台账中没有写单位的行；没有这一列的，工作表名、文件名和表上方的文字里也没有。",
        why: "不知道是谁的，没有计入任何报告。",
        cure: "补填单位名称",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let word = &context.notice.words.branch;
    let mut findings = Vec::new();
    for unbound in context.bound.unbound.iter().filter(|unbound| unbound.name.is_none()) {
        let Some((_, ledger)) = context.notice.ledger.get_index(unbound.ledger) else { continue };
        let location = Location::Cell(unbound.row.cell_ref(ledger.branch_column().unwrap_or_default()));
        findings.push(Diagnostic::new(code, location, format!("这一行没有写明{word}，未计入任何报告")));
    }
    findings
}
