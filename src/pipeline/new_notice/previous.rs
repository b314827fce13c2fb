//! The results of an earlier period that a new notice compares with: found, tried with the settings that the notice
//! gets, and copied beside them where they come from outside.

use std::path::{Path, PathBuf};

use super::error::NewNoticeError;
use super::place::relative_path;
use crate::ingest::Readers;
use crate::pipeline::{BuildError, Settings, previous_period};
use crate::store::NewFolder;

/// The folder of copied results, below that of the notice.
const FOLDER: &str = "上期";

/// Where the results of an earlier period are.
#[derive(Clone, Debug)]
pub enum PreviousSource {
    /// An output folder, or a file in one; it stays there.
    Kept(PathBuf),
    /// A file that is copied into the folder of the new notice.
    Copied {
        /// Where it is, as the caller names it.
        path: PathBuf,
        /// The name that it gets, and by which messages call it.
        name: String,
    },
}

impl PreviousSource {
    /// How the settings in a folder name it.
    ///
    /// # Errors
    /// When there is nothing.
    pub(super) fn as_written(&self, notice: &Path) -> Result<String, NewNoticeError> {
        match self {
            Self::Kept(path) if !path.exists() => Err(NewNoticeError::NoPrevious(path.clone())),
            Self::Kept(path) => Ok(relative_path(notice, path).unwrap_or_else(|| path.display().to_string())),
            Self::Copied { name, .. } => Ok(format!("{FOLDER}/{name}")),
        }
    }

    /// Refuses results that a build with these settings would refuse.
    ///
    /// # Errors
    /// With that build's reason.
    pub(super) fn try_with(&self, settings: &Settings, readers: &Readers) -> Result<(), NewNoticeError> {
        let (path, name) = match self {
            Self::Kept(path) => (path, None),
            Self::Copied { path, name } => (path, Some(name.as_str())),
        };
        let shown = |file: PathBuf| name.map_or(file, PathBuf::from);
        previous_period::try_file(path, name, settings, readers).map_err(|error| {
            NewNoticeError::Previous(match error {
                BuildError::Previous { file, reason } => BuildError::Previous { file: shown(file), reason },
                BuildError::Refused { file, refusal } => BuildError::Refused { file: shown(file), refusal },
                other => other,
            })
        })
    }

    /// Brings what is copied into the folder of the notice.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(super) fn bring(&self, new: &NewFolder) -> Result<(), NewNoticeError> {
        if let Self::Copied { path, name } = self {
            new.copy(&format!("{FOLDER}/{name}"), path)?;
        }
        Ok(())
    }
}
