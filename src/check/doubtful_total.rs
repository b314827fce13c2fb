//! Rows that may be totals or not.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z122",
        title: "是不是合计行存疑",
        severity: Severity::Warning,
        what: "像合计又不全像的行：写着“合计”却还有别的内容，没写“合计”数字却正好是上面各行之和。",
        why: "当作合计就不计入，不当作合计就多算一行。",
        cure: "合计行只写“合计”和数字，其他各列空着；不是合计的，改一下名称",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets() {
        for row in &sheet.doubtful_totals {
            let taken =
                if row.is_total { "像是合计，没有计入" } else { "像是合计，已按一行内容计入" };
            let location = Location::Cell(sheet_cell(sheet, row.row, row.col));
            let expected = "合计，或者一行内容，写法能分清";
            findings
                .push(Diagnostic::new(code, location, format!("这一行{taken}")).found(&row.text).expected(expected));
        }
    }
    findings
}
