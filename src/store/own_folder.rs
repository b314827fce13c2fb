//! Creates the program's own folders: the one place that decides what may be in their place.
//!
//! What is in such a folder is locked, replaced and removed without asking. A link there would have that done in a folder
//! that is not the program's.

use std::io;
use std::path::{Path, PathBuf};

use super::journal::HISTORIES;

/// Creates the folders `parts`, one in the other, below `base`, which may be a link and is created too; the last of them.
///
/// # Errors
/// When one of the parts is a link or no folder, or the system refuses.
pub fn create_own_folder(base: &Path, parts: &[&str]) -> io::Result<PathBuf> {
    std::fs::create_dir_all(base)?;
    let mut path = base.to_owned();
    for part in parts {
        path.push(part);
        match std::fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) => {}
            Err(_) => refuse_link(&path)?,
        }
    }
    Ok(path)
}

/// Refuses anything in place of one of the program's own folders.
fn refuse_link(path: &Path) -> io::Result<()> {
    let metadata = std::fs::symlink_metadata(path)?;
    let what = match () {
        () if metadata.is_symlink() => "是一个链接",
        () if !metadata.is_dir() => "不是文件夹",
        () => return Ok(()),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Err(io::Error::other(format!("里面程序自己用的文件夹 {name} {what}，不往那里写，请把它移开")))
}

/// Creates a history, at the path that [`super::history_of`] gives.
///
/// # Errors
/// As for [`create_own_folder`].
pub fn create_history(history: &Path) -> io::Result<PathBuf> {
    let name = history.file_name().unwrap_or_default().to_string_lossy();
    let base = history.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    create_own_folder(base, &[HISTORIES, &name])
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::{HISTORIES, create_history, create_own_folder};

    #[test]
    fn own_folders_are_created_but_never_behind_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let base = root.join("a/b");
        for _ in 0..2 {
            assert_eq!(create_own_folder(&base, &["c", "d"]).unwrap(), base.join("c/d"));
            assert_eq!(
                create_history(&base.join(HISTORIES).join("input")).unwrap(),
                base.join(HISTORIES).join("input")
            );
        }
        // The folder that the user chose may be one.
        symlink(&base, root.join("link")).unwrap();
        create_own_folder(&root.join("link"), &["c"]).unwrap();
        let outside = root.join("outside");
        std::fs::create_dir(&outside).unwrap();
        symlink(&outside, base.join("x")).unwrap();
        symlink(root.join("nowhere"), base.join("y")).unwrap();
        std::fs::write(base.join("z"), "").unwrap();
        for (name, what) in [("x", "是一个链接"), ("y", "是一个链接"), ("z", "不是文件夹")] {
            for parts in [&[name][..], &[name, "below"]] {
                let error = create_own_folder(&base, parts).unwrap_err().to_string();
                assert!(error.contains(&format!("{name} {what}")), "{error}");
            }
        }
        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
        assert!(!root.join("nowhere").exists());
    }
}
