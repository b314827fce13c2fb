//! The folder of ledgers of a new notice.

use std::path::{Path, PathBuf};

use super::error::NewNoticeError;
use super::place::begin;
use crate::scaffold::Scaffold;
use crate::store::{self, NewFolder, is_below};

/// A ledger file that a notice is made from.
#[derive(Clone, Debug)]
pub struct SourceLedger {
    /// Where it is, as the caller names it.
    pub path: PathBuf,
    /// The name that it has beside the notice.
    pub name: String,
}

/// The folder of ledgers while it is made.
pub(super) enum LedgerFolder {
    /// A new folder, which appears when it is complete.
    New { folder: NewFolder, target: PathBuf },
    /// The one that the ledgers are in already.
    Own(PathBuf),
}

/// What was added for the ledgers, to be taken back when the notice cannot be put in its place.
pub(super) enum Added {
    Folder(PathBuf),
    File(Option<PathBuf>),
}

impl Added {
    /// Takes back what was added.
    pub(super) fn undo(&self) {
        // What stays is a copy of what the user has.
        let _ = match self {
            Self::Folder(folder) => std::fs::remove_dir_all(folder),
            Self::File(Some(file)) => std::fs::remove_file(file),
            Self::File(None) => Ok(()),
        };
    }
}

impl LedgerFolder {
    /// Where the ledgers will be.
    ///
    /// # Errors
    /// When there are other files.
    pub(super) fn begin(ledgers: &[SourceLedger], input: &Path) -> Result<Self, NewNoticeError> {
        let are_inside = !ledgers.is_empty() && ledgers.iter().all(|ledger| is_below(&ledger.path, input));
        if are_inside {
            Ok(Self::Own(input.to_owned()))
        } else {
            begin(input).map(|folder| Self::New { folder, target: input.to_owned() })
        }
    }

    /// Brings the ledgers and the proposed roster.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn fill(self, ledgers: &[SourceLedger], scaffold: &Scaffold) -> Result<Added, NewNoticeError> {
        let roster = scaffold.roster.as_ref();
        match self {
            Self::New { folder, target } => {
                for SourceLedger { path, name } in ledgers {
                    folder.copy(name, path)?;
                }
                if let Some(roster) = roster {
                    folder.write(&roster.name, roster.text.as_bytes())?;
                }
                folder.finish()?;
                Ok(Added::Folder(target))
            }
            Self::Own(folder) => {
                let Some(roster) = roster else { return Ok(Added::File(None)) };
                let path = folder.join(&roster.name);
                if path.exists() {
                    return Err(NewNoticeError::SameName(roster.name.clone()));
                }
                store::write(&path, roster.text.as_bytes())?;
                Ok(Added::File(Some(path)))
            }
        }
    }
}
