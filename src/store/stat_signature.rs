//! Whether files are as they were, without reading them.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::Digest;

/// A fingerprint of everything below folders, and of files: names, sizes, times of the last change.
pub fn stat_signature<'p>(places: impl Iterator<Item = &'p Path>) -> Digest {
    let mut hasher = Sha256::new();
    for place in places {
        for entry in walkdir::WalkDir::new(place).follow_links(true).sort_by_file_name() {
            let Ok(entry) = entry else {
                hasher.update([0]);
                continue;
            };
            let Ok(metadata) = entry.metadata() else { continue };
            let changed =
                metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
            hasher.update(entry.path().as_os_str().as_encoded_bytes());
            hasher.update([0]);
            if metadata.is_file() {
                hasher.update(metadata.len().to_le_bytes());
                hasher.update(changed.as_nanos().to_le_bytes());
                hasher.update(number(&metadata).to_le_bytes());
            }
        }
    }
    Digest::of(hasher)
}

/// The number by which the disk knows a file: another took its place when it is another.
#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::stat_signature;

    #[test]
    fn a_fingerprint_tells_changes() {
        let folder = tempfile::tempdir().unwrap();
        let print = || stat_signature([folder.path()].into_iter());
        let empty = print();
        std::fs::write(folder.path().join("a"), "1").unwrap();
        let one = print();
        std::fs::write(folder.path().join("a"), "12").unwrap();
        assert!(empty != one && one != print() && print() == print());
    }
}
