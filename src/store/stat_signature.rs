//! Whether files changed, judged without reading them.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::{Digest, MAX_ENTRIES};

/// The hash of the names, sizes, times of the last change (nanoseconds) and inode numbers of everything at and below
/// `paths`, links followed. A path that cannot be read contributes as such. One `stat` per file. Of a path
/// with more entries than [`MAX_ENTRIES`], which nothing reads, only these.
pub fn stat_signature<'p>(paths: impl Iterator<Item = &'p Path>) -> Digest {
    let mut hasher = Sha256::new();
    for path in paths {
        for entry in walkdir::WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter().take(MAX_ENTRIES) {
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
                hasher.update(inode(&metadata).to_le_bytes());
            }
        }
    }
    Digest::from_hasher(hasher)
}

/// The file's inode number: another file renamed to the same name has another.
#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::stat_signature;

    #[test]
    fn a_signature_differs_after_changes_only() {
        let folder = tempfile::tempdir().unwrap();
        let signature = || stat_signature([folder.path()].into_iter());
        let empty = signature();
        std::fs::write(folder.path().join("a"), "1").unwrap();
        let one = signature();
        std::fs::write(folder.path().join("a"), "12").unwrap();
        assert!(empty != one && one != signature() && signature() == signature());
    }
}
