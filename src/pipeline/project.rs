//! Makes a project folder: the shipped notices with their sample ledgers, and a page for clerks.
//!
//! `templates` is put in place last: a folder has a project exactly when it has `templates`, so that a run that was
//! killed is simply repeated. What is in the folder already stays as it is.

use std::path::{Path, PathBuf};

use crate::escape::visible;
use crate::starter::{self, StarterFile};
use crate::store::{self, NewFolder, StoreError, list_folder};

/// The folder of notices.
const TEMPLATES: &str = "templates";
/// The folder of ledgers.
const INPUT: &str = "input";
/// The page for clerks.
const GUIDE: &str = "使用说明.txt";

/// Why no project was made.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The folder has a project.
    #[error("{}里已有 templates，是做好的项目，什么也没有改；换一个文件夹", folder_in_words(.0))]
    HasProject(PathBuf),
    /// The folder cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A project that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewProject {
    /// Whether there were ledgers already, so that no samples were added.
    pub has_own_ledgers: bool,
}

/// A folder as messages name it.
pub fn folder_in_words(folder: &Path) -> String {
    if folder == Path::new(".") {
        "这个文件夹".to_owned()
    } else {
        format!("“{}”", visible(&folder.display().to_string()))
    }
}

/// Whether a folder has a project.
pub fn has_project(folder: &Path) -> bool {
    is_occupied(&folder.join(TEMPLATES))
}

/// Makes a project in `folder`, which need not exist.
///
/// # Errors
/// When the folder has one, or the system refuses: then there is no `templates`.
pub fn create_project(folder: &Path) -> Result<NewProject, ProjectError> {
    if has_project(folder) {
        return Err(ProjectError::HasProject(folder.to_owned()));
    }
    let templates = NewFolder::begin(&folder.join(TEMPLATES))?;
    fill(&templates, &starter::templates())?;
    let input = folder.join(INPUT);
    let has_own_ledgers = is_occupied(&input);
    if !has_own_ledgers {
        let ledgers = NewFolder::begin(&input)?;
        fill(&ledgers, &starter::ledgers())?;
        ledgers.finish()?;
    }
    let guide = folder.join(GUIDE);
    if guide.symlink_metadata().is_err() {
        store::write(&guide, &starter::guide())?;
    }
    templates.finish()?;
    Ok(NewProject { has_own_ledgers })
}

fn fill(folder: &NewFolder, files: &[StarterFile]) -> Result<(), StoreError> {
    files.iter().try_for_each(|file| folder.write(&file.path, file.bytes))
}

/// Whether something is there other than an empty folder.
fn is_occupied(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir() || !list_folder(path).is_empty())
}
