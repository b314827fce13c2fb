//! The faces of a report on record, so that its PDF can be made again from the same font files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::face::read_font;
use crate::store::{Digest, MAX_ENTRIES, sha256};

/// The name of the record, beside the report.
pub(crate) const RECORD: &str = "fonts.json";

/// A face on record: what a reader needs to make the same bytes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FontRecord {
    /// The face's full name (`name` table, id 4), in Chinese where the font has it; without one, a family name.
    pub(crate) name: String,
    /// The name of its file.
    pub(crate) file: String,
    /// The hash of its file.
    pub(crate) sha256: Digest,
}

/// The bytes of the record.
pub(crate) fn to_json(records: &[FontRecord]) -> Vec<u8> {
    // Names and hashes always become JSON.
    let mut bytes = serde_json::to_vec_pretty(records).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Copies the recorded font files into a folder that is there, from `folders`, where they are known by their names and
/// hashes. Returns those that are in none of the folders.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn copy_recorded(
    records: Vec<FontRecord>,
    folders: &[PathBuf],
    target: &Path,
) -> io::Result<Vec<FontRecord>> {
    let mut missing = records;
    let files = folders
        .iter()
        .flat_map(|folder| WalkDir::new(folder).follow_links(true).into_iter().take(MAX_ENTRIES))
        .filter_map(Result::ok);
    for entry in files.filter(|entry| entry.file_type().is_file()) {
        let name = entry.file_name().to_string_lossy();
        if !missing.iter().any(|record| record.file == name) {
            continue;
        }
        let Ok(bytes) = read_font(entry.path()) else { continue };
        let digest = sha256(&bytes);
        let before = missing.len();
        missing.retain(|record| record.file != name || record.sha256 != digest);
        if missing.len() < before {
            fs::write(target.join(&*name), bytes)?;
        }
    }
    Ok(missing)
}
