//! Computed columns that have no number in a row for another reason than a blank cell: a division by zero.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::expr::MetricResult;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z210",
        title: "算出的列算不出来",
        severity: Severity::Warning,
        what: "[ledger.名称.computed] 里的一列，这一行除以 0，或数太大。",
        why: "这一行的这一列是待填写，用到它的指标没有结果。",
        cure: "改正这一行里用到的数；总数确实可以是 0 的，在设置里用 ratio(部分, 总数)",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (ledger, (_, settings)) in context.notice.ledger.iter().enumerate() {
        for (index, (id, computed)) in settings.computed.iter().enumerate() {
            let cell = context.expressions.computed_reads(ledger, index).first().copied().unwrap_or_default();
            for row in context.ledger_rows(ledger) {
                let MetricResult::Failed(reason) = context.expressions.computed(ledger, index, row.row) else {
                    continue;
                };
                let message = format!("“{}”无法计算：{reason}", computed.column(id).label());
                let mut finding = Diagnostic::new(code, Location::Cell(row.row.cell_ref(cell)), message);
                finding.branch = row.branch.map(str::to_owned);
                findings.push(finding);
            }
        }
    }
    findings
}
