//! From files to tables: every workbook of the input folder is opened, its sheets are told apart by their
//! headers, and what they hold becomes rows of typed cells that know their addresses. Files are opened by
//! [`worker`] processes: none can bring the program down.
//!
//! The only room that names the readers of workbooks, text tables and encodings.

mod budget;
mod cache;
mod calamine_reader;
mod classify;
mod date;
mod delimited;
mod excel_date;
mod frame;
mod header;
mod header_index;
mod html_table;
mod interner;
mod ledger_match;
mod limits;
mod normalize;
mod number;
mod package;
mod protocol;
mod raw_sheet;
mod row;
mod row_codec;
pub mod sidecar;
mod split;
mod spreadsheet;
mod suggest;
mod table;
mod total_check;
mod value;
pub mod worker;
mod xlsx;
mod xml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use cache::Cache;
pub use delimited::decoded_name;
pub use header::Header;
pub use ledger_match::LedgerMatcher;
pub use limits::{Limits, ReadError};
pub use normalize::{fold, normalize};
pub use raw_sheet::{Merge, Merges, RawCell, RawRow, RawSheet, RowRange};
pub use row::{Cell, Row};
pub use suggest::{Suggestion, suggest};
pub use table::{LedgerSheet, Table};
pub use value::{CellValue, Context, Notes, Value, read as read_cell};
pub use worker::Readers;

use crate::diagnostics::localize;
use crate::diagnostics::{Diagnostic, Location, Source, WithDiagnostics, code};
use crate::store::{Digest, sha256};
use raw_sheet::{Collector, Sink};

/// Extensions of the files that are opened.
const LEDGER_EXTENSIONS: [&str; 7] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv"];

/// A file of the input folder that may bring ledgers.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    path: PathBuf,
    name: String,
}

impl LedgerFile {
    /// Its size in bytes; 0 where that cannot be told.
    pub fn size(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its path below the input folder, as documents name it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The files below `folder` that may bring ledgers, in the order of their names.
///
/// # Errors
/// When the folder cannot be listed.
pub fn find_files(folder: &Path) -> std::io::Result<WithDiagnostics<Vec<LedgerFile>>> {
    let mut reported = WithDiagnostics::<Vec<LedgerFile>>::default();
    for entry in walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|e| e.into_io_error().unwrap_or_else(|| std::io::ErrorKind::InvalidInput.into()))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.into_path();
        let name = below(&path, folder);
        match skip_reason(&path) {
            None => reported.output.push(LedgerFile { path, name }),
            Some("") => {}
            Some(reason) => reported.findings.push(Diagnostic::new(&code::SKIPPED, Location::File(name), reason)),
        }
    }
    Ok(reported)
}

/// The path below `folder` as documents name it, with `/` between its parts on every system.
fn below(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    let name = parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    normalize(&name).0.replace('\n', " ")
}

/// Whether a file of that name would be opened.
pub fn is_ledger(name: &str) -> bool {
    skip_reason(Path::new(name)).is_none()
}

/// Why a file is not opened; an empty reason is not worth a word.
fn skip_reason(path: &Path) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("~$") || name.starts_with(".~") {
        return Some("表格软件的临时文件，未读");
    }
    if name.starts_with('.') {
        return Some("");
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    (!LEDGER_EXTENSIONS.contains(&extension.as_str())).then_some("不是台账文件，未读")
}

/// What the files of the input folder bring.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Ledgers.
    pub tables: Vec<Table>,
    /// Sheets that bring none.
    pub unread: Vec<UnreadFile>,
    /// The files that were read, with the hashes of their bytes.
    pub files: Vec<(String, Digest)>,
}

/// A sheet that brings no ledger.
#[derive(Clone, Debug)]
pub struct UnreadFile {
    /// Where it stands.
    pub source: Arc<Source>,
    /// The texts that look most like its header; empty for a hidden sheet, which nobody looked into.
    pub header: Vec<String>,
    /// Whether it is left out because the workbook hides it.
    pub hidden: bool,
}

/// Reads every ledger a file brings; whatever is wrong with the file is a finding.
pub fn read_file(file: &LedgerFile, ledger_matcher: &LedgerMatcher<'_>, readers: &Readers) -> WithDiagnostics<Content> {
    let mut reported = WithDiagnostics::<Content>::default();
    let read = load(&file.path, readers.limits()).and_then(|bytes| {
        let digest = sha256(&bytes);
        reported.output.files.push((file.name.clone(), digest));
        readers.read(&bytes, &digest)
    });
    match read {
        Ok(sheets) if sheets.iter().all(|sheet| sheet.rows.is_empty()) => {
            let place = Location::File(file.name.clone());
            reported.findings.push(Diagnostic::new(&code::SKIPPED, place, "文件里没有内容"));
        }
        Ok(sheets) => {
            for sheet in sheets {
                read_sheet(sheet, &file.name, ledger_matcher, &mut reported.output);
            }
        }
        Err(refusal) => {
            let message = format!("没有读取：{}", refusal.reason());
            let finding = Diagnostic::new(&code::UNREADABLE, Location::File(file.name.clone()), message);
            reported.findings.push(finding.cure(refusal.cure()));
        }
    }
    reported
}

/// The sheets of a file, as they are.
///
/// # Errors
/// With why the file is not read.
pub fn sheets(path: &Path, readers: &Readers) -> Result<Vec<RawSheet>, ReadError> {
    let bytes = load(path, readers.limits())?;
    readers.read(&bytes, &sha256(&bytes))
}

/// A file's bytes, unless there are too many of them.
fn load(path: &Path, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let damaged = |error: std::io::Error| ReadError::Damaged(localize::io_error(&error));
    let size = std::fs::metadata(path).map_err(damaged)?.len();
    if size > limits.file {
        return Err(ReadError::TooLarge(format!("{} MiB，超过 {} MiB", size >> 20, limits.file >> 20)));
    }
    std::fs::read(path).map_err(damaged)
}

/// Opens a file's bytes as what they are, whatever the file is called.
///
/// # Errors
/// With why they cannot be read.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<RawSheet>, ReadError> {
    let mut collector = Collector::default();
    open_into(bytes, limits, &mut collector)?;
    Ok(collector.sheets)
}

/// Opens a file's bytes and hands out what its sheets hold as it is met.
fn open_into(bytes: Vec<u8>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    match spreadsheet::detect(&bytes) {
        Some(format) => spreadsheet::read(bytes, format, limits, sink),
        None if bytes.starts_with(b"PK") => Err(ReadError::Damaged("压缩包不完整，或里面没有表格".to_owned())),
        None => {
            let text = delimited::decode(&bytes).map_err(|words| ReadError::NotATable(words.to_owned()))?;
            let sheets = if html_table::looks_like(&text) { html_table::read(&text) } else { delimited::read(&text) };
            let cells: usize = sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum();
            if cells > limits.cells {
                return Err(ReadError::TooLarge("内容太多".to_owned()));
            }
            for mut sheet in sheets {
                let rows = std::mem::take(&mut sheet.rows);
                sink.begin_sheet(sheet);
                for row in rows {
                    row.cells.into_iter().for_each(|(col, raw)| sink.cell(row.row, col, raw));
                }
            }
            Ok(())
        }
    }
}

/// Reads a sheet as the ledgers whose headers it bears.
pub(crate) fn read_sheet(sheet: RawSheet, file: &str, ledger_matcher: &LedgerMatcher<'_>, content: &mut Content) {
    if sheet.rows.is_empty() {
        return;
    }
    let source = Arc::new(Source { file: file.to_owned(), sheet: normalize(&sheet.name).0.into_owned() });
    if sheet.hidden {
        content.unread.push(UnreadFile { source, header: Vec::new(), hidden: true });
        return;
    }
    let found = ledger_matcher.match_ledger(sheet, &source);
    for (raw, index, header) in found.tables {
        let ledger = (index, &ledger_matcher.ledgers[index]);
        content.tables.push(table::read(&raw, &source, header, ledger, ledger_matcher.notice));
    }
    if let Some(header) = found.unknown {
        content.unread.push(UnreadFile { source, header, hidden: false });
    }
}
