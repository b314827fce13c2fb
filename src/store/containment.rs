//! Whether a path stays inside a folder: the one place that decides it.
//!
//! Names come from records, zip entries, manifests, forms and settings, any of which may come from an
//! attacker. A name is first judged as text ([`is_relative_inside`], [`is_plain_name`]), with the same answer on every
//! system, then against the file system: [`inside_through_links`] accepts links that end inside the folder (an output
//! folder may be laid out with links), [`inside_without_links`] accepts none. [`is_below`] compares two folders.
//!
//! Not done here: making a safe name out of a proposed one ([`super::safe_path`]).

use std::io;
use std::path::{Path, PathBuf};

/// Whether a path with `/` between its parts is relative and stays below its folder on every system: no empty part,
/// no `.` or `..`, nothing that Windows takes for a separator, a drive or a stream.
pub fn is_relative_inside(path: &str) -> bool {
    path.split('/').all(is_plain_name)
}

/// Whether a name is that of one entry of a folder on every system, see [`is_relative_inside`].
pub fn is_plain_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', ':', '\0'])
}

/// A path below a folder.
#[derive(Debug)]
pub(super) struct InsidePath {
    /// The folder joined with the relative path.
    pub path: PathBuf,
    /// Whether anything exists there; a link counts, whatever it points to.
    pub exists: bool,
}

/// The path at `relative` below `root`, which must exist when links are met. A link on the way, or at the end, is
/// followed and must end inside `root`.
///
/// # Errors
/// When the path leads out of the root, by its text or by a link, or a link cannot be followed.
pub(super) fn inside_through_links(root: &Path, relative: &str) -> io::Result<InsidePath> {
    if !is_relative_inside(relative) {
        return Err(io::Error::other("它在输出文件夹之外"));
    }
    let mut inside = InsidePath { path: root.to_owned(), exists: true };
    for part in relative.split('/') {
        inside.path.push(part);
        let metadata = std::fs::symlink_metadata(&inside.path);
        let is_link = metadata.as_ref().is_ok_and(std::fs::Metadata::is_symlink);
        if is_link && !inside.path.canonicalize()?.starts_with(root.canonicalize()?) {
            return Err(io::Error::other("它是指向输出文件夹之外的链接，没有写"));
        }
        inside.exists = metadata.is_ok();
    }
    Ok(inside)
}

/// The path of the file at `relative` below `root`. `None` when the path leads out of the root by its text, when a
/// folder on the way is a link or no folder, or when something other than a plain file (a link, too) is at its end. The
/// file, and folders on the way, need not exist.
pub fn inside_without_links(root: &Path, relative: &str) -> Option<PathBuf> {
    if !is_relative_inside(relative) {
        return None;
    }
    let mut path = root.to_owned();
    let mut parts = relative.split('/').peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        let is_last = parts.peek().is_none();
        if let Ok(metadata) = std::fs::symlink_metadata(&path)
            && !(if is_last { metadata.is_file() } else { metadata.is_dir() })
        {
            return None;
        }
    }
    Some(path)
}

/// Whether `path` is `folder` or below it, links resolved. `path` need not exist: it is placed by the nearest folder
/// above it that does. False when `folder` does not exist.
pub fn is_below(path: &Path, folder: &Path) -> bool {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let nearest = absolute.ancestors().find_map(|ancestor| ancestor.canonicalize().ok());
    nearest.zip(folder.canonicalize().ok()).is_some_and(|(nearest, folder)| nearest.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::{inside_through_links, inside_without_links, is_below, is_plain_name, is_relative_inside};

    const INSIDE: [&str; 5] = ["data/甲 乙/a.docx", "bagit.txt", "data/..a", "a b", "...."];
    const OUTSIDE: [&str; 14] = [
        "../a",
        "data/../../a",
        "/etc/passwd",
        "a//b",
        "a/",
        "",
        ".",
        "..",
        "C:a",
        "a/C:",
        "a\\..\\b",
        "\\\\server\\a",
        "a/./b",
        "a\0b",
    ];

    #[test]
    fn text_decides_whether_a_path_stays_inside() {
        for inside in INSIDE {
            assert!(is_relative_inside(inside), "{inside}");
        }
        for outside in OUTSIDE {
            assert!(!is_relative_inside(outside) && !is_plain_name(outside), "{outside}");
            assert!(inside_through_links(Path::new("."), outside).is_err(), "{outside}");
            assert!(inside_without_links(Path::new("."), outside).is_none(), "{outside}");
        }
        assert!(is_plain_name("a b") && !is_plain_name("a/b"));
    }

    proptest! {
        /// Texts of the characters that matter, so that dangerous ones are frequent.
        #[test]
        fn an_accepted_path_has_only_normal_components(path in "[./\\\\:a\u{7532}\u{0} ]{0,12}") {
            if is_relative_inside(&path) {
                let parts: Vec<Component<'_>> = Path::new(&path).components().collect();
                prop_assert!(parts.iter().all(|part| matches!(part, Component::Normal(_))));
                prop_assert_eq!(parts.len(), path.split('/').count());
                prop_assert!(Path::new("/root").join(&path).starts_with("/root"));
            }
        }

        /// Names made safe are inside whatever they were made of.
        #[test]
        fn a_path_made_safe_stays_inside(name in "([./\\\\:~$a\u{7532} ]|con|\\PC){0,16}") {
            if let Some(safe) = crate::store::safe_path(&name) {
                prop_assert!(is_relative_inside(&safe), "{} of {}", safe, name);
            }
        }
    }

    #[test]
    fn folders_are_compared_even_before_they_exist() {
        let root = tempfile::tempdir().unwrap();
        let (input, output) = (root.path().join("input"), root.path().join("output"));
        std::fs::create_dir(&input).unwrap();
        assert!(is_below(&input, &input) && is_below(&input.join("a/b"), &input));
        assert!(!is_below(&output, &input) && !is_below(&root.path().join("input2"), &input));
        assert!(!is_below(&input, &output), "a folder that does not exist holds nothing");
        assert!(is_below(&input.join("a/../b"), &input));
        assert!(is_below(Path::new("not-there"), Path::new(".")), "relative paths");
    }

    #[cfg(unix)]
    #[test]
    fn links_count_where_they_lead() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir_all(root.join("real")).unwrap();
        std::fs::write(root.join("real/a.csv"), "1").unwrap();
        symlink(folder.path(), root.join("out")).unwrap();
        symlink(root.join("real"), root.join("in")).unwrap();
        symlink(root.join("real/a.csv"), root.join("a.csv")).unwrap();
        symlink(root.join("nowhere"), root.join("dead")).unwrap();
        let through = |path: &str| inside_through_links(&root, path).ok().map(|inside| inside.exists);
        assert_eq!(through("real/a.csv"), Some(true));
        assert_eq!(through("real/new/b.csv"), Some(false));
        assert_eq!((through("in/a.csv"), through("a.csv")), (Some(true), Some(true)));
        assert_eq!((through("out"), through("out/b.csv"), through("dead")), (None, None, None));
        let without = |path: &str| inside_without_links(&root, path);
        assert_eq!(without("real/a.csv"), Some(root.join("real/a.csv")));
        assert_eq!(without("real/new/b.csv"), Some(root.join("real/new/b.csv")));
        for refused in ["in/a.csv", "a.csv", "out/b.csv", "dead", "real", "real/a.csv/b"] {
            assert_eq!(without(refused), None, "{refused}");
        }
        assert!(is_below(&root.join("in/new"), &root.join("real")) && !is_below(&root.join("out/new"), &root));
    }
}
