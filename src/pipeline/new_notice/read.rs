//! Reads what a new notice is made from, in worker processes.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::error::NewNoticeError;
use super::ledgers::{LedgerFolder, SourceLedger};
use super::place::{Targets, begin};
use super::previous::PreviousSource;
use crate::ingest::{self, ReadError, Readers};
use crate::notice::{TextFileError, read_text};
use crate::pipeline::readers::readers_without_notice;
use crate::scaffold::{Basis, Outline, SourceFile};
use crate::store::{read_limited, read_regular};

/// Rows of a sheet that are kept: guesses look at fewer.
const MAX_ROWS: usize = 5_000;
/// The most bytes of an outline that is a text, and of one that is a document.
const MAX_OUTLINE: u64 = 1 << 20;
const MAX_DOCUMENT: u64 = 64 << 20;

/// Where the headings come from.
#[derive(Clone, Debug)]
pub enum OutlineSource {
    /// Lines that a person typed.
    Lines(String),
    /// A file: .docx, or text.
    File {
        /// Where it is, as the caller names it.
        path: PathBuf,
        /// The name by which messages call it.
        name: String,
    },
}

/// What a notice is made from, read.
#[derive(Debug)]
pub struct NoticeSources {
    /// The sheets of the ledgers, for [`scaffold`](crate::scaffold::scaffold).
    pub files: Vec<SourceFile>,
    /// The outline and what a person said.
    pub basis: Basis,
    pub(super) ledgers: Vec<SourceLedger>,
    pub(super) previous: Option<PreviousSource>,
    pub(super) targets: Targets,
    /// What opens files of results.
    pub(super) program: PathBuf,
}

impl NoticeSources {
    /// Where the notice will be.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }
}

/// What is read for a new notice.
#[derive(Debug)]
pub struct SourceRequest {
    /// Where the notice will be.
    pub targets: Targets,
    /// The ledger files, filled or blank.
    pub ledgers: Vec<SourceLedger>,
    /// The outline; none by default.
    pub outline: Option<OutlineSource>,
    /// The names of the branches, where a person gave them.
    pub branches: Vec<String>,
    /// What the earlier period reported; none by default.
    pub previous: Option<PreviousSource>,
    /// The day by which days are guessed that ledgers and outline leave open.
    pub today: Date,
}

/// Reads ledgers and outline; `program` is the one that is started to open them: this one.
///
/// # Errors
/// When the folder has files, or a ledger or the outline cannot be read.
pub fn read_sources(request: SourceRequest, program: &Path) -> Result<NoticeSources, NewNoticeError> {
    // Refused before anything is read; the places are taken at the end.
    drop(begin(&request.targets.notice)?);
    drop(LedgerFolder::begin(&request.ledgers, &request.targets.input)?);
    let readers = readers_without_notice(program);
    let mut files: Vec<SourceFile> = Vec::new();
    for SourceLedger { path, name } in &request.ledgers {
        if files.iter().any(|file| file.name == *name) {
            return Err(NewNoticeError::SameName(name.clone()));
        }
        let read = read_ledger(path, name, &readers);
        files.push(read.map_err(|refusal| NewNoticeError::Ledger { file: name.clone(), refusal })?);
    }
    let outline = request.outline.as_ref().map(|source| read_outline(source, &readers)).transpose()?;
    let folder = request.targets.notice.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let previous = request.previous.as_ref().map(|source| source.as_written(&request.targets.notice)).transpose()?;
    let basis = Basis { folder, today: request.today, outline, branches: request.branches, previous };
    let SourceRequest { ledgers, previous, targets, .. } = request;
    Ok(NoticeSources { files, basis, ledgers, previous, targets, program: program.to_owned() })
}

fn read_ledger(path: &Path, name: &str, readers: &Readers) -> Result<SourceFile, ReadError> {
    let mut sheets = ingest::sheets(path, readers)?;
    sheets.iter_mut().for_each(|sheet| sheet.rows.truncate(MAX_ROWS));
    let inaccessible = |error: std::io::Error| ReadError::Inaccessible(crate::diagnostics::localize::io_error(&error));
    let bytes = read_regular(path).map_err(inaccessible)?;
    Ok(SourceFile { name: name.to_owned(), sheets, hints: readers.form_hints(&bytes)? })
}

/// Ends of the names of tables.
const TABLES: [&str; 8] = [".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".csv", ".tsv"];

/// Reads an outline that is a text.
fn read_outline_text(path: &Path) -> Result<String, TextFileError> {
    drop(read_limited(path, MAX_OUTLINE)?);
    read_text(path)
}

fn read_outline(source: &OutlineSource, readers: &Readers) -> Result<Outline, NewNoticeError> {
    let (path, name) = match source {
        OutlineSource::Lines(text) => return Ok(Outline::of_text(text, "提纲")?),
        OutlineSource::File { path, name } => (path, name),
    };
    if TABLES.iter().any(|end| name.to_lowercase().ends_with(end)) {
        return Err(NewNoticeError::OutlineIsTable(name.clone()));
    }
    let refused = |refusal| NewNoticeError::OutlineDocument { file: name.clone(), refusal };
    if name.to_lowercase().ends_with(".docx") {
        let bytes = read_limited(path, MAX_DOCUMENT)
            .map_err(|error| refused(ReadError::Inaccessible(crate::diagnostics::localize::io_error(&error))))?;
        let paragraphs = readers.paragraphs(&bytes).map_err(refused)?;
        return Ok(Outline::of_paragraphs(&paragraphs, name)?);
    }
    let text = read_outline_text(path).map_err(|source| NewNoticeError::OutlineText { file: name.clone(), source })?;
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(NewNoticeError::NotText(name.clone()));
    }
    Ok(Outline::of_text(&text, name)?)
}
