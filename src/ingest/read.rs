//! From a file to the tables of the ledgers that it holds.
//!
//! Input: a file, the notice's headers, a pool of reader processes. Output: [`InputContent`]; a file that cannot be
//! read is a finding, a sheet that is no ledger is listed in [`InputContent::unread`].

use std::path::Path;
use std::sync::Arc;

use super::input_files::LedgerFile;
use super::ledger_match::{LedgerMatcher, MatchedTable};
use super::limits::{ReadError, ReadLimits};
use super::normalize::normalize;
use super::pictures::{self, PictureSource};
use super::raw_sheet::RawSheet;
use super::second_reading::SecondReading;
use super::table::{self, Table};
use super::worker::Readers;
use crate::diagnostics::{CellRef, Diagnostic, Location, SheetRef, WithDiagnostics, code};
use crate::picture::Pictures;
use crate::store::{Digest, read_regular, sha256};

/// What files of the input folder hold.
#[derive(Clone, Debug, Default)]
pub struct InputContent {
    /// The ledgers, in the order of files and sheets.
    pub tables: Vec<Table>,
    /// Sheets that hold none.
    pub unread: Vec<UnreadSheet>,
    /// The names of the files that were read, with the hashes of their bytes.
    pub files: Vec<(String, Digest)>,
    /// The pictures of picture columns.
    pub(crate) pictures: Pictures,
}

/// A sheet that holds no ledger.
#[derive(Clone, Debug)]
pub struct UnreadSheet {
    /// Its file and name.
    pub source: Arc<SheetRef>,
    /// The texts of its widest row, at most 12; empty for a hidden sheet.
    pub header: Vec<String>,
    /// Whether it is left out because the workbook hides it.
    pub hidden: bool,
}

impl InputContent {
    /// Adds what other files or sheets hold.
    pub fn append(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.unread.extend(other.unread);
        self.files.extend(other.files);
        self.pictures.extend(other.pictures);
    }
}

/// Reads every ledger of a file.
pub fn read_file(
    file: &LedgerFile,
    ledger_matcher: &LedgerMatcher<'_>,
    readers: &Readers,
) -> WithDiagnostics<InputContent> {
    let mut result = WithDiagnostics::<InputContent>::default();
    let read = load(file.path(), readers.limits()).and_then(|bytes| {
        let digest = sha256(&bytes);
        result.output.files.push((file.name().to_owned(), digest));
        let sheets = readers.read(&bytes, &digest)?;
        let second_reading = readers.read_again(&bytes, &digest, &sheets).unwrap_or_default();
        Ok(ReadFile { sheets, second_reading, bytes, digest })
    });
    let location = || Location::File(file.name().to_owned());
    match read {
        Ok(ReadFile { sheets, .. }) if sheets.iter().all(|sheet| sheet.rows.is_empty()) => {
            let finding = Diagnostic::new(&code::SKIPPED, location(), "文件里没有内容");
            result.findings.push(finding.cure("确实没有内容的删去；应当有内容的，用表格软件打开核对，保存后重新报送"));
        }
        Ok(ReadFile { sheets, second_reading, bytes, digest }) => {
            if let Some(reason) = second_reading.failure {
                let message = format!("另一种读法没有读取，不能对照：{reason}");
                result.findings.push(Diagnostic::new(&code::READ_ONCE, location(), message));
            }
            for (at, sheet) in sheets.into_iter().enumerate() {
                result.findings.extend(repeated_cell(&sheet, file));
                let mut content = read_sheet(sheet, file.name(), ledger_matcher);
                if let Some(differences) = second_reading.sheets.get(at) {
                    content.tables.iter_mut().for_each(|table| table.sheet.note_differences(differences));
                }
                result.output.append(content);
            }
            let (root, notice) = (file.root(), ledger_matcher.notice);
            let source = PictureSource { bytes: &bytes, digest, root, readers, notice };
            result.output.pictures = pictures::resolve(&mut result.output.tables, &source);
        }
        Err(error) => result.findings.push(refusal(file, &error)),
    }
    result
}

/// What was read of a file.
struct ReadFile {
    sheets: Vec<RawSheet>,
    second_reading: SecondReading,
    bytes: Vec<u8>,
    digest: Digest,
}

/// The finding that a file is not read; at a cell where the reason is one.
fn refusal(file: &LedgerFile, error: &ReadError) -> Diagnostic {
    let message = format!("没有读取：{}", error.reason());
    let finding = |location| Diagnostic::new(&code::UNREADABLE, location, message).cure(error.cure());
    let ReadError::Text(fault) = error else { return finding(Location::File(file.name().to_owned())) };
    let source = Arc::new(SheetRef { file: file.name().to_owned(), sheet: String::new() });
    let cell = Location::Cell(CellRef { source, row: fault.row, col: fault.col });
    finding(cell).found(fault.found.as_str()).expected(fault.expected())
}

/// The finding about a cell that a visible sheet has twice.
fn repeated_cell(sheet: &RawSheet, file: &LedgerFile) -> Option<Diagnostic> {
    let (row, col) = sheet.repeated_cell.filter(|_| !sheet.hidden)?;
    let source = Arc::new(SheetRef { file: file.name().to_owned(), sheet: normalize(&sheet.name).0.into_owned() });
    let cell = Location::Cell(CellRef { source, row, col });
    Some(Diagnostic::new(&code::REPEATED_CELL, cell, "文件里这个单元格有两份内容，各种软件显示的可能不同"))
}

/// Reads the sheets of a file without recognising ledgers.
///
/// # Errors
/// With the reason for which the file is not read.
pub fn sheets(path: &Path, readers: &Readers) -> Result<Vec<RawSheet>, ReadError> {
    let bytes = load(path, readers.limits())?;
    readers.read(&bytes, &sha256(&bytes))
}

/// Reads the ledgers of one sheet; `file` is the name of its file.
pub(crate) fn read_sheet(sheet: RawSheet, file: &str, ledger_matcher: &LedgerMatcher<'_>) -> InputContent {
    let mut content = InputContent::default();
    if sheet.rows.is_empty() {
        return content;
    }
    let source = Arc::new(SheetRef { file: file.to_owned(), sheet: normalize(&sheet.name).0.into_owned() });
    if sheet.hidden {
        content.unread.push(UnreadSheet { source, header: Vec::new(), hidden: true });
        return content;
    }
    let found = ledger_matcher.match_ledger(sheet, &source);
    for MatchedTable { sheet, ledger, header } in found.tables {
        let headers = &ledger_matcher.ledgers[ledger];
        content.tables.push(table::read(&sheet, &source, header, ledger, headers, ledger_matcher.notice));
    }
    if let Some(header) = found.unknown {
        content.unread.push(UnreadSheet { source, header, hidden: false });
    }
    content
}

/// Reads a file's bytes, unless there are more than the limit.
fn load(path: &Path, limits: &ReadLimits) -> Result<Vec<u8>, ReadError> {
    let inaccessible = |error: std::io::Error| ReadError::Inaccessible(crate::diagnostics::localize::io_error(&error));
    let size = std::fs::metadata(path).map_err(inaccessible)?.len();
    if size > limits.file {
        return Err(ReadError::TooLarge(format!("{} MiB，超过 {} MiB", size >> 20, limits.file >> 20)));
    }
    read_regular(path).map_err(inaccessible)
}
