//! From files to tables: every workbook of the input folder is opened, its sheets are told apart by their
//! headers, and what they hold becomes rows of typed cells that know their addresses.
//!
//! The only room that names the readers of workbooks, text tables and encodings.

mod clean;
mod date;
mod delimited;
mod header;
mod number;
mod raw;
mod rows;
mod table;
mod value;
mod workbook;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use clean::{clean, fold};
pub use header::Header;
pub use raw::{Merge, Raw, RawRow, RawSheet};
pub use table::{Cell, Row, Table};
pub use value::Value;

use crate::diag::{Diagnostic, Place, Reported, Source, code};
use crate::notice::{Notice, nearest};

/// Extensions of the files that are opened.
const LEDGER_EXTENSIONS: [&str; 7] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv"];

/// A file of the input folder that may bring ledgers.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    path: PathBuf,
    name: String,
}

/// The files below `folder` that may bring ledgers, in the order of their names.
///
/// # Errors
/// When the folder cannot be listed.
pub fn find_files(folder: &Path) -> std::io::Result<Reported<Vec<LedgerFile>>> {
    let mut reported = Reported::<Vec<LedgerFile>>::default();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
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

/// The path below `folder`, with `/` between its parts on every system.
fn below(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
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

/// Reads every ledger a file brings; whatever is wrong with the file is a finding.
pub fn read_file(file: &LedgerFile, notice: &Notice) -> Reported<Vec<Table>> {
    let LedgerFile { path, name } = file;
    let mut reported = Reported::<Vec<Table>>::default();
    match std::fs::read(path).map_err(|e| e.to_string()).and_then(open) {
        Ok(sheets) => {
            for sheet in sheets {
                let source = Arc::new(Source { file: name.clone(), sheet: sheet.name.clone() });
                reported.output.extend(read_sheet(&sheet, &source, notice, &mut reported.findings));
            }
        }
        Err(reason) => {
            let message = format!("打不开：{reason}");
            reported.findings.push(Diagnostic::new(&code::UNREADABLE, Place::File(name.clone()), message));
        }
    }
    reported
}

/// Opens a file's bytes as what they are, whatever the file is called.
fn open(bytes: Vec<u8>) -> Result<Vec<RawSheet>, String> {
    match workbook::detect(&bytes) {
        Some(format) => workbook::read(bytes, format),
        None if bytes.starts_with(b"PK") => Err("压缩包已损坏，或不是表格文件".to_owned()),
        None => delimited::read(&bytes),
    }
}

/// Reads a sheet as the ledger whose header it bears.
fn read_sheet(
    sheet: &RawSheet,
    source: &Arc<Source>,
    notice: &Notice,
    findings: &mut Vec<Diagnostic>,
) -> Option<Table> {
    if sheet.rows.is_empty() {
        return None;
    }
    if sheet.hidden {
        findings.push(Diagnostic::new(&code::HIDDEN, Place::Sheet(Arc::clone(source)), "隐藏的工作表，未读"));
        return None;
    }
    let Some((index, header)) = recognise(sheet, source, notice) else {
        findings.push(unknown_sheet(sheet, source, notice));
        return None;
    };
    let (_, ledger) = notice.ledger.get_index(index)?;
    report_header(&header, source, ledger, findings);
    Some(table::read(sheet, source, &header, (index, ledger), notice, findings))
}

/// The ledger whose header matches the sheet best; the sheet's or file's name decides between equals.
fn recognise(sheet: &RawSheet, source: &Source, notice: &Notice) -> Option<(usize, Header)> {
    let stem = source.file.rsplit('/').next().and_then(|f| f.rsplit_once('.')).map_or("", |(stem, _)| stem);
    let candidates = notice.ledger.values().enumerate().filter_map(|(index, ledger)| {
        let header = header::find(sheet, ledger)?;
        let named = ledger
            .sheets
            .iter()
            .chain([&ledger.title])
            .any(|s| [&*source.sheet, stem].iter().any(|n| fold(n) == fold(s)));
        let required = ledger
            .columns
            .values()
            .zip(&header.columns)
            .filter(|(c, _)| c.required || c.kind == crate::notice::ColumnType::Branch);
        let lacking = required.filter(|(_, col)| col.is_none()).count();
        let share = header.matched() * 100 / ledger.columns.len().max(1);
        let enough = header.matched() >= 2 && (share >= 50 || named) || ledger.columns.len() == 1 && share == 100;
        enough.then_some((
            share + if named { 50 } else { 0 },
            std::cmp::Reverse(lacking),
            std::cmp::Reverse(index),
            header,
        ))
    });
    let best = candidates.max_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)))?;
    Some((best.2.0, best.3))
}

/// Says which headers were taken for which columns, and which columns are missing.
fn report_header(
    header: &Header,
    source: &Arc<Source>,
    ledger: &crate::notice::Ledger,
    findings: &mut Vec<Diagnostic>,
) {
    let at = |col| Place::Cell(crate::diag::CellRef { source: Arc::clone(source), row: header.last_row, col });
    for (index, col, text) in &header.near {
        let label = ledger.columns.get_index(*index).map_or("", |(_, c)| c.label());
        let message = format!("列名“{}”按“{label}”读取", text.replace('\n', ""));
        findings.push(Diagnostic::new(&code::NEAR_HEADER, at(*col), message));
    }
    for (column, col) in ledger.columns.values().zip(&header.columns) {
        if col.is_none() && (column.required || column.kind == crate::notice::ColumnType::Branch) {
            let mut finding = Diagnostic::new(
                &code::NO_COLUMN,
                Place::Sheet(Arc::clone(source)),
                format!("《{}》没有“{}”一列", ledger.title, column.label()),
            )
            .expected(column.header.join("、"));
            if let Some(near) = nearest(column.label(), header.foreign.iter().map(|(_, text)| text.as_str())) {
                finding = finding.found(near);
            }
            findings.push(finding);
        }
    }
}

fn unknown_sheet(sheet: &RawSheet, source: &Arc<Source>, notice: &Notice) -> Diagnostic {
    let first = sheet.rows.iter().max_by_key(|row| row.cells.len());
    let headers =
        first.map(|row| row.cells.iter().take(8).map(|(_, raw)| raw.to_text()).collect::<Vec<_>>().join("、"));
    let known = notice.ledger.values().map(|l| format!("《{}》", l.title)).collect::<Vec<_>>().join("");
    Diagnostic::new(&code::UNKNOWN_SHEET, Place::Sheet(Arc::clone(source)), "表头不像任何一种台账，未读")
        .found(headers.unwrap_or_default())
        .expected(known)
}
