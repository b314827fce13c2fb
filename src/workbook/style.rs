//! What all workbooks have in common: properties, titles, formats, page setup, limits of Excel.

use std::io::Cursor;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use zip::result::ZipError;
use zip::{HasZipMetadata, System, ZipArchive};

/// Why a workbook could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// A fault of rust_xlsxwriter, or no space for its temporary file.
    #[error("工作簿生成失败")]
    Xlsx(#[from] XlsxError),
    /// A fault of the zip crate.
    #[error("工作簿生成失败")]
    Zip(#[from] ZipError),
    /// A sheet would have more rows than spreadsheet programs read.
    #[error("《{title}》有 {rows} 行，一张工作表放不下（最多 {MAX_ROWS} 行）：用 when 少列一些，或用 kinds 分成几张")]
    TooManyRows {
        /// The sheet's heading.
        title: String,
        /// The rows to list.
        rows: usize,
    },
}

/// Rows of a sheet (limit of Excel).
pub(super) const MAX_ROWS: usize = 1_048_576;
/// The text of a cell whose value the ledgers do not give.
pub(crate) const GAP: &str = "待填写";

/// The text of a cell of a branch that handed in nothing.
pub(crate) const NO_ROWS: &str = "无记录";
/// The text of a cell of a branch that the summary leaves out.
pub(crate) const LEFT_OUT: &str = "未报送";
/// The text of a cell where there is no such number.
pub(crate) const NOT_APPLICABLE: &str = "—";

/// The longest text of a cell in UTF-16 units (limit of Excel).
const MAX_CELL_TEXT: usize = 32_767;
/// Characters of a sheet name (Excel allows 31), less what is left for a number that makes it unique.
const MAX_SHEET_NAME: usize = 28;
/// Height of a title row in points.
const TITLE_HEIGHT: u8 = 28;
/// A4 in Excel's list of paper sizes.
const A4: u8 = 9;

/// An empty workbook. Its creation time is fixed, so that the same content gives the same bytes.
pub(super) fn new_workbook(title: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    Ok(workbook)
}

/// The workbook as bytes, the same on every system: its entries are made by Unix, of which the zip crate otherwise
/// writes the system that it runs on.
pub(super) fn save(workbook: &mut Workbook) -> Result<Vec<u8>, WorkbookError> {
    /// Where an entry of a zip's directory has the system that made it.
    const SYSTEM: usize = 5;
    let mut bytes = workbook.save_to_buffer()?;
    let mut archive = ZipArchive::new(Cursor::new(bytes.as_slice()))?;
    let mut entries = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let start = archive.by_index_raw(index)?.get_metadata().central_header_start;
        entries.push(usize::try_from(start).unwrap_or(usize::MAX).saturating_add(SYSTEM));
    }
    for entry in entries {
        if let Some(system) = bytes.get_mut(entry) {
            *system = System::Unix as u8;
        }
    }
    Ok(bytes)
}

/// Writes the title across the first row.
pub(super) fn write_title(sheet: &mut Worksheet, title: &str, last_col: u16) -> Result<(), XlsxError> {
    sheet.merge_range(0, 0, 0, last_col, title, &title_format())?.set_row_height(0, TITLE_HEIGHT)?;
    Ok(())
}

/// Landscape A4, scaled to one page across.
pub(super) fn set_up_page(sheet: &mut Worksheet) -> &mut Worksheet {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0)
}

/// Cells of a table: bordered, wrapped, vertically centred.
pub(super) fn cell_format() -> Format {
    Format::new()
        .set_font_name("宋体")
        .set_font_size(11)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

/// Cells whose value the ledgers do not give.
pub(super) fn gap_format() -> Format {
    cell_format().set_background_color(0x00FF_FF00)
}

/// Cells of a header row.
pub(super) fn header_format() -> Format {
    cell_format().set_bold().set_align(FormatAlign::Center).set_background_color(0x00D9_E2F3)
}

fn title_format() -> Format {
    Format::new()
        .set_font_name("黑体")
        .set_font_size(16)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
}

/// Text cut to what fits in a cell.
pub(super) fn cell_text(text: &str) -> String {
    let mut length = 0;
    let fitting = text.chars().take_while(|c| {
        length += c.len_utf16();
        length <= MAX_CELL_TEXT
    });
    fitting.collect()
}

/// A valid sheet name that is not in `taken`: without `[]:*?/\`, without a quote at either end.
pub(super) fn sheet_name(name: &str, taken: &[String]) -> String {
    let valid: String =
        name.chars().map(|c| if "[]:*?/\\".contains(c) { '_' } else { c }).take(MAX_SHEET_NAME).collect();
    let valid = valid.trim_matches('\'');
    let base = if valid.trim().is_empty() { "表" } else { valid };
    // Excel compares names without case.
    let is_free = |name: &String| !taken.iter().any(|taken| taken.to_lowercase() == name.to_lowercase());
    let numbered = (2..100).map(|number| format!("{base}{number}"));
    std::iter::once(base.to_owned()).chain(numbered).find(is_free).unwrap_or_else(|| base.to_owned())
}
