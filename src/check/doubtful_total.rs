//! Rows that may be totals or not.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z122",
        title: "是不是合计行存疑",
        severity: Severity::Warning,
        what: "像合计又不全像的行：写着“合计”却还有别的内容；没写“合计”，数字却正好是上面（第一行则是下面）各行之和，在表的中间的是紧挨着的几行之和；写着“其中”“完成率”的行。",
        why: "当作合计就不计入，不当作合计就多算一行。",
        cure: "合计行只写“合计”和数字，其他各列空着；不是合计的，改一下名称；“其中”各行删去",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets() {
        for row in &sheet.doubtful_totals {
            let kind = if row.is_part { "上面一行的其中数" } else { "合计" };
            let taken = if row.is_left_out { "没有计入" } else { "已按一行内容计入" };
            let location = Location::Cell(sheet_cell(sheet, row.row, row.col));
            let message = format!("这一行像是{kind}，{taken}");
            let expected = format!("{kind}，或者一行内容，写法能分清");
            findings.push(Diagnostic::new(code, location, message).found(&row.text).expected(expected));
        }
    }
    findings
}
