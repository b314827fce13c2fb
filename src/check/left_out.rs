//! Branches that the summary leaves out although they handed in ledgers, and names there that no branch has.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::model::Branch;
use crate::notice::Notice;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z219",
        title: "未报送的名单不对",
        severity: Severity::Warning,
        what: "写作未报送、不计入汇总的单位（summary.left_out），台账里却有它的记录或零报告；名册里没有的名称；全部单位都写作未报送。",
        why: "汇总写明它没有报送，各项数不算它：名单不对，汇总就不对。",
        cure: "报送齐了的，从设置“部门汇总”的“未报送、不计入汇总的单位”（summary.left_out）里删去；没有报齐、仍不计入的，在理由里写明；名称写错的改正",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let RuleContext { notice, bound, .. } = *context;
    let Some(summary) = notice.summary.as_ref().filter(|summary| !summary.left_out.is_empty()) else {
        return Vec::new();
    };
    let department = |message: String| Diagnostic::new(code, Location::Branch, message).of_branch(&summary.name);
    let mut findings = Vec::new();
    for unknown in &bound.unknown_left_out {
        let near = unknown.near.iter().map(|near| format!("，是不是“{near}”")).collect::<String>();
        let message = format!("写作未报送的“{}”不在名册里{near}", unknown.name);
        findings.push(department(message).found(unknown.name.clone()).expected("名册里的全称或简称"));
    }
    let left_out = bound.left_out();
    if !bound.branches.is_empty() && left_out.len() == bound.branches.len() {
        findings.push(department(format!("全部{}都写作未报送，没有可以汇总的", notice.words.branch)));
    }
    for branch in left_out.into_iter().filter(|branch| !branch.is_silent()) {
        let reason = branch.left_out().unwrap_or_default();
        let message = format!(
            "“{}”写作未报送（{reason}），不计入汇总，台账里却有它的：{}",
            branch.name(),
            handed_in(branch, notice)
        );
        findings.push(department(message));
    }
    findings
}

/// What a branch handed in, by ledger.
fn handed_in(branch: &Branch, notice: &Notice) -> String {
    let ledgers = notice.ledger.values().enumerate().filter_map(|(index, ledger)| {
        let rows = branch.rows(index).map_or(0, <[_]>::len);
        match rows {
            0 if branch.has_nil_report(index) => Some(format!("《{}》零报告", ledger.title)),
            0 => None,
            _ => Some(format!("《{}》{rows} 行", ledger.title)),
        }
    });
    ledgers.collect::<Vec<_>>().join("、")
}
