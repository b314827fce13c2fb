//! Operations on single files: written whole or not at all, through a temporary file in the same file system.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::long_paths::extended;
use super::{Digest, StoreError};

/// Why something that is no file is not read.
const NO_REGULAR_FILE: &str = "是管道、套接字或设备，不是文件";

/// Bytes of the largest record that is read: of some 20,000 branches.
const MAX_RECORD: u64 = 64 << 20;
/// The most bytes of a key, a certificate with those that vouch for it, or a token.
const MAX_SMALL: u64 = 1 << 20;

/// The prefix of temporary files beside the file that they replace.
pub(super) const TEMPORARY_PREFIX: &str = ".zicha-";

/// The folder that a path is in: `.` for a bare name.
pub fn parent_folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Replaces a file, or creates it with its folders; whole or not at all.
///
/// # Errors
/// When the system refuses; an earlier file is then unchanged.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = parent_folder(path);
    std::fs::create_dir_all(folder).map_err(|source| StoreError::new(path, source))?;
    write_via(folder, TEMPORARY_PREFIX, path, bytes)
}

/// Writes a file that the user named, as [`write()`] does. A link is followed to the file that it leads to; a pipe, a socket
/// or a device is not replaced.
///
/// # Errors
/// When there is something else than a file, or the system refuses.
pub fn write_named(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let error = |source| StoreError::new(path, source);
    let is_link = path.is_symlink();
    let target = if is_link { path.canonicalize().map_err(error)? } else { path.to_owned() };
    match std::fs::metadata(&target) {
        Ok(metadata) if metadata.is_dir() => return Err(error(io::ErrorKind::IsADirectory.into())),
        Ok(metadata) if !metadata.is_file() => return Err(error(io::Error::other(NO_REGULAR_FILE))),
        _ => {}
    }
    write(&target, bytes).map_err(|refused| error(refused.source))
}

/// Copies the file `from` to `path`, where nothing may exist yet; whole or not at all.
///
/// # Errors
/// When something exists there (`AlreadyExists`), or the system refuses.
pub fn write_new(path: &Path, from: &Path) -> Result<(), StoreError> {
    let folder = parent_folder(path);
    copy_new(folder, TEMPORARY_PREFIX, from, path).map_err(|source| StoreError::new(path, source))
}

/// Renames a synced file to `path`, replacing what is there. When that is in another file system (a mounted folder of
/// ledgers), it is copied beside `path` first.
pub(super) fn move_file(from: &Path, path: &Path) -> io::Result<()> {
    match std::fs::rename(from, path) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let mut copy = temporary(parent_folder(path), TEMPORARY_PREFIX)?;
            io::copy(&mut File::open(from)?, copy.as_file_mut())?;
            copy.as_file().sync_all()?;
            persist(copy, path)?;
            // One that stays is removed with the next start: the file at `path` is already the new one.
            let _ = std::fs::remove_file(from);
            Ok(())
        }
        renamed => renamed,
    }
}

/// Whether a file exists with other contents than these.
pub fn is_other(path: &Path, bytes: &[u8]) -> bool {
    match std::fs::metadata(path) {
        // A file that cannot be read is there all the same.
        Ok(_) => !has_bytes(path, bytes),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Copies a file beside itself under the first free name `<stem>-改动<n>.<extension>`, whole or not at all; the copy's
/// path. What is no plain file is not opened: a link, pipe or device gets a second name.
///
/// # Errors
/// When the system refuses.
pub fn copy_aside(path: &Path) -> Result<PathBuf, StoreError> {
    copy_aside_via(parent_folder(path), TEMPORARY_PREFIX, path)
}

/// As [`copy_aside`], through a temporary file in `folder`, named with `prefix`.
pub(super) fn copy_aside_via(folder: &Path, prefix: &str, path: &Path) -> Result<PathBuf, StoreError> {
    copy_to_free_name(folder, prefix, path).map_err(|source| StoreError::new(path, source))
}

fn copy_to_free_name(folder: &Path, prefix: &str, path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let is_plain = path.symlink_metadata()?.is_file();
    for number in 1.. {
        let copy = path.with_file_name(format!("{stem}-改动{number}.{extension}"));
        if copy.symlink_metadata().is_ok() {
            continue;
        }
        let copied = if is_plain { copy_new(folder, prefix, path, &copy) } else { std::fs::hard_link(path, &copy) };
        match copied {
            Ok(()) => return Ok(copy),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Copies the file `from` to `to`, where nothing may exist yet, through a temporary file in `folder`.
fn copy_new(folder: &Path, prefix: &str, from: &Path, to: &Path) -> io::Result<()> {
    let mut copy = temporary(folder, prefix)?;
    io::copy(&mut File::open(from)?, copy.as_file_mut())?;
    copy.persist_noclobber(extended(to)).map(drop).map_err(|error| error.error)
}

/// The bytes of a file, links followed. What is no regular file (a pipe, a socket, a device) is refused without being
/// opened: that can take for ever. So is reading a file of size 0, which the files of `/proc` state: it has no bytes.
///
/// # Errors
/// When the system refuses, or there is something else.
pub fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_file() && metadata.len() == 0 {
        return Ok(Vec::new());
    }
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(io::Error::other(NO_REGULAR_FILE));
    }
    std::fs::read(path)
}

/// Opens a file for reading when it is a regular one, links not followed: opening a pipe can take for ever.
///
/// # Errors
/// When the system refuses, or there is something else.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other(NO_REGULAR_FILE));
    }
    File::open(path)
}

/// Copies the bytes of a regular file, links not followed, in place of those of `to`; at most [`MAX_RECORD`] of them,
/// since no file that this program writes and reads again has more.
///
/// # Errors
/// When the system refuses, or there is something else.
pub fn copy_regular(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut open_regular(from)?.take(MAX_RECORD), &mut File::create(to)?).map(drop)
}

/// The bytes of a file that is not expected to have more than `limit`, as [`read_regular`] reads them.
///
/// # Errors
/// As [`read_regular`], and when it has more.
pub fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let size = std::fs::metadata(path)?.len();
    if size > limit {
        let (size, limit) = (size.div_ceil(1 << 20), limit >> 20);
        return Err(io::Error::other(format!("有 {size} MiB，最多 {limit} MiB")));
    }
    read_regular(path)
}

/// The text of a small file that the user names: a key, a certificate, a token.
///
/// # Errors
/// As for [`read_limited`], and when it is not UTF-8.
pub fn read_small_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read_limited(path, MAX_SMALL)?).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The bytes of a record that this program keeps (`run.json`, a register, a seal list), as [`read_regular`] reads them.
/// One of more than [`MAX_RECORD`] was not written by it.
///
/// # Errors
/// As [`read_regular`], and when it is larger.
pub fn read_record(path: &Path) -> io::Result<Vec<u8>> {
    let size = std::fs::metadata(path)?.len();
    if size > MAX_RECORD {
        let (size, limit) = (size >> 20, MAX_RECORD >> 20);
        return Err(io::Error::other(format!("有 {size} MiB，本程序的记录不会超过 {limit} MiB")));
    }
    read_regular(path)
}

/// The text of a record, as [`read_record`] reads it.
///
/// # Errors
/// As [`read_record`], and when it is not UTF-8.
pub fn read_record_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read_record(path)?).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The bytes of a file, when it is a regular one, links not followed.
///
/// # Errors
/// When the system refuses, or there is something else.
pub(super) fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut open_regular(path)?, &mut bytes)?;
    Ok(bytes)
}

/// Whether a file has these bytes; one of another size is not read.
pub(super) fn has_bytes(path: &Path, bytes: &[u8]) -> bool {
    let has_size = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() == bytes.len() as u64);
    has_size && read_regular(path).is_ok_and(|current| current == bytes)
}

/// The hash of what stands at a path: of a plain file that of its contents, and "no hash" for a link, a pipe or a
/// device, none of which is opened. `None` when there is nothing, a folder, or a file that cannot be read.
pub(super) fn digest_of_plain(path: &Path) -> Option<Digest> {
    let metadata = path.symlink_metadata().ok()?;
    if metadata.is_file() {
        return digest_of_file(path).ok();
    }
    (!metadata.is_dir()).then_some(Digest::NONE)
}

/// The hash of a file, of which a part at a time is in memory.
fn digest_of_file(path: &Path) -> io::Result<Digest> {
    let (mut file, mut hasher) = (BufReader::with_capacity(1 << 16, File::open(path)?), Sha256::new());
    loop {
        let part = file.fill_buf()?;
        if part.is_empty() {
            return Ok(Digest::from_hasher(hasher));
        }
        hasher.update(part);
        let length = part.len();
        file.consume(length);
    }
}

/// Writes `bytes` into a temporary file in `folder`, named with `prefix`, and renames it to `path`. Both must be in one
/// file system.
pub(super) fn write_via(folder: &Path, prefix: &str, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write_and_rename = || {
        let mut file = temporary(folder, prefix)?;
        file.write_all(bytes)?;
        persist(file, path)
    };
    write_and_rename().map_err(|source| StoreError::new(path, source))
}

/// A temporary file in `folder` that will be renamed. Its mode is 0644: temporary files are private by default, but
/// the office reads what it becomes.
pub(super) fn temporary(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(extended(folder))
}

/// Renames a temporary file to `path` in the same file system, replacing what is there.
pub(super) fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(extended(path)).map(drop).map_err(|error| error.error)
}

/// When a file last changed; `None` when it does not exist.
pub fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// The paths of a folder's entries, in no order; empty when the folder cannot be listed.
pub fn list_folder(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Waits until a folder's entries (names, not contents) are on disk. Windows has no such call: nothing is done there.
///
/// # Errors
/// When the system refuses.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::{copy_aside, digest_of_plain, is_other, read_record, read_regular, write_named};
    use crate::store::{Digest, sha256};

    fn pipe(path: &Path) {
        assert!(rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).is_ok());
    }

    #[test]
    fn a_link_is_never_followed_when_it_is_copied_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("secret"), "机密").unwrap();
        symlink(path("secret"), path("报告.md")).unwrap();
        let copy = copy_aside(&path("报告.md")).unwrap();
        assert_eq!(copy, path("报告-改动1.md"));
        assert_eq!(std::fs::read_link(&copy).unwrap(), path("secret"), "no copy of what the link leads to");
        symlink(path("nowhere"), path("b.md")).unwrap();
        assert_eq!(std::fs::read_link(copy_aside(&path("b.md")).unwrap()).unwrap(), path("nowhere"));
        pipe(&path("c.md"));
        assert!(!copy_aside(&path("c.md")).unwrap().symlink_metadata().unwrap().is_file());
        std::fs::write(path("d.md"), "文字").unwrap();
        let copies = [copy_aside(&path("d.md")).unwrap(), copy_aside(&path("d.md")).unwrap()];
        assert_eq!(copies, [path("d-改动1.md"), path("d-改动2.md")]);
        assert!(copies.iter().all(|copy| std::fs::read(copy).unwrap() == "文字".as_bytes()));
    }

    #[test]
    fn a_record_larger_than_any_and_a_report_of_another_size_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        // The disk holds none of it.
        std::fs::File::create(&path).unwrap().set_len((64 << 20) + 1).unwrap();
        assert_eq!(read_record(&path).unwrap_err().to_string(), "有 64 MiB，本程序的记录不会超过 64 MiB");
        assert!(is_other(&path, b"1") && !is_other(&folder.path().join("none"), b"1"));
        std::fs::write(&path, "12").unwrap();
        assert_eq!(read_record(&path).unwrap(), b"12");
        assert!(is_other(&path, b"13") && !is_other(&path, b"12"));
    }

    #[test]
    fn a_pipe_or_a_device_that_the_user_names_is_not_replaced_and_a_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        pipe(&path("pipe"));
        symlink(path("pipe"), path("to-pipe")).unwrap();
        symlink("/dev/null", path("to-device")).unwrap();
        for name in ["pipe", "to-pipe", "to-device"] {
            let refused = write_named(&path(name), b"1").unwrap_err();
            assert_eq!(refused.source.to_string(), "是管道、套接字或设备，不是文件", "{name}");
            assert!(!path(name).metadata().unwrap().is_file());
        }
        assert!(write_named(folder.path(), b"1").is_err());
        std::fs::write(path("file"), "0").unwrap();
        symlink(path("file"), path("to-file")).unwrap();
        write_named(&path("to-file"), b"1").unwrap();
        assert!(path("to-file").is_symlink() && std::fs::read(path("file")).unwrap() == b"1");
    }

    #[test]
    fn what_is_no_regular_file_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        pipe(&path("a.csv"));
        assert_eq!(read_regular(&path("a.csv")).unwrap_err().to_string(), "是管道、套接字或设备，不是文件");
        assert_eq!(digest_of_plain(&path("a.csv")), Some(Digest::NONE));
        symlink("/dev/zero", path("b.csv")).unwrap();
        assert!(read_regular(&path("b.csv")).is_err());
        assert_eq!(digest_of_plain(&path("b.csv")), Some(Digest::NONE));
        // Its size is 0, and reading it waits for messages of the kernel.
        if Path::new("/proc/kmsg").exists() {
            assert_eq!(read_regular(Path::new("/proc/kmsg")).unwrap(), [0_u8; 0]);
        }
        std::fs::write(path("c.csv"), "1").unwrap();
        assert_eq!(
            (read_regular(&path("c.csv")).unwrap(), digest_of_plain(&path("c.csv"))),
            (b"1".to_vec(), Some(sha256(b"1")))
        );
        assert_eq!((digest_of_plain(folder.path()), digest_of_plain(&path("none"))), (None, None));
    }
}
