//! What a new project folder begins with, built into the program: the shipped notices, their sample ledgers, and a page
//! for clerks.
//!
//! Output: files by their path below the folder, in order. Nothing here touches the disk. A test compares the built-in
//! files with those of the repository.

use include_dir::{Dir, include_dir};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static LEDGERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/input");

/// The page for clerks, with LF at its line ends.
const GUIDE: &str = include_str!("使用说明.txt");

/// A built-in file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StarterFile {
    /// Its path below the folder, with `/` between the parts.
    pub(crate) path: String,
    /// Its contents.
    pub(crate) bytes: &'static [u8],
}

/// The shipped notices and the manual for authors, below `templates`.
pub(crate) fn templates() -> Vec<StarterFile> {
    files(&TEMPLATES)
}

/// The sample ledgers, below `input`.
pub(crate) fn ledgers() -> Vec<StarterFile> {
    files(&LEDGERS)
}

/// The page for clerks as it is written: a byte-order mark and CRLF, which the editors of old systems need as well.
pub(crate) fn guide() -> Vec<u8> {
    format!("\u{feff}{}", GUIDE.replace("\r\n", "\n").replace('\n', "\r\n")).into_bytes()
}

/// All files of a folder but hidden ones, which editors and earlier runs leave in a working copy.
fn files(folder: &'static Dir<'static>) -> Vec<StarterFile> {
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let parts: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
            if !parts.iter().any(|part| part.starts_with('.')) {
                found.push(StarterFile { path: parts.join("/"), bytes: file.contents() });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{StarterFile, guide, ledgers, templates};

    fn on_disk(folder: &str) -> Vec<(String, Vec<u8>)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = walkdir::WalkDir::new(&root).into_iter().map(|entry| entry.unwrap().into_path());
        let mut files: Vec<(String, Vec<u8>)> = entries
            .filter(|path| path.is_file())
            .map(|path| {
                let below = path.strip_prefix(&root).unwrap();
                let parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap()).collect();
                (parts.join("/"), std::fs::read(&path).unwrap())
            })
            .filter(|(path, _)| !path.split('/').any(|part| part.starts_with('.')))
            .collect();
        files.sort();
        files
    }

    #[test]
    fn built_in_files_are_those_of_the_repository() {
        let built_in = |files: Vec<StarterFile>| -> Vec<(String, Vec<u8>)> {
            files.into_iter().map(|file| (file.path, file.bytes.to_vec())).collect()
        };
        assert_eq!(built_in(templates()), on_disk("templates"));
        assert_eq!(built_in(ledgers()), on_disk("input"));
    }

    #[test]
    fn the_page_for_clerks_opens_in_any_editor() {
        let text = String::from_utf8(guide()).unwrap();
        let lines = text.strip_prefix('\u{feff}').unwrap();
        assert!(lines.ends_with("\r\n") && lines.matches('\n').count() == lines.matches("\r\n").count());
    }
}
