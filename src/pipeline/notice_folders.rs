//! Several notices beside one another: which folders are whose.
//!
//! A notice is a folder with a `notice.toml`; those beside it are other notices. A notice `templates/a` has its ledgers
//! in `input/a`, its reports in `output/a`, its signed copies in `signed/a` and its files for the printer in `print/a` when
//! `input/a` exists, else in `input`, `output`, `signed` and `print`. A folder of ledgers never includes a folder that is called as another notice is: that one
//! belongs to the other notice ([`other_notices`]). Archive packages of all notices are in one folder, since
//! one register numbers them.

use std::path::{Path, PathBuf};

use crate::store::list_folder;

/// The name of the settings in a notice's folder.
pub const SETTINGS_FILE: &str = "notice.toml";
/// The folder of ledgers, from where the program is started.
const INPUT: &str = "input";
/// The folder of reports.
const OUTPUT: &str = "output";
/// The folder of signed copies.
const SIGNED: &str = "signed";
/// The folder of files for the printer.
const PRINT: &str = "print";

/// The folders of a notice where no option names others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFolders {
    /// The ledgers.
    pub input: PathBuf,
    /// The reports.
    pub output: PathBuf,
    /// The signed copies.
    pub signed: PathBuf,
    /// Files for the printer.
    pub print: PathBuf,
}

impl OwnFolders {
    /// Of the notice with those settings, as seen from the current folder. Looks whether the notice has a folder of
    /// ledgers of its own.
    pub fn of(notice: &Path) -> Self {
        match folder_name(notice).filter(|name| Path::new(INPUT).join(name).is_dir()) {
            Some(name) => Self::named(&name),
            None => Self { input: INPUT.into(), output: OUTPUT.into(), signed: SIGNED.into(), print: PRINT.into() },
        }
    }

    /// Those that belong to the notice of that name alone.
    pub fn named(name: &str) -> Self {
        let own = |folder: &str| Path::new(folder).join(name);
        Self { input: own(INPUT), output: own(OUTPUT), signed: own(SIGNED), print: own(PRINT) }
    }
}

/// The name of the folder that holds the settings.
pub fn folder_name(notice: &Path) -> Option<String> {
    let path = std::path::absolute(notice).ok()?;
    Some(path.parent()?.file_name()?.to_str()?.to_owned())
}

/// The settings of all notices in the folder that holds this one's, this one included, by the names of their folders.
pub fn notices_beside(notice: &Path) -> Vec<PathBuf> {
    let path = std::path::absolute(notice).unwrap_or_else(|_| notice.to_owned());
    let Some(all) = path.parent().and_then(Path::parent) else { return Vec::new() };
    let settings = list_folder(all).into_iter().map(|folder| folder.join(SETTINGS_FILE));
    let is_visible = |file: &PathBuf| folder_name(file).is_some_and(|name| !name.starts_with('.'));
    let mut settings: Vec<PathBuf> = settings.filter(|file| is_visible(file) && file.is_file()).collect();
    settings.sort();
    settings
}

/// The names of the folders of the other notices beside this one.
pub fn other_notices(notice: &Path) -> Vec<String> {
    let own = folder_name(notice);
    let names = notices_beside(notice).into_iter().filter_map(|file| folder_name(&file));
    names.filter(|name| Some(name) != own.as_ref()).collect()
}

#[cfg(test)]
mod tests {
    use super::{folder_name, notices_beside, other_notices};

    #[test]
    fn notices_are_the_visible_folders_with_settings_beside_one() {
        let folder = tempfile::tempdir().unwrap();
        let templates = folder.path().join("templates");
        for name in ["b", "a", ".c", "d"] {
            std::fs::create_dir_all(templates.join(name)).unwrap();
            if name != "d" {
                std::fs::write(templates.join(name).join("notice.toml"), "").unwrap();
            }
        }
        let own = templates.join("a/notice.toml");
        assert_eq!(folder_name(&own).as_deref(), Some("a"));
        assert_eq!(notices_beside(&own), [own.clone(), templates.join("b/notice.toml")]);
        assert_eq!(other_notices(&own), ["b"]);
        assert_eq!(other_notices(&templates.join("d/notice.toml")), ["a", "b"]);
    }
}
