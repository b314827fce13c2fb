//! Branches of the roster without rows.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::notice::Notice;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z203",
        title: "台账中没有该单位",
        severity: Severity::Warning,
        what: "名册中有、各台账中都没有的单位，以及在人人都应报的台账（every_branch）中既没有记录、也没有零报告的单位。",
        why: "没有交不等于没有事项：相应的指标不当作 0，报告里是待填写；需要在截止日前提醒。",
        cure: "请该单位补报台账",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let word = &context.notice.words.branch;
    let mut findings = Vec::new();
    for branch in &context.bound.branches {
        if branch.is_silent() {
            let (left_out, cure) = match branch.left_out() {
                Some(reason) => {
                    (format!("，汇总写明它未报送：{reason}"), format!("请该{word}补报；报了的，从未报送的单位里删去"))
                }
                None => (String::new(), silent_cure(context.notice)),
            };
            let message = format!("各台账中都没有该{word}的记录{left_out}");
            findings.push(Diagnostic::new(code, Location::Branch, message).of_branch(branch.name()).cure(cure));
            continue;
        }
        for (index, ledger) in context.notice.ledger.values().enumerate() {
            let is_handed_in = || context.bound.sheets.iter().any(|sheet| sheet.ledger == index);
            if ledger.is_due_from_every_branch() && branch.rows(index).is_none() && is_handed_in() {
                let message = format!("《{}》中没有该{word}的记录，也没有零报告", ledger.title);
                let finding = Diagnostic::new(code, Location::Branch, message).of_branch(branch.name());
                let cure = format!("请该{word}补报台账；确实没有事项的，在台账里写一行“无”");
                findings.push(if ledger.allows_nil_reports() { finding.cure(cure) } else { finding });
            }
        }
    }
    findings
}

/// What to do about a branch that handed in nothing.
fn silent_cure(notice: &Notice) -> String {
    let word = &notice.words.branch;
    let nothing = "确实没有事项的，在台账里写一行“无”";
    if notice.summary.is_none() {
        return format!("请该{word}补报台账；{nothing}");
    }
    format!(
        "请该{word}补报台账；{nothing}；到期不等它的，在设置“部门汇总”的“未报送、不计入汇总的单位”（summary.left_out）里写上它和理由"
    )
}
