//! 问题清单.xlsx: what was found, where, and what to do about it; with a column for the clerk's answer.

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};

use super::{WorkbookError, fitting, header, plain, title, workbook};
use crate::diagnostics::{Diagnostic, Location, Severity};

/// The columns with their widths in characters.
const COLUMNS: [(&str, f64); 11] = [
    ("序号", 6.0),
    ("级别", 7.0),
    ("代码", 7.0),
    ("文件", 24.0),
    ("工作表", 16.0),
    ("单元格", 9.0),
    ("问题", 34.0),
    ("现为", 20.0),
    ("应为", 20.0),
    ("办法", 34.0),
    ("填报人说明", 24.0),
];
/// Rows of title and header.
const ABOVE: u32 = 2;
/// A4.
const PAPER: u8 = 9;

/// The list of findings as a workbook's bytes.
///
/// # Errors
/// When the program itself fails.
pub fn issues(owner: &str, findings: &[&Diagnostic]) -> Result<Vec<u8>, WorkbookError> {
    let name = format!("{owner}问题清单");
    let mut book = workbook(&name)?;
    let sheet = book.add_worksheet().set_name("问题清单")?;
    let last = (COLUMNS.len() - 1) as u16;
    sheet.merge_range(0, 0, 0, last, &name, &title())?.set_row_height(0, 28)?;
    for (col, (label, width)) in (0..).zip(COLUMNS) {
        sheet.write_with_format(1, col, label, &header())?.set_column_width(col, width)?;
    }
    let mut sorted = findings.to_vec();
    sorted.sort_by_key(|finding| finding.severity);
    for (number, finding) in (1_u32..).zip(&sorted) {
        write(sheet, number, finding)?;
    }
    if sorted.is_empty() {
        sheet.merge_range(ABOVE, 0, ABOVE, last, "没有发现问题", &plain())?;
    }
    let end = ABOVE + (sorted.len() as u32).max(1) - 1;
    sheet.autofilter(1, 0, end, last)?.set_freeze_panes(ABOVE, 0)?.set_repeat_rows(1, 1)?;
    sheet.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0).set_footer("&C第 &P 页，共 &N 页");
    Ok(book.save_to_buffer()?)
}

fn write(sheet: &mut Worksheet, number: u32, finding: &Diagnostic) -> Result<(), XlsxError> {
    let row = ABOVE + number - 1;
    let cell = plain();
    let level = match finding.severity {
        Severity::Error => plain().set_font_color(0x00C0_0000),
        Severity::Warning => plain().set_font_color(0x0099_6600),
        Severity::Note => plain(),
    };
    sheet.write_with_format(row, 0, number, &cell)?;
    sheet.write_with_format(row, 1, finding.severity.label(), &level)?;
    sheet.write_with_format(row, 2, finding.code.id, &cell)?;
    let place = &finding.place;
    let file = place.file().unwrap_or_default();
    let name = place.source().map_or("", |source| source.sheet.as_str());
    let address = match place {
        Location::Line { line, .. } => format!("第{line}行"),
        _ => place.address().unwrap_or_default(),
    };
    sheet.write_with_format(row, 3, fitting(file), &cell)?;
    sheet.write_with_format(row, 4, fitting(name), &cell)?;
    write_link(sheet, row, file, name, &address, &cell)?;
    let message = match &finding.branch {
        Some(branch) if matches!(finding.place, Location::Branch) => format!("{branch}：{}", finding.message),
        _ => finding.message.clone(),
    };
    let texts = [Some(&message), finding.found.as_ref(), finding.expected.as_ref(), finding.cure.as_ref(), None];
    for (col, text) in (6..).zip(texts) {
        sheet.write_with_format(row, col, fitting(text.map_or("", String::as_str)), &cell)?;
    }
    Ok(())
}

/// The cell's address, as a link into the ledger when both lie in one folder; without one where a link cannot be.
fn write_link(
    sheet: &mut Worksheet,
    row: u32,
    file: &str,
    name: &str,
    address: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if file.is_empty() || name.is_empty() || address.is_empty() {
        sheet.write_with_format(row, 5, address, format)?;
        return Ok(());
    }
    let target = format!("file:///{file}#'{}'!{address}", name.replace('\'', "''"));
    let blue = format.clone().set_font_color(0x0005_63C1).set_underline(rust_xlsxwriter::FormatUnderline::Single);
    if sheet.write_url_with_options(row, 5, Url::new(target), address, "", Some(&blue)).is_err() {
        sheet.write_with_format(row, 5, address, format)?;
    }
    Ok(())
}
