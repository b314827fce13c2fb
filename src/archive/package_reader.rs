//! Reads a package, a folder or a zip of one, whose maker is not trusted: no path leaves it, no link is followed, no
//! file may be longer than it is listed with, and a zip may not expand beyond [`MAX_RATIO`].
//!
//! What is wrong with the container is collected in [`PackageReader::faults`]; whether the contents are right is
//! decided in [`super::verify`].

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use super::{layout, zip};
use crate::diagnostics::localize;
use crate::store::{extended, inside_without_links, is_relative_inside};

/// The most files that a package may have.
const MAX_FILES: usize = 1_000_000;
/// Bytes of a zip's directory: that of 200,000 files. A hostile one of as many bytes takes some 280 MB of memory.
const MAX_DIRECTORY: u64 = 32 << 20;
/// How many times larger than the zip its contents may be. Deflate reaches about 1,000 on contents that no ledger has.
const MAX_RATIO: u64 = 100;
/// Bytes of `bag-info.txt` that are read.
const MAX_BAG_INFO: u64 = 16 << 20;
/// Bytes that the contents may have whatever the ratio.
const ALWAYS_ALLOWED: u64 = 64 << 20;

/// A package that is open for reading.
#[derive(Debug)]
pub struct PackageReader {
    /// The sizes of its files in bytes, by their paths below its folder.
    pub files: BTreeMap<String, u64>,
    /// What is wrong with it as a container, each in a sentence.
    pub faults: Vec<String>,
    /// The name of its folder.
    pub name: String,
    container: Container,
}

#[derive(Debug)]
enum Container {
    Folder(PathBuf),
    Zip {
        archive: Box<ZipArchive<zip::LimitedReader>>,
        /// The index of each file's entry, by the entry's full name.
        entries: BTreeMap<String, usize>,
        /// The folder in the zip that is the package, with its slash; empty when the zip holds only its contents.
        top: String,
    },
}

impl PackageReader {
    /// Opens a package and lists its files.
    ///
    /// # Errors
    /// When it cannot be read at all, has too many files, or would expand too much.
    pub fn open(path: &Path) -> io::Result<Self> {
        let kind = std::fs::symlink_metadata(path)?.file_type();
        if kind.is_symlink() {
            return Err(io::Error::other("它是链接"));
        }
        if kind.is_dir() {
            return Self::open_folder(path);
        }
        // To open a pipe or a device can take for ever.
        if kind.is_file() {
            Self::open_zip(path)
        } else {
            Err(io::Error::other("不是文件夹，也不是普通文件"))
        }
    }

    fn open_folder(root: &Path) -> io::Result<Self> {
        let (mut files, mut faults) = (BTreeMap::new(), Vec::new());
        for (at, entry) in walkdir::WalkDir::new(root).min_depth(1).into_iter().enumerate() {
            let entry = entry.map_err(|e| e.into_io_error().unwrap_or_else(|| io::ErrorKind::InvalidData.into()))?;
            let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
            let shown = below.display();
            match (parts, entry.file_type()) {
                (None, _) => faults.push(format!("“{shown}”的名称不是 UTF-8 文字")),
                (Some(parts), kind) if kind.is_file() => {
                    files.insert(parts.join("/"), entry.metadata().map_err(io::Error::other)?.len());
                }
                (_, kind) if kind.is_dir() => {}
                (_, kind) if kind.is_symlink() => faults.push(format!("“{shown}”是链接")),
                _ => faults.push(format!("“{shown}”不是普通文件")),
            }
            // Folders without files count too.
            if files.len() > MAX_FILES || at > 2 * MAX_FILES {
                return Err(io::Error::other("文件太多"));
            }
        }
        let name = root.canonicalize()?.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { files, faults, name, container: Container::Folder(root.to_owned()) })
    }

    fn open_zip(path: &Path) -> io::Result<Self> {
        let length = std::fs::metadata(path)?.len();
        let mut archive = zip::open(path, MAX_DIRECTORY).map_err(|error| match error {
            ZipError::Io(error) if error.kind() == io::ErrorKind::QuotaExceeded => io::Error::other("条目太多"),
            _ => io::Error::other("不是文件夹，也不是完整的 zip 文件"),
        })?;
        let mut faults = Vec::new();
        if archive.has_duplicate_names() {
            faults.push("压缩包里有重复的条目".to_owned());
        } else if let Err(error) = archive.validate_header_consistency() {
            faults.push(format!("压缩包前后不一致：{}", localize::library(&error.to_string())));
        }
        if archive.len() > MAX_FILES {
            return Err(io::Error::other("条目太多"));
        }
        let (mut sizes, mut entries, mut expanded) = (BTreeMap::new(), BTreeMap::new(), 0_u64);
        for at in 0..archive.len() {
            let entry = archive.by_index_raw(at).map_err(io::Error::other)?;
            let name = entry.name().map_err(io::Error::other)?.into_owned();
            if !is_relative_inside(name.strip_suffix('/').unwrap_or(&name)) {
                faults.push(format!("条目“{name}”越出归档包"));
            } else if entry.is_symlink() || !(entry.is_file() || entry.is_dir()) {
                faults.push(format!("条目“{name}”是链接"));
            } else if entry.encrypted() {
                faults.push(format!("条目“{name}”设有密码"));
            } else if entry.is_file() {
                expanded = expanded.saturating_add(entry.size());
                sizes.insert(name.clone(), entry.size());
                entries.insert(name, at);
            }
        }
        if expanded > length.saturating_mul(MAX_RATIO).saturating_add(ALWAYS_ALLOWED) {
            return Err(io::Error::other("展开之后大得不合理"));
        }
        let top = top_folder(&sizes);
        let files = sizes.into_iter().map(|(name, size)| (name[top.len()..].to_owned(), size)).collect();
        let name = if top.is_empty() {
            path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
        } else {
            top.trim_end_matches('/').to_owned()
        };
        Ok(Self { files, faults, name, container: Container::Zip { archive: Box::new(archive), entries, top } })
    }

    /// What `bag-info.txt` says of the bytes and the number of payload files (`Payload-Oxum`).
    pub fn payload_oxum(&mut self) -> Option<String> {
        let info = self.text(layout::BAG_INFO, MAX_BAG_INFO).ok()?;
        info.lines().find_map(|line| line.strip_prefix("Payload-Oxum:")).map(|oxum| oxum.trim().to_owned())
    }

    /// The same as listed in the folder or the zip.
    pub fn listed_oxum(&self) -> String {
        let payload = || self.files.iter().filter(|(path, _)| layout::is_payload(path)).map(|(_, size)| *size);
        format!("{}.{}", payload().fold(0, u64::saturating_add), payload().count())
    }

    /// Whether the package is a zip file; otherwise it is a folder.
    pub fn is_zip(&self) -> bool {
        matches!(self.container, Container::Zip { .. })
    }

    /// Reads a file with `read`, up to the size that it is listed with.
    ///
    /// # Errors
    /// When the package has no such file, it is longer than listed, or cannot be read.
    pub fn read<T>(&mut self, name: &str, read: impl FnOnce(&mut dyn Read) -> io::Result<T>) -> io::Result<T> {
        let size = *self.files.get(name).ok_or(io::ErrorKind::NotFound)?;
        // A file may be longer than it is listed with: one more byte is asked for.
        let (outcome, excess) = match &mut self.container {
            Container::Folder(root) => {
                // A link may have taken the file's place since the folder was listed.
                let path = inside_without_links(root, name).ok_or_else(|| io::Error::other("不是普通文件"))?;
                let mut file = File::open(path)?.take(size);
                let outcome = read(&mut file)?;
                (outcome, file.into_inner().read(&mut [0])?)
            }
            Container::Zip { archive, entries, top } => {
                let at = *entries.get(&format!("{top}{name}")).ok_or(io::ErrorKind::NotFound)?;
                let mut entry = archive.by_index(at).map_err(io::Error::other)?.take(size);
                let outcome = read(&mut entry)?;
                (outcome, entry.into_inner().read(&mut [0])?)
            }
        };
        if excess > 0 { Err(io::Error::other("比所列的长")) } else { Ok(outcome) }
    }

    /// The text of a file of at most `limit` bytes.
    ///
    /// # Errors
    /// When there is no such file, it is longer, or not UTF-8.
    pub fn text(&mut self, name: &str, limit: u64) -> io::Result<String> {
        if self.files.get(name).is_some_and(|size| *size > limit) {
            return Err(io::Error::other("太大"));
        }
        self.read(name, |file| {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            Ok(text)
        })
    }

    /// Copies the files whose paths are `wanted` into the folder `target`, where none of them may exist. The names are
    /// the package's own, also those that Windows keeps for devices: what reads them there needs the [`extended`] path,
    /// too.
    ///
    /// # Errors
    /// When one cannot be read or written.
    pub fn extract(&mut self, target: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
        let names = self.files.keys().filter(|name| wanted(name) && is_relative_inside(name));
        for name in names.cloned().collect::<Vec<_>>() {
            let path = extended(target).join(&name);
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            let mut file = File::create_new(&path)?;
            self.read(&name, |from| io::copy(from, &mut file))?;
        }
        Ok(())
    }
}

/// The folder that all files of a zip are in, with its slash; empty when the zip holds a package's contents alone.
fn top_folder(sizes: &BTreeMap<String, u64>) -> String {
    let first = sizes.keys().next().and_then(|name| name.split_once('/'));
    let top = first.map(|(top, _)| format!("{top}/")).unwrap_or_default();
    let is_common = sizes.keys().all(|name| name.starts_with(&top)) && !sizes.contains_key(layout::DECLARATION);
    if is_common { top } else { String::new() }
}
