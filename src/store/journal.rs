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
pub struct FolderChange {
    /// Its number, from 1; the kept contents carry it as their name.
    pub number: u64,
    /// Whether the file was added, replaced or removed.
    #[serde(alias = "deed")]
    pub kind: ChangeKind,
    /// The file's path below the folder, with `/` between the parts.
    pub name: String,
    /// The hash of the file's contents since then; none when it was removed.
    #[serde(alias = "put")]
    pub hash: Option<Digest>,
    /// The local time, as the caller gives it.
    pub at: String,
    /// Who made it, as the caller says; empty when nobody was named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The number of the first change of the upload that this one belongs to; none for that first change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<u64>,
}

impl FolderChange {
    /// The number of the upload that it belongs to: that of the upload's first change.
    pub fn upload(&self) -> u64 {
        self.upload.unwrap_or(self.number)
    }

    /// The time, a blank, and when somebody is named, who and a blank.
    pub fn when_and_who(&self) -> String {
        let by = if self.by.is_empty() { String::new() } else { format!("{} ", self.by) };
        format!("{} {by}", self.at.replace('T', " "))
    }
}

/// When and by whom a change is made, and with which upload. From a time alone, the name is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChangeOrigin<'a> {
    /// The local time.
    pub at: &'a str,
    /// Who makes it; empty when nobody is named.
    pub by: &'a str,
    /// The number of the upload's first change; none for that first change itself.
    pub upload: Option<u64>,
}

impl<'a> From<&'a str> for ChangeOrigin<'a> {
    fn from(at: &'a str) -> Self {
        Self { at, ..Self::default() }
    }
}

impl<'a> From<&'a String> for ChangeOrigin<'a> {
    fn from(at: &'a String) -> Self {
        Self::from(at.as_str())
    }
}

/// The folder of a folder's history: `<parent>/.zicha-history/<name>`.
pub fn history_of(folder: &Path) -> PathBuf {
    folder.parent().unwrap_or(folder).join(HISTORIES).join(folder.file_name().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{ChangeKind, FolderChange};

    #[test]
    fn lines_of_earlier_versions_are_read() {
        let line = r#"{"number":3,"deed":"removed","name":"a.csv","put":null,"at":"2018-11-02T09:30"}"#;
        let change: FolderChange = serde_json::from_str(line).unwrap();
        assert_eq!((change.kind, change.number, change.hash), (ChangeKind::Removed, 3, None));
        assert_eq!((change.by.as_str(), change.upload()), ("", 3));
    }
}
