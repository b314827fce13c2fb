//! The text of settings with the texts of the notices that they are based on.
//!
//! `base = "../2026-safety"` names the folder of a notice beside the own one. The texts are kept one behind the other,
//! the own first, so that a byte offset names a file and a line.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use toml::de::DeTable;

use super::error::{NoticeError, line_at};
use super::lines::LineStarts;
use super::text_file::{TextFileError, read_settings, read_text};
use crate::diagnostics::localize;
use crate::store::is_plain_name;

/// The name of a settings file.
const SETTINGS: &str = "notice.toml";
/// The folder in which an archive package keeps the notices that its own is based on.
pub const BASES: &str = "base";
/// Notices behind one.
const MAX_BASES: usize = 10;

/// Texts of settings, the own one first.
#[derive(Debug, Default)]
pub(super) struct SourceText {
    text: String,
    files: Vec<SourceFile>,
    /// Where the lines of all texts begin; found when the first error asks.
    line_starts: OnceLock<LineStarts>,
}

/// A file of settings.
#[derive(Debug)]
struct SourceFile {
    path: PathBuf,
    /// The bytes of it.
    span: Range<usize>,
}

/// A file of settings with its text.
#[derive(Clone, Copy)]
pub(super) struct SourcePart<'s> {
    pub file: &'s Path,
    pub text: &'s str,
    /// The byte offset of its start.
    pub start: usize,
}

/// The settings that others are based on, and the line that names them.
struct BaseReference {
    settings: PathBuf,
    file: PathBuf,
    line: usize,
}

/// A line of a file.
pub(super) struct Line<'s> {
    pub file: &'s Path,
    /// The line in that file, from 1; not the line of the joined text.
    pub line: usize,
}

impl SourceText {
    /// One text of settings, whatever it is based on.
    pub(super) fn single(file: &Path, text: &str) -> Self {
        let mut source = Self::default();
        source.push(file.to_owned(), text);
        source
    }

    /// The own text with those that it is based on, which are read.
    ///
    /// # Errors
    /// With the line of a `base` that is not beside the notice, cannot be read or leads back to it.
    pub(super) fn read(file: &Path, text: &str) -> Result<Self, NoticeError> {
        let mut source = Self::single(file, text);
        let mut known = vec![identity(file)];
        while let Some(BaseReference { settings: base, file, line }) = source.next_base()? {
            let fault = |message| NoticeError::At { file: file.clone(), line, message };
            let id = identity(&base);
            if known.contains(&id) {
                let circle: Vec<String> = known.iter().chain([&id]).map(|file| folder_name(file)).collect();
                return Err(fault(format!("base 绕回了自己：{}", circle.join(" → "))));
            }
            if known.len() > MAX_BASES {
                return Err(fault(format!("base 一层套一层，最多 {MAX_BASES} 层")));
            }
            known.push(id);
            match read_settings(&base) {
                Ok(text) => source.push(base, &text),
                Err(TextFileError::Io(error)) => {
                    let reason = localize::io_error(&error);
                    return Err(fault(format!("读不到 base 指的通知设置 {}：{reason}", base.display())));
                }
                Err(error @ TextFileError::Encoding { line }) => {
                    return Err(NoticeError::At { file: base, line, message: error.to_string() });
                }
            }
        }
        Ok(source)
    }

    fn push(&mut self, path: PathBuf, text: &str) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.files.push(SourceFile { path, span: start..self.text.len() });
    }

    /// The settings that the last file is based on; `None` when it is based on none.
    fn next_base(&self) -> Result<Option<BaseReference>, NoticeError> {
        let Some(part) = self.parts().last().filter(|part| part.text.contains("base")) else { return Ok(None) };
        let (root, _) = DeTable::parse_recoverable(part.text);
        let Some(value) = root.get_ref().get("base") else { return Ok(None) };
        let Some(written) = value.get_ref().as_str() else { return Ok(None) };
        let (file, line) = (part.file.to_owned(), line_at(part.text, value.span().start));
        let Some(name) = written.strip_prefix("../").filter(|name| is_plain_name(name)) else {
            let message = format!("“{written}”不能作 base：只能是旁边的另一份通知的文件夹，写成 ../名称");
            return Err(NoticeError::At { file, line, message });
        };
        Ok(Some(BaseReference { settings: settings_beside(part.file, name), file, line }))
    }

    /// The files, the own first.
    pub(super) fn parts(&self) -> impl DoubleEndedIterator<Item = SourcePart<'_>> {
        self.files.iter().map(|file| SourcePart {
            file: &file.path,
            text: self.text.get(file.span.clone()).unwrap_or_default(),
            start: file.span.start,
        })
    }

    /// All texts, one behind the other.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The line of a byte.
    pub(super) fn line_at(&self, offset: usize) -> Line<'_> {
        let starts = self.line_starts.get_or_init(|| LineStarts::of(&self.text));
        let Some(file) = self.files.iter().rev().find(|file| file.span.start <= offset) else {
            return Line { file: Path::new(""), line: 1 };
        };
        Line { file: &file.path, line: starts.line_at(offset) - starts.line_at(file.span.start) + 1 }
    }

    /// An error at a byte.
    pub(super) fn error_at(&self, offset: usize, message: String) -> NoticeError {
        let Line { file, line } = self.line_at(offset);
        NoticeError::At { file: file.to_owned(), line, message }
    }
}

/// The folders whose files decide what the settings of a notice are: its own, and those of the notices that it is based
/// on, as far as these can be read. A file without a folder in its path is given itself.
pub fn settings_folders(file: &Path) -> Vec<PathBuf> {
    let folder = |file: &Path| file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(file).to_owned();
    let mut source = SourceText::single(file, &read_text(file).unwrap_or_default());
    let mut folders = vec![folder(file)];
    while let (Ok(Some(BaseReference { settings: base, .. })), true) = (source.next_base(), folders.len() <= MAX_BASES)
    {
        folders.push(folder(&base));
        let text = read_text(&base).unwrap_or_default();
        source.push(base, &text);
    }
    folders
}

/// The settings of the notice of that name beside the one of `file`. An archive package has them inside the own folder.
fn settings_beside(file: &Path, name: &str) -> PathBuf {
    let folder = file.parent().unwrap_or(Path::new(""));
    let archived = folder.join(BASES).join(name).join(SETTINGS);
    if archived.is_file() {
        return archived;
    }
    let above = match folder.file_name() {
        Some(_) => folder.parent().unwrap_or(Path::new("")).to_owned(),
        None => folder.join(".."),
    };
    above.join(name).join(SETTINGS)
}

/// What two paths of one file have in common.
fn identity(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| file.to_owned())
}

/// The name of a settings file's folder.
fn folder_name(file: &Path) -> String {
    let name = file.parent().and_then(Path::file_name);
    name.map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned())
}
