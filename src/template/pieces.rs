//! Templates that other templates include: `{% include "pieces/x.md" %}`. They are files below the folder of the
//! settings; none includes itself, directly or through others.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::lex::{Token, tokens};
use super::{names, table_lines};
use crate::diagnostics::localize;
use crate::notice::tags::{TemplateTag, scan};
use crate::notice::{NoticeError, TextFileError, read_text};
use crate::store::is_relative_inside;

/// A file that some template includes.
#[derive(Debug)]
pub(super) struct Piece {
    pub path: PathBuf,
    /// Its text with its names folded.
    pub text: String,
}

/// The files that templates include, by their paths as the templates write them.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    files: IndexMap<String, Piece>,
    /// What is wrong with the includes that were followed.
    pub errors: Vec<NoticeError>,
}

/// A template whose includes are followed.
pub(super) struct Including<'t> {
    pub file: &'t Path,
    /// Its first line in the file.
    pub first_line: usize,
    pub text: &'t str,
}

impl Pieces {
    /// The piece of that name; `None` for one that cannot be used.
    pub(super) fn get(&self, name: &str) -> Option<&Piece> {
        self.files.get(name)
    }

    /// All pieces with their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Piece)> {
        self.files.iter()
    }

    /// Reads what a template includes, and what that includes. `path_of` is where a template of that name is; `above`
    /// are the names of the templates around, outermost first.
    pub(super) fn follow(
        &mut self,
        template: &Including<'_>,
        path_of: &impl Fn(&str) -> PathBuf,
        above: &mut Vec<String>,
    ) {
        let scanned = scan(template.text);
        for tag in &scanned.tags {
            let Some(name) = included(tag) else { continue };
            let line = template.first_line + template.text[..tag.start].matches('\n').count();
            let fault = |message| NoticeError::At { file: template.file.to_owned(), line, message };
            if let Some(message) = unusable(&name, above) {
                self.errors.push(fault(message));
                continue;
            }
            if self.files.contains_key(&name) {
                continue;
            }
            if self.files.len() == MAX_PIECES {
                return self.errors.push(fault(format!("插入的模板最多 {MAX_PIECES} 个")));
            }
            let path = path_of(&name);
            match read_text(&path) {
                Ok(text) => {
                    let text = table_lines::closed_up(&names::folded(&text)).into_owned();
                    self.add(name, Piece { path, text }, path_of, above);
                }
                Err(TextFileError::Io(error)) => {
                    let reason = localize::io_error(&error);
                    self.errors.push(fault(format!("读不到要插入的模板“{name}”：{reason}")));
                }
                Err(error @ TextFileError::Encoding { line }) => {
                    self.errors.push(NoticeError::At { file: path, line, message: error.to_string() });
                }
            }
        }
    }

    fn add(&mut self, name: String, piece: Piece, path_of: &impl Fn(&str) -> PathBuf, above: &mut Vec<String>) {
        let (file, text) = (piece.path.clone(), piece.text.clone());
        self.files.insert(name.clone(), piece);
        above.push(name);
        self.follow(&Including { file: &file, first_line: 1, text: &text }, path_of, above);
        above.pop();
    }
}

/// Pieces of one kind of report. Each may be inside another, and tera calls itself for each of these.
const MAX_PIECES: usize = 100;

/// Why a template cannot be included, in Chinese.
fn unusable(name: &str, above: &[String]) -> Option<String> {
    if !is_relative_inside(name) {
        return Some(format!("“{name}”不在通知的文件夹里：要插入的模板写成 pieces/x.md 这样，不用 .. 和盘符"));
    }
    if !name.ends_with(".md") {
        return Some(format!("要插入的模板“{name}”应是 .md 文件"));
    }
    let at = above.iter().position(|outer| outer == name)?;
    let circle: Vec<&str> = above.iter().skip(at).map(String::as_str).chain([name]).collect();
    Some(format!("模板插入了自己：{}", circle.join(" → ")))
}

/// The path that a tag includes.
pub(super) fn included(tag: &TemplateTag<'_>) -> Option<String> {
    if !tag.is_statement || !tag.content.starts_with("include") {
        return None;
    }
    let mut tokens = tokens(tag.content).ok()?.into_iter().map(|placed| placed.token);
    match (tokens.next()?, tokens.next()?) {
        (Token::Word("include"), Token::Text(name)) => Some(name),
        _ => None,
    }
}
