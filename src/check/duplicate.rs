//! The same row twice.

use std::collections::HashMap;
use std::fmt::Write;

use super::{Look, Rule, Scope};
use crate::diag::{Code, CodeInfo, Diagnostic, Place, Severity};
use crate::marks;
use crate::model::{Row, Value};
use crate::notice::ColumnType;

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z110",
        title: "重复的行",
        severity: Severity::Error,
        what: "同一个党组织在同一种台账里内容完全相同的两行（序号不算），不论是否在同一个文件。",
        why: "会重复计数。",
        cure: "删去重复的一行；确是两件事的，写出区别",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    for branch in &scope.bound.branches {
        for (index, ledger) in scope.notice.ledger.values().enumerate() {
            let counts: Vec<bool> = ledger
                .columns
                .values()
                .map(|column| !matches!(column.kind, ColumnType::Serial | ColumnType::Branch))
                .collect();
            let content = |row: &Row| {
                let mut content = String::new();
                for (at, _) in counts.iter().enumerate().filter(|(_, counts)| **counts) {
                    say(row.value(at), &mut content);
                    content.push(BETWEEN);
                }
                content
            };
            let mut first: HashMap<String, &Row> = HashMap::new();
            for row in branch.rows(index).filter(|rows| rows.len() > 1).unwrap_or_default() {
                let content = content(row);
                let Some(earlier) = first.get(&content) else {
                    first.insert(content, row);
                    continue;
                };
                let place = Place::Cell(row.cell_ref(0));
                let there = Place::Cell(earlier.cell_ref(0));
                let message = format!("与 {there} 所在的行完全相同，两行都已计入");
                findings.push(Diagnostic::new(code, place, message).of_branch(branch.name()));
            }
        }
    }
}

/// Parts what two cells say: no text of a ledger holds a mark.
const BETWEEN: char = marks::LINE;

/// What a cell says, as a key; branch names are spelled in many ways and say the same.
fn say(value: Value<'_>, out: &mut String) {
    match value {
        Value::Text(text) => out.push_str(&crate::ingest::fold(text)),
        // Writing into a string does not fail.
        other => drop(write!(out, "{other:?}")),
    }
}
