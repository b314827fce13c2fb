//! Whether a file begins as its extension says: what files of a kind begin with.

use std::io::{self, Read};
use std::path::Path;

use super::files::open_regular;

/// Extensions, each with what its files may begin with.
const KINDS: &[(&str, &[&[u8]])] = &[
    ("pdf", &[b"%PDF-"]),
    ("ofd", &[b"PK\x03\x04"]),
    ("jpg", &[b"\xff\xd8\xff"]),
    ("jpeg", &[b"\xff\xd8\xff"]),
    ("png", &[b"\x89PNG\r\n\x1a\n"]),
    ("tif", &[b"II*\0", b"MM\0*"]),
    ("tiff", &[b"II*\0", b"MM\0*"]),
];
/// As many bytes as the longest beginning has.
const LONGEST: u64 = 8;

/// What the files with the extension of `path` may begin with; `None` for an extension other than those of PDF, OFD,
/// JPEG, PNG and TIFF.
fn beginnings(path: &Path) -> Option<&'static [&'static [u8]]> {
    let extension = path.extension()?;
    KINDS.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known)).map(|(_, beginnings)| *beginnings)
}

/// Whether the extension of `path` is that of PDF, OFD, JPEG, PNG or TIFF.
pub fn has_known_kind(path: &Path) -> bool {
    beginnings(path).is_some()
}

/// What is wrong with the bytes of a file at `path`, in Chinese: there are none, or they do not begin as its extension
/// says. `None` when nothing is, also for an extension of another kind.
pub fn kind_fault(path: &Path, bytes: &[u8]) -> Option<&'static str> {
    let beginnings = beginnings(path)?;
    if bytes.is_empty() {
        return Some("是空的");
    }
    let is_known = beginnings.iter().any(|beginning| bytes.starts_with(beginning));
    (!is_known).then_some("内容不是扩展名说的那一种")
}

/// As [`kind_fault`], of a file of which only the first bytes are read, links not followed.
///
/// # Errors
/// When the system refuses, or there is no regular file.
pub fn kind_fault_of_file(path: &Path) -> io::Result<Option<&'static str>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(kind_fault(path, &bytes))
}
