//! Makes the folder of a new notice: ledgers and outline are read in worker processes, `scaffold` makes the files, the
//! program's own loader checks them, and the folder is put in its place.

use std::path::{Component, Path, PathBuf};

use jiff::civil::Date;

use super::readers::readers_without_notice;
use super::{SETTINGS_FILE, Settings};
use crate::ingest::{self, ReadError, Readers};
use crate::notice::{NoticeError, TextFileError, read_text};
use crate::scaffold::{Basis, Outline, Scaffold, ScaffoldError, SourceFile};
use crate::store::{self, NewFolder, StoreError, is_below, read_limited, read_regular};

/// Rows of a sheet that are kept: guesses look at fewer.
const MAX_ROWS: usize = 5_000;
/// The most bytes of an outline that is a text, and of one that is a document.
const MAX_OUTLINE: u64 = 1 << 20;
const MAX_DOCUMENT: u64 = 64 << 20;

/// Why no notice was made. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NewNoticeError {
    /// There are no results of an earlier period at that path.
    #[error("没有 {}；--previous 写上一期的输出文件夹、里面的 run.json，或汇总表.xlsx", .0.display())]
    NoPrevious(PathBuf),
    /// A ledger is refused.
    #[error("{file}：{}；{}", refusal.reason(), refusal.cure())]
    Ledger {
        /// The file's name, without its folder.
        file: String,
        /// Why it cannot be used.
        refusal: ReadError,
    },
    /// Two ledgers have the same file name.
    #[error("有两个台账文件都叫“{0}”，放在一起会互相覆盖；改一个文件名再试")]
    SameName(String),
    /// The folder has files.
    #[error("{} 里已有文件，不覆盖；换一个新的文件夹", .0.display())]
    NotEmpty(PathBuf),
    /// The outline is a document that is refused.
    #[error("提纲 {file}：{}", refusal.reason())]
    OutlineDocument {
        /// The file's name, without its folder.
        file: String,
        /// Why it cannot be used.
        refusal: ReadError,
    },
    /// The outline is a text that cannot be read.
    #[error("读不到提纲 {file}")]
    OutlineText {
        /// The file's name, without its folder.
        file: String,
        /// Why it cannot be used.
        source: TextFileError,
    },
    /// The outline is no text.
    #[error("提纲 {0} 不是文本：用 Word 文档（.docx）、.txt 或 .md")]
    NotText(String),
    /// The outline is a table.
    #[error(
        "{0} 是表格，不能当提纲：提纲是报告要写哪几个方面，一行一个标题，或者是整份通知，用 Word 文档（.docx）、.txt 或 .md；表格放到台账里"
    )]
    OutlineIsTable(String),
    /// No notice can be made of these ledgers.
    #[error(transparent)]
    Scaffold(#[from] ScaffoldError),
    /// A fault of the program: what it wrote cannot be used.
    #[error("程序内部出错：写成的设置不能使用")]
    Unusable(#[from] NoticeError),
    /// The folder cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

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

/// A ledger file that a notice is made from.
#[derive(Clone, Debug)]
pub struct SourceLedger {
    /// Where it is, as the caller names it.
    pub path: PathBuf,
    /// The name that it has beside the notice.
    pub name: String,
}

/// What a notice is made from, read.
#[derive(Debug)]
pub struct NoticeSources {
    /// The sheets of the ledgers, for [`scaffold`](crate::scaffold::scaffold).
    pub files: Vec<SourceFile>,
    /// The outline and what a person said.
    pub basis: Basis,
    ledgers: Vec<SourceLedger>,
    targets: Targets,
}

impl NoticeSources {
    /// Where the notice will be.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }
}

/// Where a notice and its ledgers will be.
#[derive(Clone, Debug)]
pub struct Targets {
    /// The folder of settings and templates.
    pub notice: PathBuf,
    /// The folder of ledgers. Those that are in it stay as they are; others are copied into it.
    pub input: PathBuf,
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
    /// What the earlier period reported: its output folder or a file in it; none by default.
    pub previous: Option<PathBuf>,
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
    let previous = request.previous.as_deref().map(|path| seen_previous(path, &request.targets.notice)).transpose()?;
    let basis = Basis { folder, today: request.today, outline, branches: request.branches, previous };
    Ok(NoticeSources { files, basis, ledgers: request.ledgers, targets: request.targets })
}

/// The results of an earlier period, as the settings in a folder name them.
fn seen_previous(path: &Path, notice: &Path) -> Result<String, NewNoticeError> {
    if !path.exists() {
        return Err(NewNoticeError::NoPrevious(path.to_owned()));
    }
    Ok(relative_path(notice, path).unwrap_or_else(|| path.display().to_string()))
}

/// The path of a file or folder as seen from a folder, with `/`; `None` where there is none, as on another drive.
pub(super) fn relative_path(from: &Path, to: &Path) -> Option<String> {
    let (from, to) = (std::path::absolute(from).ok()?, std::path::absolute(to).ok()?);
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return None;
    }
    let up = from[common..].iter().map(|_| Some(".."));
    let down = to[common..].iter().map(|part| part.as_os_str().to_str());
    let parts: Option<Vec<&str>> = up.chain(down).collect();
    Some(parts?.join("/"))
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

/// Writes the notice and its ledgers, checks that the program can use it, and puts both in their places.
///
/// # Errors
/// When it cannot be written or used; the folders are then as they were.
pub fn write_notice(sources: &NoticeSources, scaffold: &Scaffold) -> Result<(), NewNoticeError> {
    let new = begin(&sources.targets.notice)?;
    for file in &scaffold.files {
        new.write(&file.name, file.text.as_bytes())?;
    }
    Settings::load(&new.path().join(SETTINGS_FILE))?;
    let ledgers = LedgerFolder::begin(&sources.ledgers, &sources.targets.input)?;
    let undo = ledgers.fill(sources, scaffold)?;
    new.finish().inspect_err(|_| undo.undo())?;
    Ok(())
}

/// The folder of ledgers while it is made.
enum LedgerFolder {
    /// A new folder, which appears when it is complete.
    New(NewFolder),
    /// The one that the ledgers are in already.
    Own(PathBuf),
}

/// What was added for the ledgers, to be taken back when the notice cannot be put in its place.
enum Added {
    Folder(PathBuf),
    File(Option<PathBuf>),
}

impl Added {
    fn undo(&self) {
        // What stays is a copy of what the user has.
        let _ = match self {
            Self::Folder(folder) => std::fs::remove_dir_all(folder),
            Self::File(Some(file)) => std::fs::remove_file(file),
            Self::File(None) => Ok(()),
        };
    }
}

impl LedgerFolder {
    fn begin(ledgers: &[SourceLedger], input: &Path) -> Result<Self, NewNoticeError> {
        let are_inside = !ledgers.is_empty() && ledgers.iter().all(|ledger| is_below(&ledger.path, input));
        if are_inside { Ok(Self::Own(input.to_owned())) } else { begin(input).map(Self::New) }
    }

    /// Brings the ledgers and the proposed roster.
    fn fill(self, sources: &NoticeSources, scaffold: &Scaffold) -> Result<Added, NewNoticeError> {
        let roster = scaffold.roster.as_ref();
        match self {
            Self::New(folder) => {
                for SourceLedger { path, name } in &sources.ledgers {
                    folder.copy(name, path)?;
                }
                if let Some(roster) = roster {
                    folder.write(&roster.name, roster.text.as_bytes())?;
                }
                folder.finish()?;
                Ok(Added::Folder(sources.targets.input.clone()))
            }
            Self::Own(folder) => {
                let Some(roster) = roster else { return Ok(Added::File(None)) };
                let path = folder.join(&roster.name);
                if path.exists() {
                    return Err(NewNoticeError::SameName(roster.name.clone()));
                }
                store::write(&path, roster.text.as_bytes())?;
                Ok(Added::File(Some(path)))
            }
        }
    }
}

/// Begins a folder where nothing may be.
pub(super) fn begin(folder: &Path) -> Result<NewFolder, NewNoticeError> {
    NewFolder::begin(folder).map_err(|error| match error.source.kind() {
        std::io::ErrorKind::AlreadyExists => NewNoticeError::NotEmpty(folder.to_owned()),
        _ => NewNoticeError::Store(error),
    })
}
