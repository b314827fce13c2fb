//! A package as it lies there, read as if its maker were an enemy: nothing is unpacked, no path leaves it, no link is
//! followed, nothing may be larger than it says.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::store::{inside_without_links, is_relative_inside};

/// Files that a package may have.
const MOST: usize = 1_000_000;
/// How many times larger than the zip its contents may be; deflate reaches a thousand on what no ledger holds.
const RATIO: u64 = 100;
/// Bytes that contents may have whatever the zip's size.
const SMALL: u64 = 64 << 20;

/// A package to be read.
#[derive(Debug)]
pub struct Package {
    /// Its files and their sizes in bytes, by their paths below its folder.
    pub files: BTreeMap<String, u64>,
    /// What is wrong with it as a container, each in a sentence.
    pub faults: Vec<String>,
    /// What its folder is called.
    pub name: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Folder(PathBuf),
    Zip {
        archive: Box<ZipArchive<BufReader<File>>>,
        /// The entry of each file.
        entries: BTreeMap<String, usize>,
        /// The folder in the zip that the package is, with its slash.
        top: String,
    },
}

impl Package {
    /// Opens a package: a folder, or a zip of one.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn open(path: &Path) -> io::Result<Self> {
        if std::fs::symlink_metadata(path)?.is_symlink() {
            return Err(io::Error::other("它是链接"));
        }
        if path.is_dir() { Self::folder(path) } else { Self::zip(path) }
    }

    fn folder(root: &Path) -> io::Result<Self> {
        let (mut files, mut faults) = (BTreeMap::new(), Vec::new());
        for entry in walkdir::WalkDir::new(root).min_depth(1) {
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
            if files.len() > MOST {
                return Err(io::Error::other("文件太多"));
            }
        }
        let name = root.canonicalize()?.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { files, faults, name, kind: Kind::Folder(root.to_owned()) })
    }

    fn zip(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let archive = ZipArchive::new(BufReader::new(file));
        let mut archive = archive.map_err(|_| io::Error::other("不是文件夹，也不是完整的 zip 文件"))?;
        let mut faults = Vec::new();
        if archive.has_duplicate_names() {
            faults.push("压缩包里有重复的条目".to_owned());
        } else if let Err(error) = archive.validate_header_consistency() {
            faults.push(format!("压缩包前后不一致：{error}"));
        }
        if archive.len() > MOST {
            return Err(io::Error::other("条目太多"));
        }
        let (mut sizes, mut entries, mut whole) = (BTreeMap::new(), BTreeMap::new(), 0_u64);
        for at in 0..archive.len() {
            let entry = archive.by_index_raw(at).map_err(io::Error::other)?;
            let name = entry.name().map_err(io::Error::other)?.into_owned();
            let plain = entry.is_file() || entry.is_dir();
            if !is_relative_inside(name.strip_suffix('/').unwrap_or(&name)) {
                faults.push(format!("条目“{name}”越出归档包"));
            } else if entry.is_symlink() || !plain {
                faults.push(format!("条目“{name}”是链接"));
            } else if entry.encrypted() {
                faults.push(format!("条目“{name}”设有密码"));
            } else if entry.is_file() {
                whole = whole.saturating_add(entry.size());
                sizes.insert(name.clone(), entry.size());
                entries.insert(name, at);
            }
        }
        if whole > length.saturating_mul(RATIO).saturating_add(SMALL) {
            return Err(io::Error::other("展开之后大得不合理"));
        }
        // A zip holds the folder of one package, or its contents alone.
        let first = sizes.keys().next().and_then(|name| name.split_once('/')).map(|(top, _)| format!("{top}/"));
        let top =
            first.filter(|top| sizes.keys().all(|name| name.starts_with(top)) && !sizes.contains_key("bagit.txt"));
        let top = top.unwrap_or_default();
        let files = sizes.into_iter().map(|(name, size)| (name[top.len()..].to_owned(), size)).collect();
        let name = if top.is_empty() {
            path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
        } else {
            top.trim_end_matches('/').to_owned()
        };
        Ok(Self { files, faults, name, kind: Kind::Zip { archive: Box::new(archive), entries, top } })
    }

    /// Whether it is a zip.
    pub fn is_zip(&self) -> bool {
        matches!(self.kind, Kind::Zip { .. })
    }

    /// Reads a file with `read`, no further than its size as it was listed.
    ///
    /// # Errors
    /// When the package has no such file, or it cannot be read whole.
    pub fn read<T>(&mut self, name: &str, read: impl FnOnce(&mut dyn Read) -> io::Result<T>) -> io::Result<T> {
        let size = *self.files.get(name).ok_or(io::ErrorKind::NotFound)?;
        let mut over = 0;
        let outcome = match &mut self.kind {
            Kind::Folder(root) => {
                // A link may have taken the file's place since the folder was listed.
                let path = inside_without_links(root, name).ok_or_else(|| io::Error::other("不是普通文件"))?;
                let mut file = File::open(path)?.take(size);
                let outcome = read(&mut file)?;
                over += file.into_inner().read(&mut [0])?;
                outcome
            }
            Kind::Zip { archive, entries, top } => {
                let at = *entries.get(&format!("{top}{name}")).ok_or(io::ErrorKind::NotFound)?;
                let mut entry = archive.by_index(at).map_err(io::Error::other)?.take(size);
                let outcome = read(&mut entry)?;
                over += entry.into_inner().read(&mut [0])?;
                outcome
            }
        };
        if over > 0 { Err(io::Error::other("比所列的长")) } else { Ok(outcome) }
    }

    /// A small file's text.
    ///
    /// # Errors
    /// When there is none, it is longer than `most` bytes, or no UTF-8.
    pub fn text(&mut self, name: &str, most: u64) -> io::Result<String> {
        if self.files.get(name).is_some_and(|size| *size > most) {
            return Err(io::Error::other("太大"));
        }
        self.read(name, |file| {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            Ok(text)
        })
    }
}
