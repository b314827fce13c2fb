//! No ledger that lists the branches.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z206",
        title: "没有可用的名册",
        severity: Severity::Error,
        what: "没有名册，或名册里没有一行能用。",
        why: "不知道有哪些单位，一份报告也不能生成。",
        cure: "把名册放入台账文件夹；名册里每个单位都要写名称和类别",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    if !context.bound.branches.is_empty() {
        return Vec::new();
    }
    let notice = context.notice;
    let title = notice.ledger.get(&notice.roster.ledger).map_or("", |ledger| &ledger.title);
    let message = format!("没有可用的《{title}》，不知道有哪些{}", notice.words.branch);
    vec![Diagnostic::new(code, Location::File(String::new()), message)]
}
