//! Where a new notice and its ledgers will be.

use std::path::{Component, Path, PathBuf};

use super::error::NewNoticeError;
use crate::store::NewFolder;

/// Where a notice and its ledgers will be.
#[derive(Clone, Debug)]
pub struct Targets {
    /// The folder of settings and templates.
    pub notice: PathBuf,
    /// The folder of ledgers. Those that are in it stay as they are; others are copied into it.
    pub input: PathBuf,
}

/// The path of a file or folder as seen from a folder, with `/`; `None` where there is none, as on another drive.
pub(in crate::pipeline) fn relative_path(from: &Path, to: &Path) -> Option<String> {
    let (from, to) = (std::path::absolute(from).ok()?, std::path::absolute(to).ok()?);
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return None;
    }
    let up = from[common..].iter().map(|_| Some(".."));
    let down = to[common..].iter().map(|part| part.as_os_str().to_str());
    let parts: Option<Vec<&str>> = up.chain(down).collect();
    Some(parts?.join("/"))
}

/// Begins a folder where nothing may be.
pub(in crate::pipeline) fn begin(folder: &Path) -> Result<NewFolder, NewNoticeError> {
    NewFolder::begin(folder).map_err(|error| match error.source.kind() {
        std::io::ErrorKind::AlreadyExists => NewNoticeError::NotEmpty(folder.to_owned()),
        _ => NewNoticeError::Store(error),
    })
}
