//! The text files of a notice as the pages change them: read whole, written whole, with a history.
//!
//! A page names a file by a hash, never by its path. A file is written only when it is as the page showed it, and bytes
//! that the user did not change stay: the byte-order mark, and the line ends of unchanged lines.

use std::io::Write;
use std::sync::Arc;

use super::author::Author;
use super::response::ErrorPage;
use super::state::AppState;
use crate::diagnostics::localize;
use crate::pipeline::{SettingsFile, chain, settings_files};
use crate::store::{Digest, VersionedDir, parent_folder, read_regular, sha256};

/// The mark that some editors write at the start of a file in UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file of settings as it is on the disk, to be edited.
pub(super) struct EditedFile {
    pub file: SettingsFile,
    /// The text without a byte-order mark.
    pub text: String,
    /// The hash of its bytes, by which a change by another is noticed.
    pub hash: Digest,
    has_mark: bool,
}

/// The key of a file in addresses and forms.
pub(super) fn file_key(name: &str) -> String {
    sha256(name.as_bytes()).to_string().chars().take(20).collect()
}

/// The file with that key.
///
/// # Errors
/// When there is none, or it cannot be shown as text.
pub(super) fn find(state: &AppState, key: &str) -> Result<EditedFile, ErrorPage> {
    let file = settings_files(&state.paths.notice).into_iter().find(|file| file_key(&file.name) == key);
    read(file.ok_or_else(|| ErrorPage::not_found("没有这个文件，可能刚被移走"))?)
}

/// The settings file.
///
/// # Errors
/// When it cannot be shown as text.
pub(super) fn settings_file(state: &AppState) -> Result<EditedFile, ErrorPage> {
    let file = settings_files(&state.paths.notice).into_iter().next();
    read(file.ok_or_else(|| ErrorPage::not_found("没有设置文件"))?)
}

fn read(file: SettingsFile) -> Result<EditedFile, ErrorPage> {
    let bytes = read_regular(&file.path)
        .map_err(|error| ErrorPage::conflict(format!("读不到“{}”：{}", file.name, localize::io_error(&error))))?;
    let hash = sha256(&bytes);
    let text = String::from_utf8(bytes).map_err(|_| {
        ErrorPage::conflict(format!(
            "“{}”不是 UTF-8 文字，不能在网页里改；用记事本打开，“另存为”时编码选 UTF-8",
            file.name
        ))
    })?;
    let has_mark = text.starts_with(BYTE_ORDER_MARK);
    let text = text.strip_prefix(BYTE_ORDER_MARK).map(str::to_owned).unwrap_or(text);
    Ok(EditedFile { file, text, hash, has_mark })
}

impl EditedFile {
    /// Fails when the file is not as the page showed it, whose hash `seen` is.
    ///
    /// # Errors
    /// With what happened to it since.
    pub(super) fn check_seen(&self, state: &AppState, seen: &str) -> Result<(), ErrorPage> {
        if self.hash.to_string() == seen {
            return Ok(());
        }
        let history = history(state)?;
        let last = history.recent_changes(usize::MAX).into_iter().map(|recent| recent.change);
        let last = last.into_iter().find(|change| change.name == self.file.name);
        let how = match last.filter(|change| change.hash == Some(self.hash)) {
            Some(change) => format!("{}在网页里改的", change.when_and_who()),
            None => "不是在网页里改的".to_owned(),
        };
        let name = match self.file.name.strip_suffix(".md") {
            Some(template) => format!("模板“{template}”"),
            None => "设置".to_owned(),
        };
        Err(ErrorPage::conflict(format!(
            "打开这一页之后，{name}又改过（{how}）。没有写入；请回到设置，在现在的内容上再改"
        )))
    }

    /// Writes a new text into the file.
    ///
    /// # Errors
    /// When the file changed meanwhile or the system refuses.
    pub(super) fn write(&self, state: &AppState, text: &str, author: &Author) -> Result<(), String> {
        if self.file.path.is_symlink() {
            return Err(format!("“{}”是链接，不能在网页里改；请改它指向的文件", self.file.name));
        }
        let history = history(state)?;
        let mut received = history.receive().map_err(|error| chain(&error))?;
        let mark = if self.has_mark { BYTE_ORDER_MARK } else { "" };
        let written = received.write_all(mark.as_bytes()).and_then(|()| received.write_all(text.as_bytes()));
        written.map_err(|error| localize::io_error(&error))?;
        history.put(received, &self.file.name, Some(&self.hash), &author.stamp()).map_err(|error| chain(&error))?;
        Ok(())
    }

    /// What a browser sends back of the text, with the line ends of the file: those of lines at the start and at the
    /// end that did not change, otherwise those of the first line.
    pub(super) fn with_own_line_ends(&self, sent: &str) -> String {
        let end = if self.text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n")) {
            "\r\n"
        } else {
            "\n"
        };
        let old: Vec<&str> = self.text.split_inclusive('\n').collect();
        let new: Vec<&str> = sent.split_inclusive('\n').collect();
        let is_same =
            |(old, new): &(&&str, &&str)| bare(old) == bare(new) && old.ends_with('\n') == new.ends_with('\n');
        let first = old.iter().zip(&new).take_while(is_same).count();
        let rest = |lines: usize| lines - first;
        let last = old
            .iter()
            .rev()
            .zip(new.iter().rev())
            .take(rest(old.len()).min(rest(new.len())))
            .take_while(is_same)
            .count();
        let mut text: String = old[..first].concat();
        for line in &new[first..new.len() - last] {
            text.push_str(bare(line));
            text.push_str(if line.ends_with('\n') { end } else { "" });
        }
        text + &old[old.len() - last..].concat()
    }
}

/// A line without its end.
fn bare(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// The history of the notice's folder, opened by the first change.
///
/// # Errors
/// When there is no notice, another program holds it, or nothing can be written beside the folder.
pub(super) fn history(state: &AppState) -> Result<Arc<VersionedDir>, String> {
    let mut history = state.settings_history.lock().map_err(|_| "程序内部出错".to_owned())?;
    if let Some(history) = &*history {
        return Ok(Arc::clone(history));
    }
    // The history makes the folder that it is of: a folder of a notice means that there is a notice.
    if !state.paths.notice.exists() {
        return Err("还没有通知".to_owned());
    }
    let opened = VersionedDir::open(parent_folder(&state.paths.notice)).map_err(|error| chain(&error))?;
    Ok(Arc::clone(history.insert(Arc::new(opened))))
}

#[cfg(test)]
mod tests {
    use super::{Digest, EditedFile, SettingsFile};

    fn file(text: &str) -> EditedFile {
        let file = SettingsFile { name: String::new(), path: "".into() };
        EditedFile { file, text: text.to_owned(), hash: Digest::NONE, has_mark: false }
    }

    #[test]
    fn unchanged_lines_keep_their_ends() {
        for (own, sent, kept) in [
            ("a\r\nb\nc\r\n", "a\r\nx\r\nc\r\n", "a\r\nx\r\nc\r\n"),
            ("a\nb\r\nc", "a\r\nb\r\nd", "a\nb\r\nd"),
            ("a\nb\nc\n", "a\r\nc\r\n", "a\nc\n"),
            ("a\n", "a\r\n", "a\n"),
            ("a\na\n", "a\r\na\r\na\r\n", "a\na\na\n"),
            ("", "a\r\nb", "a\nb"),
            ("a", "", ""),
        ] {
            assert_eq!(file(own).with_own_line_ends(sent), kept, "{own:?} {sent:?}");
        }
    }
}
