//! Ledgers and rows whose names, titles or columns are about another year than the notice.

use std::sync::Arc;

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity, SheetRef};
use crate::ingest::title_years;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z128",
        title: "像是别的年度的台账",
        severity: Severity::Warning,
        what: "工作表名、文件名、文件夹名、表格标题或“年度”一列写的年份，不是通知数据截止日所在的年份。",
        why: "往年的内容和今年的一起计数，数字就多了。",
        cure: "不是今年的删去、隐藏或移出台账文件夹；是今年的，改正写着的年份",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let year = context.notice.year();
    let mut findings = Vec::new();
    for (sheet, _) in context.sheets() {
        let expected = format!("{year} 年的台账");
        if let Some(name) = foreign_name(&sheet.source, year) {
            let finding =
                Diagnostic::new(code, Location::Sheet(Arc::clone(&sheet.source)), "名称写的是别的年度，已照常计入");
            findings.push(finding.found(name).expected(expected.clone()));
        }
        for title in &sheet.foreign_titles {
            let location = Location::Cell(sheet_cell(sheet, title.row, title.col));
            let finding = Diagnostic::new(code, location, "标题写的是别的年度，下面的行已照常计入");
            findings.push(finding.found(&title.text).expected(expected.clone()));
        }
        if let Some(rows) = &sheet.foreign_rows {
            let location = Location::Cell(sheet_cell(sheet, rows.row, rows.col));
            let message = format!("这一列有 {} 行写的是别的年度，已照常计入", rows.count);
            findings.push(Diagnostic::new(code, location, message).found(&rows.text).expected(expected));
        }
    }
    findings
}

/// The name of the sheet, the file or a folder that says other years than `year`; the nearest that says any decides.
fn foreign_name(source: &SheetRef, year: i16) -> Option<&str> {
    let names = std::iter::once(source.sheet.as_str()).chain(source.file.rsplit('/'));
    let (name, years) = names.filter_map(|name| Some((name, title_years(name)?))).next()?;
    (!years.contains(&year)).then_some(name)
}
