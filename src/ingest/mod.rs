//! From files to tables: every workbook of the input folder is opened, its sheets are told apart by their
//! headers, and what they hold becomes rows of typed cells that know their addresses. Files are opened by
//! [`worker`] processes: none can bring the program down.
//!
//! The only room that names the readers of workbooks, text tables and encodings.

mod cache;
mod clean;
mod date;
mod delimited;
mod header;
mod html_table;
mod limits;
pub mod markup;
mod number;
mod packed;
mod propose;
mod raw;
mod recognise;
mod row;
mod rows;
mod stacked;
mod table;
mod texts;
mod totals;
mod value;
mod wire;
mod words;
mod workbook;
pub mod worker;
mod xlsx;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use cache::Cache;
pub use clean::{clean, fold};
pub use delimited::decoded_name;
pub use header::Header;
pub use limits::{Limits, Refusal};
pub use propose::{Proposal, propose};
pub use raw::{Merge, Merges, Raw, RawRow, RawSheet};
pub use recognise::Recogniser;
pub use row::{Cell, Row};
pub use table::{Sheet, Table};
pub use value::{Context, Notes, Said, Value, read as read_cell};
pub use worker::Readers;

use crate::diag::{Diagnostic, Place, Reported, Source, code};
use crate::store::{Digest, sha256};
use raw::{Collector, Sink};

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
pub fn find_files(folder: &Path) -> std::io::Result<Reported<Vec<LedgerFile>>> {
    let mut reported = Reported::<Vec<LedgerFile>>::default();
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
            Some(reason) => reported.findings.push(Diagnostic::new(&code::SKIPPED, Place::File(name), reason)),
        }
    }
    Ok(reported)
}

/// The path below `folder` as documents name it, with `/` between its parts on every system.
fn below(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    let name = parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    clean(&name).0.replace('\n', " ")
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
    pub unread: Vec<Unread>,
    /// The files that were read, with the hashes of their bytes.
    pub files: Vec<(String, Digest)>,
}

/// A sheet that brings no ledger.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Where it stands.
    pub source: Arc<Source>,
    /// The texts that look most like its header; empty for a hidden sheet, which nobody looked into.
    pub header: Vec<String>,
    /// Whether it is left out because the workbook hides it.
    pub hidden: bool,
}

/// Reads every ledger a file brings; whatever is wrong with the file is a finding.
pub fn read_file(file: &LedgerFile, recogniser: &Recogniser<'_>, readers: &Readers) -> Reported<Content> {
    let mut reported = Reported::<Content>::default();
    let read = load(&file.path, readers.limits()).and_then(|bytes| {
        let digest = sha256(&bytes);
        reported.output.files.push((file.name.clone(), digest));
        readers.read(&bytes, &digest)
    });
    match read {
        Ok(sheets) if sheets.iter().all(|sheet| sheet.rows.is_empty()) => {
            let place = Place::File(file.name.clone());
            reported.findings.push(Diagnostic::new(&code::SKIPPED, place, "文件里没有内容"));
        }
        Ok(sheets) => {
            for sheet in sheets {
                read_sheet(sheet, &file.name, recogniser, &mut reported.output);
            }
        }
        Err(refusal) => {
            let message = format!("没有读取：{}", refusal.reason());
            let finding = Diagnostic::new(&code::UNREADABLE, Place::File(file.name.clone()), message);
            reported.findings.push(finding.cure(refusal.cure()));
        }
    }
    reported
}

/// The sheets of a file, as they are.
///
/// # Errors
/// With why the file is not read.
pub fn sheets(path: &Path, readers: &Readers) -> Result<Vec<RawSheet>, Refusal> {
    let bytes = load(path, readers.limits())?;
    readers.read(&bytes, &sha256(&bytes))
}

/// A file's bytes, unless there are too many of them.
fn load(path: &Path, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let damaged = |e: std::io::Error| Refusal::Damaged(e.to_string());
    let size = std::fs::metadata(path).map_err(damaged)?.len();
    if size > limits.file {
        return Err(Refusal::TooLarge(format!("{} MiB，超过 {} MiB", size >> 20, limits.file >> 20)));
    }
    std::fs::read(path).map_err(damaged)
}

/// Opens a file's bytes as what they are, whatever the file is called.
///
/// # Errors
/// With why they cannot be read.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<RawSheet>, Refusal> {
    let mut collector = Collector::default();
    open_into(bytes, limits, &mut collector)?;
    Ok(collector.sheets)
}

/// Opens a file's bytes and hands out what its sheets hold as it is met.
fn open_into(bytes: Vec<u8>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), Refusal> {
    match workbook::detect(&bytes) {
        Some(format) => workbook::read(bytes, format, limits, sink),
        None if bytes.starts_with(b"PK") => Err(Refusal::Damaged("压缩包不完整，或里面没有表格".to_owned())),
        None => {
            let text = delimited::decode(&bytes).map_err(|words| Refusal::NotATable(words.to_owned()))?;
            let sheets = if html_table::looks_like(&text) { html_table::read(&text) } else { delimited::read(&text) };
            let cells: usize = sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum();
            if cells > limits.cells {
                return Err(Refusal::TooLarge("内容太多".to_owned()));
            }
            for mut sheet in sheets {
                let rows = std::mem::take(&mut sheet.rows);
                sink.sheet(sheet);
                for row in rows {
                    row.cells.into_iter().for_each(|(col, raw)| sink.cell(row.row, col, raw));
                }
            }
            Ok(())
        }
    }
}

/// Reads a sheet as the ledgers whose headers it bears.
pub(crate) fn read_sheet(sheet: RawSheet, file: &str, recogniser: &Recogniser<'_>, content: &mut Content) {
    if sheet.rows.is_empty() {
        return;
    }
    let source = Arc::new(Source { file: file.to_owned(), sheet: clean(&sheet.name).0.into_owned() });
    if sheet.hidden {
        content.unread.push(Unread { source, header: Vec::new(), hidden: true });
        return;
    }
    let found = recogniser.recognise(sheet, &source);
    for (raw, index, header) in found.tables {
        let ledger = (index, &recogniser.ledgers[index]);
        content.tables.push(table::read(&raw, &source, header, ledger, recogniser.notice));
    }
    if let Some(header) = found.unknown {
        content.unread.push(Unread { source, header, hidden: false });
    }
}
