//! A run as its output folder keeps it.

use std::path::{Path, PathBuf};

use crate::manifest::{self, BranchRecord, ReportState, RunManifest, SOURCES, Sources};
use crate::store::is_plain_name;

/// A run to compare: its record, and the folder with its reports when there is one.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The record.
    pub run: RunManifest,
    folder: PathBuf,
}

/// Why a run cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Its record cannot be read.
    #[error("读不到 {}，应是一次生成的输出文件夹或其中的 run.json", file.display())]
    Read {
        /// The record.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Its record is none.
    #[error("{} 不是本程序生成的记录", file.display())]
    Parse {
        /// The record.
        file: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Its record names no program that wrote it.
    #[error("{} 不是本程序生成的记录", file.display())]
    NoRun {
        /// The record.
        file: PathBuf,
    },
}

/// Loads a run from its output folder or its `run.json`.
///
/// # Errors
/// When there is no record or it is none.
pub fn load(path: &Path) -> Result<Side, LoadError> {
    let (file, folder) = if path.is_dir() {
        (path.join(manifest::FILE), path.to_owned())
    } else {
        (path.to_owned(), path.parent().map(Path::to_owned).unwrap_or_default())
    };
    let bytes = std::fs::read(&file).map_err(|source| LoadError::Read { file: file.clone(), source })?;
    let run: RunManifest = match serde_json::from_slice(&bytes) {
        Ok(run) => run,
        Err(source) => return Err(LoadError::Parse { file, source }),
    };
    if run.version.is_empty() { Err(LoadError::NoRun { file }) } else { Ok(Side { run, folder }) }
}

impl Side {
    /// The files of the branches that a comparison reads, by their paths below the run's folder.
    pub fn compared(&self) -> Vec<PathBuf> {
        let of_branch = |branch: &BranchRecord| {
            let folder = self.place(branch).map(|_| PathBuf::from(&branch.folder));
            let names = [Some(SOURCES), text_of(branch)];
            names.into_iter().flatten().filter_map(|name| Some(folder.as_ref()?.join(name))).collect::<Vec<_>>()
        };
        self.run.branches.iter().flat_map(of_branch).collect()
    }

    /// A branch's sources; `None` when they are not there, so that only metrics are compared.
    pub fn sources(&self, branch: &BranchRecord) -> Option<Sources> {
        let bytes = std::fs::read(self.place(branch)?.join(SOURCES)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The text of a branch's report; `None` when it was not written as Markdown.
    pub fn text(&self, branch: &BranchRecord) -> Option<String> {
        std::fs::read_to_string(self.place(branch)?.join(text_of(branch)?)).ok()
    }

    /// The branch's folder; `None` when the run did not write into it, or the record names one outside of the run's.
    fn place(&self, branch: &BranchRecord) -> Option<PathBuf> {
        let written = matches!(branch.state, ReportState::Draft | ReportState::Final);
        (written && is_plain_name(&branch.folder)).then(|| self.folder.join(&branch.folder))
    }
}

/// The name of a branch's report as Markdown.
fn text_of(branch: &BranchRecord) -> Option<&str> {
    branch.files.keys().map(String::as_str).find(|name| name.ends_with(".md") && is_plain_name(name))
}
