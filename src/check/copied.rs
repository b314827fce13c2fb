//! Paragraphs copied from another branch, or repeated within one, in columns whose texts must be the branch's own.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::context::{LedgerRow, RuleContext};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{CellRef, Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::fold;
use crate::model::Value;
use crate::notice::ColumnType;

/// Characters of the shortest paragraph that is compared, white space not counted: short ones recur by chance.
const MIN_CHARS: usize = 20;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z209",
        title: "照抄的段落",
        severity: Severity::Warning,
        what: "设置里写明由各单位自己写（original）的列里，与前面某一格完全相同的长段落（20 个字以上，空格和全角半角不计较），不论是别的单位的，还是本单位的。",
        why: "自查报告应当写自己的情况；照抄的话印出来，几份报告一个样。",
        cure: "按本单位的实际情况改写；确实相同的，核对后可以不改",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (ledger, settings) in context.notice.ledger.values().enumerate() {
        for (index, column) in settings.columns.values().enumerate() {
            if column.original && column.kind == ColumnType::Text {
                findings.extend(check_column(code, context.ledger_rows(ledger), index));
            }
        }
    }
    findings
}

/// A paragraph of a cell.
struct Paragraph<'a> {
    branch: Option<&'a str>,
    cell: CellRef,
    line: usize,
}

/// Finds the cells of a column that have a paragraph of an earlier one; one finding a cell.
fn check_column<'a>(code: Code, rows: impl Iterator<Item = LedgerRow<'a>>, index: usize) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut first: HashMap<String, Paragraph<'a>> = HashMap::new();
    for LedgerRow { branch, row, .. } in rows {
        let Value::Text(text) = row.value(index) else { continue };
        let mut copied = None;
        for (line, paragraph) in text.lines().enumerate() {
            let folded = fold(paragraph);
            if folded.chars().count() < MIN_CHARS {
                continue;
            }
            let cell = row.cell_ref(index);
            match first.entry(folded.into_owned()) {
                Entry::Vacant(entry) => drop(entry.insert(Paragraph { branch, cell, line })),
                // The rows of a merged cell, or those filled from it, have one cell.
                Entry::Occupied(entry) if entry.get().cell == cell && entry.get().line == line => {}
                Entry::Occupied(entry) => {
                    copied = copied.or_else(|| Some(finding(code, branch, cell, entry.get()).found(paragraph)));
                }
            }
        }
        findings.extend(copied);
    }
    findings
}

fn finding(code: Code, branch: Option<&str>, cell: CellRef, earlier: &Paragraph<'_>) -> Diagnostic {
    let place = Location::Cell(earlier.cell.clone());
    let message = match earlier.branch.filter(|earlier| branch != Some(earlier)) {
        Some(other) => format!("有一段与{other}的相同（{place}）"),
        None => format!("有一段与前面的相同（{place}）"),
    };
    let finding = Diagnostic::new(code, Location::Cell(cell), message);
    match branch {
        Some(branch) => finding.of_branch(branch),
        None => finding,
    }
}
