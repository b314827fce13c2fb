//! Ledgers that are folders of pictures: a folder for each branch, a row for each picture in it.
//!
//! Input: the input folder and the notice. Output: [`InputContent`] with a sheet for each folder of a branch, whose
//! name is the folder's path. The sheet has the names of the files, for captions, and the pictures; the branch follows
//! from the folder's name, as that of any sheet without a branch column. Links are not followed: they may lead out of
//! the folder.

use std::path::Path;
use std::sync::Arc;

use super::header::Header;
use super::input_files::relative_name;
use super::ledger_match::LedgerMatcher;
use super::picture_refs::is_picture_name;
use super::pictures::{self, PictureSource};
use super::raw_cell::RawCell;
use super::raw_sheet::RawSheet;
use super::read::InputContent;
use super::table;
use super::worker::Readers;
use crate::diagnostics::{Diagnostic, Location, SheetRef, WithDiagnostics, code};
use crate::notice::{ColumnType, Ledger, Notice};
use crate::store::{Digest, MAX_ENTRIES};

/// Whether a file, by its path below the input folder, is a picture that some ledger may print, or of which
/// [`read_picture_folders`] says that it prints none.
pub fn is_picture_file(path: &str, notice: &Notice) -> bool {
    let columns = notice.ledger.values().flat_map(|ledger| ledger.columns.values());
    let mut folders = columns.filter_map(|column| column.folder.as_deref());
    let is_in = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    is_picture_name(path) && folders.any(is_in)
}

/// Reads all ledgers that are folders of pictures. Each picture in such a folder is a row or a finding.
pub fn read_picture_folders(
    root: &Path,
    ledger_matcher: &LedgerMatcher<'_>,
    readers: &Readers,
) -> WithDiagnostics<InputContent> {
    let notice = ledger_matcher.notice;
    let mut content = InputContent::default();
    let mut findings = Vec::new();
    for (index, ledger) in notice.ledger.values().enumerate().filter(|(_, ledger)| ledger.picture_folders) {
        let Some(columns) = FolderColumns::of(ledger) else { continue };
        findings.extend(pictures_without_row(root, columns.folder));
        for branch in names_in(&root.join(columns.folder), |kind| kind.is_dir()) {
            let folder = format!("{}/{branch}", columns.folder);
            let sheet = columns.sheet(&branch, &names_in(&root.join(&folder), |kind| kind.is_file()));
            if sheet.rows.is_empty() {
                continue;
            }
            let source =
                Arc::new(SheetRef { file: relative_name(Path::new(&folder), Path::new("")), sheet: String::new() });
            let headers = &ledger_matcher.ledgers[index];
            content.tables.push(table::read(&sheet, &source, columns.header(ledger), index, headers, notice));
        }
    }
    let source = PictureSource { bytes: &[], digest: Digest::NONE, root, readers, notice };
    content.pictures = pictures::resolve(&mut content.tables, &source);
    WithDiagnostics::new(content, findings)
}

/// Findings about the pictures below `folder` that are no rows, and about links to folders: pictures in them would be
/// no rows either.
fn pictures_without_row(root: &Path, folder: &str) -> Vec<Diagnostic> {
    let is_visible =
        |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    let walk = walkdir::WalkDir::new(root.join(folder)).min_depth(1).sort_by_file_name().into_iter();
    // What cannot be listed is a finding of `find_files`.
    let entries = walk.filter_entry(is_visible).take(MAX_ENTRIES).flatten();
    let without_row = entries.filter_map(|entry| {
        let kind = entry.file_type();
        let is_picture = !kind.is_dir() && is_picture_name(&entry.file_name().to_string_lossy());
        let fault = if kind.is_symlink() && !entry.path().exists() {
            return None; // a finding of `find_files`
        } else if kind.is_symlink() && (is_picture || entry.path().is_dir()) {
            ("是链接", "把图片本身放进来")
        } else if !is_picture {
            return None;
        } else if !kind.is_file() {
            ("是管道、套接字或设备，不是图片文件", "移走它，放进图片本身")
        } else if entry.depth() != OF_BRANCH {
            ("不在单位的文件夹里", "图片直接放进以单位名称命名的文件夹，里面不再分文件夹；不用的移出台账文件夹")
        } else if entry.file_name().to_str().is_none() {
            ("文件名的编码读不懂", "改一个文件名")
        } else {
            return None;
        };
        Some((relative_name(entry.path(), root), fault))
    });
    let finding = |(name, (reason, cure)): (String, (&str, &str))| {
        Diagnostic::new(&code::UNREACHED, Location::File(name), format!("图片没有算：{reason}")).cure(cure)
    };
    without_row.map(finding).collect()
}

/// The columns of a ledger that folders fill, by their indices.
struct FolderColumns<'n> {
    folder: &'n str,
    picture: usize,
    /// The first column of text: the file's name without its extension.
    name: Option<usize>,
}

/// How deep below the ledger's folder the pictures of branches are.
const OF_BRANCH: usize = 2;
/// Sheet columns of the names and of the pictures.
const NAMES: u32 = 0;
const PICTURES: u32 = 1;

impl<'n> FolderColumns<'n> {
    fn of(ledger: &'n Ledger) -> Option<Self> {
        let columns = || ledger.columns.values().enumerate();
        let (picture, folder) = columns().find_map(|(at, column)| Some((at, column.folder.as_deref()?)))?;
        let name = columns().find(|(_, column)| column.kind == ColumnType::Text).map(|(at, _)| at);
        Some(Self { folder, picture, name })
    }

    fn header(&self, ledger: &Ledger) -> Header {
        let count = ledger.columns.len();
        let mut columns = vec![None; count];
        columns[self.picture] = Some(PICTURES);
        if let Some(name) = self.name {
            columns[name] = Some(NAMES);
        }
        Header {
            first_row: 0,
            last_row: 0,
            columns,
            near: Vec::new(),
            foreign: Vec::new(),
            repeated: Vec::new(),
            parts: vec![None; count],
            remarks: vec![None; count],
            hidden: Vec::new(),
        }
    }

    /// A sheet with a row below its header for each picture among a branch's files.
    fn sheet(&self, branch: &str, files: &[String]) -> RawSheet {
        let mut sheet = RawSheet::default();
        for (row, file) in (1..).zip(files.iter().filter(|file| is_picture_name(file))) {
            if self.name.is_some() {
                sheet.push(row, NAMES, RawCell::text(caption_of(file)));
            }
            sheet.push(row, PICTURES, RawCell::Picture(format!("/{branch}/{file}").into()));
        }
        sheet
    }
}

/// The name of a file without its extension and the number in front, by which it is ordered.
fn caption_of(file: &str) -> &str {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).trim();
    let caption = stem.trim_start_matches(|c: char| c.is_ascii_digit());
    let caption = caption.trim_start_matches(|c: char| c.is_whitespace() || "_-.、．，,()（）".contains(c));
    if caption.is_empty() { stem } else { caption }
}

/// The names of a folder's entries of a kind, those that begin with a number by that number first, without hidden ones;
/// none when the folder cannot be listed.
fn names_in(folder: &Path, is_wanted: impl Fn(&std::fs::FileType) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let entries = entries.filter(|entry| entry.file_type().is_ok_and(|kind| is_wanted(&kind)));
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    let number = |name: &String| {
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        name[..digits].parse::<u64>().unwrap_or(u64::MAX)
    };
    names.sort_by(|a, b| number(a).cmp(&number(b)).then_with(|| a.cmp(b)));
    names
}

#[cfg(test)]
mod tests {
    use super::{caption_of, names_in};

    #[test]
    fn pictures_are_ordered_by_the_numbers_in_front_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["10 丁.jpg", "2、丙.jpg", "1.甲.jpg", "乙.jpg", ".hidden.jpg"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let names = names_in(folder.path(), |kind| kind.is_file());
        assert_eq!(names, ["1.甲.jpg", "2、丙.jpg", "10 丁.jpg", "乙.jpg"]);
        let captions: Vec<&str> = names.iter().map(|name| caption_of(name)).collect();
        assert_eq!(captions, ["甲", "丙", "丁", "乙"]);
        assert_eq!(["20181005.png", "IMG_1.jpg"].map(caption_of), ["20181005", "IMG_1"]);
        assert_eq!(names_in(&folder.path().join("没有"), |_| true), [""; 0]);
    }
}
