//! Loads a run from its output folder.

use std::path::{Path, PathBuf};

use crate::manifest::{self, ReportOutcome, ReportState, RunManifest, SOURCES};
use crate::render::DRAFT_LINE;
use crate::store::{is_plain_name, read_record, read_unlinked_record};

/// A run to compare: its record, and the folder with its reports when they are there.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunFolder {
    /// What its `run.json` says.
    pub run: RunManifest,
    folder: PathBuf,
}

/// Why a run cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Its record cannot be read.
    #[error("读不到 {}，应是一次生成的输出文件夹或其中的 run.json", file.display())]
    Read {
        /// Path of the record.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not a record of a run.
    #[error("{} 不是本程序生成的记录", file.display())]
    Parse {
        /// Path of the record.
        file: PathBuf,
        /// What is wrong with its JSON.
        source: serde_json::Error,
    },
    /// The file is JSON but not a record of a run: it names no version of the program.
    #[error("{} 不是本程序生成的记录", file.display())]
    NoRun {
        /// Path of the record.
        file: PathBuf,
    },
}

/// Loads a run from its output folder or its `run.json`.
///
/// # Errors
/// When there is no record, or the file is not one.
pub(crate) fn load(path: &Path) -> Result<RunFolder, LoadError> {
    let (file, folder) = if path.is_dir() {
        (path.join(manifest::FILE), path.to_owned())
    } else {
        (path.to_owned(), path.parent().map(Path::to_owned).unwrap_or_default())
    };
    let bytes = read_record(&file).map_err(|source| LoadError::Read { file: file.clone(), source })?;
    let run = match RunManifest::parse(&bytes) {
        Ok(run) => run,
        Err(source) => return Err(LoadError::Parse { file, source }),
    };
    if run.version.is_empty() { Err(LoadError::NoRun { file }) } else { Ok(RunFolder { run, folder }) }
}

impl RunFolder {
    /// The branches' files that a comparison reads, by their paths below the run's folder.
    pub(crate) fn compared_files(&self) -> Vec<PathBuf> {
        let of_branch = |branch: &ReportOutcome| {
            let folder = self.folder_of(branch).map(|_| PathBuf::from(&branch.folder));
            let names = [Some(SOURCES), markdown_file(branch)];
            names.into_iter().flatten().filter_map(|name| Some(folder.as_ref()?.join(name))).collect::<Vec<_>>()
        };
        self.run.branches.iter().flat_map(of_branch).collect()
    }

    /// The bytes of a branch's sources; `None` when they are not there or cannot be read.
    pub(crate) fn sources(&self, branch: &ReportOutcome) -> Option<Vec<u8>> {
        read_unlinked_record(&self.folder_of(branch)?.join(SOURCES)).ok()
    }

    /// The text of a branch's report, without what marks a draft; `None` when it was not written as Markdown.
    pub(crate) fn text(&self, branch: &ReportOutcome) -> Option<String> {
        let bytes = read_unlinked_record(&self.folder_of(branch)?.join(markdown_file(branch)?)).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        Some(text.strip_prefix(DRAFT_LINE).map(str::to_owned).unwrap_or(text))
    }

    /// The branch's folder; `None` when the run did not write its report, or when the record names a folder that is not
    /// directly inside the run's.
    fn folder_of(&self, branch: &ReportOutcome) -> Option<PathBuf> {
        let written = matches!(branch.state, ReportState::Draft | ReportState::Final);
        (written && is_plain_name(&branch.folder)).then(|| self.folder.join(&branch.folder))
    }
}

/// Name of a branch's Markdown report.
fn markdown_file(branch: &ReportOutcome) -> Option<&str> {
    branch.files.keys().map(String::as_str).find(|name| name.ends_with(".md") && is_plain_name(name))
}
