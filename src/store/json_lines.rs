//! Files of one JSON value a line that only grow: the register of packages, the journal of a folder of ledgers.
//!
//! A line is appended and synced, or taken back. Half a line can remain only when the program or the system dies while
//! it appends; such a line was never reported as written, and
//! [`load_json_lines`] removes it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::check_lines;
use super::{StoreError, parent_folder, read_record, sync_folder};

/// The contents of such a file.
#[derive(Debug)]
pub struct JsonLines<T> {
    /// The values, in the file's order.
    pub records: Vec<T>,
    /// Whether half a line stands behind them at the end of the file.
    pub has_partial_line: bool,
    /// How many bytes all whole lines take; what follows is half a line.
    whole_bytes: u64,
}

/// Why such a file cannot be loaded.
#[derive(Debug)]
pub enum JsonLinesError {
    /// The system refuses.
    Store(StoreError),
    /// The line of this number, from 1, does not have the expected form.
    Malformed(usize),
}

/// Loads the file to append to it: as [`read_json_lines`], and half a line at the end is cut off in the file.
///
/// # Errors
/// When the system refuses, the file is a link, or a whole line is malformed.
pub fn load_json_lines<T: DeserializeOwned>(file: &Path) -> Result<JsonLines<T>, JsonLinesError> {
    if file.is_symlink() {
        let reason = io::Error::other("这是一个链接，不往它指的文件里写，请移开");
        return Err(JsonLinesError::Store(StoreError::new(file, reason)));
    }
    let lines = read_json_lines(file)?;
    if lines.has_partial_line {
        truncate(file, lines.whole_bytes).map_err(|source| JsonLinesError::Store(StoreError::new(file, source)))?;
    }
    Ok(lines)
}

/// Reads the file, which stays as it is; one that does not exist is empty.
///
/// # Errors
/// When the system refuses or a whole line is malformed.
pub fn read_json_lines<T: DeserializeOwned>(file: &Path) -> Result<JsonLines<T>, JsonLinesError> {
    let bytes = match read_record(file) {
        Ok(bytes) => bytes,
        Err(source) if source.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(JsonLinesError::Store(StoreError::new(file, source))),
    };
    let is_bounded = check_lines(&bytes, size_of::<T>());
    is_bounded.map_err(|source| JsonLinesError::Store(StoreError::new(file, source)))?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mut records = Vec::new();
    for (at, line) in bytes[..whole].split(|byte| *byte == b'\n').enumerate() {
        if !line.is_empty() {
            records.push(serde_json::from_slice(line).map_err(|_| JsonLinesError::Malformed(at + 1))?);
        }
    }
    Ok(JsonLines { records, has_partial_line: whole < bytes.len(), whole_bytes: whole as u64 })
}

/// Appends a value as one line and waits until it is on disk; a line that cannot be written whole is taken back.
///
/// # Errors
/// When the system refuses.
pub fn append_json_line<T: Serialize>(file: &Path, record: &T) -> io::Result<()> {
    let mut lines = OpenOptions::new().create(true).append(true).open(file)?;
    let before = lines.metadata()?.len();
    let line = format!("{}\n", serde_json::to_string(record)?);
    let appended = lines.write_all(line.as_bytes()).and_then(|()| lines.sync_all());
    // A new file also needs its name on disk; some network file systems refuse to sync a folder, so it is done once.
    let is_new = before == 0;
    let sync_name = || if is_new { sync_folder(parent_folder(file)) } else { Ok(()) };
    let durable = appended.and_then(|()| sync_name());
    if durable.is_err() {
        truncate(file, before)?;
    }
    durable
}

/// Removes the last line and waits until that is on disk.
///
/// # Errors
/// When the system refuses.
pub(super) fn remove_last_json_line(file: &Path) -> io::Result<()> {
    let bytes = read_record(file)?;
    let before = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    truncate(file, before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) as u64)
}

/// Cuts a file to its first `length` bytes and waits until that is on disk.
fn truncate(file: &Path, length: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(file)?;
    file.set_len(length)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{JsonLinesError, append_json_line, load_json_lines, read_json_lines, remove_last_json_line};

    #[test]
    fn half_a_line_is_removed_and_a_malformed_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        assert!(load_json_lines::<u64>(&file).unwrap().records.is_empty());
        append_json_line(&file, &1).unwrap();
        append_json_line(&file, &2).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{text}3")).unwrap();
        assert!(read_json_lines::<u64>(&file).unwrap().has_partial_line);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{text}3"), "reading changes nothing");
        let loaded = load_json_lines::<u64>(&file).unwrap();
        assert_eq!((loaded.records, loaded.has_partial_line), (vec![1, 2], true));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        for rest in ["1\n", "", ""] {
            remove_last_json_line(&file).unwrap();
            assert_eq!(std::fs::read_to_string(&file).unwrap(), rest);
        }
        std::fs::write(&file, "1\n\nx\n").unwrap();
        assert!(matches!(load_json_lines::<u64>(&file), Err(JsonLinesError::Malformed(3))));
    }
}
