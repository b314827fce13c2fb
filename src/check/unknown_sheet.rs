//! Sheets whose header matches no ledger.

use std::sync::Arc;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::{UnreadSheet, fold};
use crate::notice::{Ledger, Notice, sheet_header};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z002",
        title: "认不出的工作表",
        severity: Severity::Warning,
        what: "表头和哪一种台账都对不上的工作表。",
        why: "里面的内容没有进入任何报告。",
        cure: "核对表头；确属新写法的，用 zicha columns 查看建议，把列名加入 notice.toml 中该列的 header",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let known = context.notice.ledger.values().map(|ledger| format!("《{}》", ledger.title)).collect::<String>();
    for unread in context.bound.unread.iter().filter(|unread| !unread.hidden) {
        let location = Location::Sheet(Arc::clone(&unread.source));
        let finding =
            |message: String| Diagnostic::new(code, location.clone(), message).found(unread.header.join("、"));
        findings.push(match named_like(unread, context.notice) {
            Some((_, ledger)) => {
                let headers: Vec<_> = ledger.columns.values().map(|column| sheet_header(column.label())).collect();
                let message = format!("名称像《{}》，却没有它的表头，未读", ledger.title);
                let cure = "在第一行数据上面补上一行表头，写各列的名称";
                finding(message).expected(headers.join("、")).cure(cure)
            }
            None => finding("表头不像任何一种台账，未读".to_owned()).expected(known.clone()),
        });
    }
    findings
}

/// The ledger of which a sheet or its file has the name, by its index in the notice.
pub(super) fn named_like<'n>(unread: &UnreadSheet, notice: &'n Notice) -> Option<(usize, &'n Ledger)> {
    let file = unread.source.file.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let names = [fold(&unread.source.sheet), fold(stem)];
    let is_named = |ledger: &Ledger| {
        let known = ledger.sheets.iter().chain([&ledger.title]);
        known.map(|name| fold(name)).any(|name| names.contains(&name))
    };
    notice.ledger.values().enumerate().find(|(_, ledger)| is_named(ledger))
}
