//! Loads a run for comparison: its manifest, and on demand the sources and texts of its reports.

use std::path::{Path, PathBuf};

use crate::manifest::{self, BranchRecord, ReportState, RunManifest, SOURCES, Sources};
use crate::store::is_plain_name;

/// One of the two runs compared.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Its manifest.
    pub run: RunManifest,
    /// The folder of the manifest, below which its reports are.
    folder: PathBuf,
}

/// Why a run cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The manifest cannot be read.
    #[error("读不到 {}，应是一次生成的输出文件夹或其中的 run.json", file.display())]
    Read {
        /// The manifest.
        file: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The file is not a run manifest.
    #[error("{} 不是本程序生成的记录", file.display())]
    Parse {
        /// The manifest.
        file: PathBuf,
        /// The reason.
        source: serde_json::Error,
    },
    /// The manifest has no program version.
    #[error("{} 不是本程序生成的记录", file.display())]
    NoRun {
        /// The manifest.
        file: PathBuf,
    },
}

/// Loads a run from its output folder or its `run.json`.
///
/// # Errors
/// When there is no manifest or the file is none.
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
    /// The files of branches that a comparison reads, as paths below the run's folder.
    pub fn compared_files(&self) -> Vec<PathBuf> {
        let files_of = |branch: &BranchRecord| {
            let folder = self.branch_folder(branch).map(|_| PathBuf::from(&branch.folder));
            let names = [Some(SOURCES), markdown_file(branch)];
            names.into_iter().flatten().filter_map(|name| Some(folder.as_ref()?.join(name))).collect::<Vec<_>>()
        };
        self.run.branches.iter().flat_map(files_of).collect()
    }

    /// A branch's sources; `None` when the run has none, so that only metrics are compared.
    pub fn sources(&self, branch: &BranchRecord) -> Option<Sources> {
        let bytes = std::fs::read(self.branch_folder(branch)?.join(SOURCES)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The Markdown of a branch's report; `None` when it was not rendered as Markdown.
    pub fn text(&self, branch: &BranchRecord) -> Option<String> {
        std::fs::read_to_string(self.branch_folder(branch)?.join(markdown_file(branch)?)).ok()
    }

    /// The branch's folder; `None` when the run did not write it, or the manifest's name leads out of the run's folder.
    fn branch_folder(&self, branch: &BranchRecord) -> Option<PathBuf> {
        let written = matches!(branch.state, ReportState::Draft | ReportState::Final);
        (written && is_plain_name(&branch.folder)).then(|| self.folder.join(&branch.folder))
    }
}

/// The name of a branch's Markdown file.
fn markdown_file(branch: &BranchRecord) -> Option<&str> {
    branch.files.keys().map(String::as_str).find(|name| name.ends_with(".md") && is_plain_name(name))
}
