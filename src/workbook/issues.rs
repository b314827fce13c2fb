//! 问题清单.xlsx: the findings with their places and cures, and a column for the clerk's answer.

use rust_xlsxwriter::{Format, FormatUnderline, Url, Worksheet, XlsxError};

use super::style::{
    WorkbookError, cell_format, cell_text, header_format, new_workbook, save, set_up_page, write_title,
};
use crate::diagnostics::{Diagnostic, Location, Severity};

/// A column of the list of findings.
struct ListColumn {
    label: &'static str,
    /// In characters.
    width: f64,
}

const fn column(label: &'static str, width: f64) -> ListColumn {
    ListColumn { label, width }
}

const COLUMNS: [ListColumn; 11] = [
    column("序号", 6.0),
    column("级别", 7.0),
    column("代码", 7.0),
    column("文件", 24.0),
    column("工作表", 16.0),
    column("单元格", 9.0),
    column("问题", 34.0),
    column("现为", 20.0),
    column("应为", 20.0),
    column("办法", 34.0),
    column("填报人说明", 24.0),
];
/// The column 单元格.
const ADDRESS: u16 = 5;
/// The row of the first finding, below title and header.
const FIRST_ROW: u32 = 2;

/// The findings of `owner` as a workbook's bytes, errors first.
///
/// # Errors
/// On a fault of rust_xlsxwriter.
pub(crate) fn issues(owner: &str, findings: &[&Diagnostic]) -> Result<Vec<u8>, WorkbookError> {
    let title = format!("{owner}问题清单");
    let mut book = new_workbook(&title)?;
    let sheet = book.add_worksheet().set_name("问题清单")?;
    let last_col = COLUMNS.len() as u16 - 1;
    write_title(sheet, &title, last_col)?;
    for (col, column) in (0..).zip(&COLUMNS) {
        sheet.write_with_format(1, col, column.label, &header_format())?.set_column_width(col, column.width)?;
    }
    let mut sorted = findings.to_vec();
    sorted.sort_by_key(|finding| finding.severity);
    for (number, finding) in (1_u32..).zip(&sorted) {
        write_finding(sheet, number, finding)?;
    }
    if sorted.is_empty() {
        sheet.merge_range(FIRST_ROW, 0, FIRST_ROW, last_col, "没有发现问题", &cell_format())?;
    }
    let last_row = FIRST_ROW + (sorted.len() as u32).max(1) - 1;
    sheet.autofilter(1, 0, last_row, last_col)?.set_freeze_panes(FIRST_ROW, 0)?.set_repeat_rows(1, 1)?;
    set_up_page(sheet).set_footer("&C第 &P 页，共 &N 页");
    save(&mut book)
}

/// Writes a finding; `number` counts from 1.
fn write_finding(sheet: &mut Worksheet, number: u32, finding: &Diagnostic) -> Result<(), XlsxError> {
    let row = FIRST_ROW + number - 1;
    let cell = cell_format();
    let severity = match finding.severity {
        Severity::Error => cell_format().set_font_color(0x00C0_0000),
        Severity::Warning => cell_format().set_font_color(0x0099_6600),
        Severity::Note => cell_format(),
    };
    sheet.write_with_format(row, 0, number, &cell)?;
    sheet.write_with_format(row, 1, finding.severity.label(), &severity)?;
    sheet.write_with_format(row, 2, finding.code.id, &cell)?;
    let location = &finding.location;
    let file = location.file().unwrap_or_default();
    let sheet_name = location.source().map_or("", |source| source.sheet.as_str());
    let address = match location {
        Location::Line { line, .. } => format!("第{line}行"),
        _ => location.address().unwrap_or_default(),
    };
    sheet.write_with_format(row, 3, cell_text(file), &cell)?;
    sheet.write_with_format(row, 4, cell_text(sheet_name), &cell)?;
    if !write_link(sheet, row, file, sheet_name, &address, &cell) {
        sheet.write_with_format(row, ADDRESS, address, &cell)?;
    }
    let message = match &finding.branch {
        Some(branch) if matches!(location, Location::Branch) => format!("{branch}：{}", finding.message),
        _ => finding.message.clone(),
    };
    let texts = [Some(&message), finding.found.as_ref(), finding.expected.as_ref(), finding.cure.as_ref(), None];
    for (col, text) in (ADDRESS + 1..).zip(texts) {
        sheet.write_with_format(row, col, cell_text(text.map_or("", String::as_str)), &cell)?;
    }
    Ok(())
}

/// Writes a cell's address as a link into the ledger, which works when both files are in one folder. Returns whether it
/// did: not every finding has a cell, and Excel limits the length of links.
fn write_link(sheet: &mut Worksheet, row: u32, file: &str, sheet_name: &str, address: &str, format: &Format) -> bool {
    if file.is_empty() || sheet_name.is_empty() || address.is_empty() {
        return false;
    }
    let target = format!("file:///{file}#'{}'!{address}", sheet_name.replace('\'', "''"));
    let link = format.clone().set_font_color(0x0005_63C1).set_underline(FormatUnderline::Single);
    sheet.write_url_with_options(row, ADDRESS, Url::new(target), address, "", Some(&link)).is_ok()
}
