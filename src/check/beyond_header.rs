//! Rows of text files with more fields than their header, or with all fields in one.

use super::context::{RuleContext, sheet_cell};
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::{FaultyField, FieldFault};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z125",
        title: "这一行和表头对不上",
        severity: Severity::Error,
        what: "文本文件（.csv 等）里内容超出表头最后一列的行；整行写在一格里、用全角逗号隔开的行。",
        why: "多半是数字里的逗号（1,048）没有加引号，后面的内容错开了一列；全角逗号不分列，这一行就读不到。",
        cure: "去掉数字里的逗号，或给这一格加上英文双引号",
    },
    kind: RuleKind::Whole(check),
};

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let fields = context.sheets().flat_map(|(sheet, _)| sheet.faulty_fields.iter().map(move |field| (sheet, field)));
    let finding = |(sheet, field): (_, &FaultyField)| {
        let place = Location::Cell(sheet_cell(sheet, field.row, field.col));
        match field.fault {
            FieldFault::BeyondHeader => {
                Diagnostic::new(code, place, "这一行的内容超出了表头，可能错开了一列").expected("空白")
            }
            FieldFault::FullWidthCommas => {
                let finding = Diagnostic::new(code, place, "这一行都在一格里，没有按列分开，这一行没有读");
                finding.expected("用英文逗号隔开").cure("把“，”改成英文逗号“,”")
            }
        }
        .found(&field.text)
    };
    fields.map(finding).collect()
}
