//! The changes of a folder of ledgers, recorded beside the folder: see [`super::VersionedDir`].

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Digest;

/// The folder of all histories, beside the folders that they belong to.
pub const HISTORIES: &str = ".zicha-history";

/// What was done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It was created.
    Added,
    /// Its contents were replaced.
    Replaced,
    /// It was removed.
    Removed,
}

/// A line of the journal. The aliases are the keys of journals that earlier versions wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number, from 1; the kept contents carry it as their name.
    pub number: u64,
    /// What was done.
    #[serde(alias = "deed")]
    pub kind: ChangeKind,
    /// The file's path below the folder, with `/` between the parts.
    pub name: String,
    /// The hash of the file's contents since then; none when it was removed.
    #[serde(alias = "put")]
    pub hash: Option<Digest>,
    /// The local time, as the caller gives it.
    pub at: String,
}

/// The folder of a folder's history: `<parent>/.zicha-history/<name>`.
pub fn history_of(folder: &Path) -> PathBuf {
    folder.parent().unwrap_or(folder).join(HISTORIES).join(folder.file_name().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Change, ChangeKind};

    #[test]
    fn lines_of_earlier_versions_are_read() {
        let line = r#"{"number":3,"deed":"removed","name":"a.csv","put":null,"at":"2018-11-02T09:30"}"#;
        let change: Change = serde_json::from_str(line).unwrap();
        assert_eq!((change.kind, change.number, change.hash), (ChangeKind::Removed, 3, None));
    }
}
