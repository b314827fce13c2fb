//! Headers recognised although they are not spelled as the settings say.

use super::{Look, Rule, RuleContext, cell_of};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::NearHeader;

/// The rule with its help.
pub static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z006",
        title: "列名写法有出入",
        severity: Severity::Note,
        what: "列名与设置中的写法不完全一样（空格、换行、全角、括号里的单位），但能认出来。",
        why: "说明按哪一列读取，便于核对。",
        cure: "可把该写法加入 notice.toml 中该列的 header",
    },
    look: Look::Whole(check),
};

fn check(code: Code, scope: &RuleContext<'_>, findings: &mut Vec<Diagnostic>) {
    for (sheet, ledger) in scope.sheets() {
        for NearHeader { column: index, col, text } in &sheet.header.near {
            let label = ledger.columns.get_index(*index).map_or("", |(_, column)| column.label());
            let message = format!("列名按“{label}”读取");
            let place = Location::Cell(cell_of(sheet, sheet.header.last_row, *col));
            findings.push(Diagnostic::new(code, place, message).found(text.clone()).expected(label));
        }
    }
}
