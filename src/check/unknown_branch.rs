//! Rows with the name of a branch that is not in the roster.

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z201",
        title: "名册中没有的单位",
        severity: Severity::Error,
        what: "台账中写的单位不是名册里的全称或简称。",
        why: "该行没有计入任何报告；相近的名称只提示，不代为认定。",
        cure: "改为名册中的全称或简称",
    },
    kind: RuleKind::Whole(check),
};

/// What to do about a name that is another way to write a branch's.
fn cure(context: &RuleContext<'_>) -> String {
    let notice = context.notice;
    let roster = notice.ledger.get(&notice.roster.ledger);
    let short = notice.roster.short.as_ref().and_then(|short| roster?.columns.get(short));
    let place = match short.and_then(|column| column.header.first()) {
        Some(header) => format!("写进名册的“{header}”（几个用顿号隔开）"),
        None => "在名册里加一列“简称”写上它，再在“设置”里说明简称写在哪一列（[roster] 的 short）".to_owned(),
    };
    format!("改为名册中的全称或简称；每期都这样写的，{place}")
}

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for unbound in &context.bound.unbound {
        let Some(name) = &unbound.name else { continue };
        let Some((_, ledger)) = context.notice.ledger.get_index(unbound.ledger) else { continue };
        let location = Location::Cell(unbound.row.cell_ref(ledger.branch_column().unwrap_or_default()));
        let message = if unbound.unusable {
            "名册中的这个名称不能用（见名册的问题），该行未计入任何报告".to_owned()
        } else {
            format!("名册中没有这个{}，该行未计入任何报告", context.notice.words.branch)
        };
        let mut finding = Diagnostic::new(code, location, message).found(name);
        if let Some(near) = &unbound.near {
            finding = finding.expected(format!("是否为“{near}”？")).of_branch(near).cure(cure(context));
        }
        findings.push(finding);
    }
    findings
}
