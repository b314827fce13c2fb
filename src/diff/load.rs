//! A run as its output folder keeps it.

use std::path::{Path, PathBuf};

use crate::record::{self, BranchRecord, Run, Sources, State};

/// A run to compare: its record, and the folder with its reports when there is one.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The record.
    pub run: Run,
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
        (path.join(record::FILE), path.to_owned())
    } else {
        (path.to_owned(), path.parent().map(Path::to_owned).unwrap_or_default())
    };
    let bytes = std::fs::read(&file).map_err(|source| LoadError::Read { file: file.clone(), source })?;
    let run: Run = match serde_json::from_slice(&bytes) {
        Ok(run) => run,
        Err(source) => return Err(LoadError::Parse { file, source }),
    };
    if run.version.is_empty() { Err(LoadError::NoRun { file }) } else { Ok(Side { run, folder }) }
}

impl Side {
    /// A branch's sources; `None` when they are not there, so that only figures are compared.
    pub fn sources(&self, branch: &BranchRecord) -> Option<Sources<'static>> {
        let bytes = std::fs::read(self.place(branch)?.join("sources.json")).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The text of a branch's report; `None` when it was not written as Markdown.
    pub fn text(&self, branch: &BranchRecord) -> Option<String> {
        let name = branch.files.keys().find(|name| name.ends_with(".md") && is_plain(name))?;
        std::fs::read_to_string(self.place(branch)?.join(name)).ok()
    }

    /// The branch's folder; `None` when the run did not write into it, or the record names one outside of the run's.
    fn place(&self, branch: &BranchRecord) -> Option<PathBuf> {
        let written = matches!(branch.state, State::Draft | State::Final);
        (written && is_plain(&branch.folder)).then(|| self.folder.join(&branch.folder))
    }
}

/// Whether a name is that of a file or folder right here.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(_)), None))
}
