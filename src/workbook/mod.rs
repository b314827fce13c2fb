//! Workbooks that go back to clerks: lists of findings, forms to fill in.
//!
//! The only room that names rust_xlsxwriter.

mod form;
mod issues;
mod ledger_list;
mod summary;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

pub use form::form;
pub use issues::issues;
pub use ledger_list::ledger_list;
pub use summary::summary;

/// A workbook that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("工作簿生成失败")]
pub struct WorkbookError(#[from] XlsxError);

/// The longest text a cell takes, in UTF-16 units.
const LONGEST_TEXT: usize = 32_767;

/// An empty workbook whose properties say nothing of the clock.
fn workbook(title: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    Ok(workbook)
}

/// Cells of a table: bordered, wrapped, in the middle of their height.
fn plain() -> Format {
    Format::new()
        .set_font_name("宋体")
        .set_font_size(11)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

/// Cells of a header row.
fn header() -> Format {
    plain().set_bold().set_align(FormatAlign::Center).set_background_color(0x00D9_E2F3)
}

/// The line above a table.
fn title() -> Format {
    Format::new()
        .set_font_name("黑体")
        .set_font_size(16)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
}

/// Text as a cell takes it.
fn fitting(text: &str) -> String {
    let mut length = 0;
    let kept = text.chars().take_while(|c| {
        length += c.len_utf16();
        length <= LONGEST_TEXT
    });
    kept.collect()
}

/// A sheet's name as programs take it: 31 characters, none of `[]:*?/\`, no quote at either end.
fn sheet_name(name: &str, taken: &[String]) -> String {
    let safe: String = name.chars().map(|c| if "[]:*?/\\".contains(c) { '_' } else { c }).take(28).collect();
    let safe = safe.trim_matches('\'').to_owned();
    let safe = if safe.trim().is_empty() { "表".to_owned() } else { safe };
    let tries = std::iter::once(safe.clone()).chain((2..100).map(|n| format!("{safe}{n}")));
    tries.into_iter().find(|name| !taken.iter().any(|t| t.to_lowercase() == name.to_lowercase())).unwrap_or(safe)
}
