//! Zip files: packages as one file, downloads of several files, and uploads that people packed.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use crate::ingest::decoded_name;

/// Bytes of a directory for each entry, on an average: its head has 46, its name may have 255, and some programs add
/// times and a second name.
const DIRECTORY_OF_ENTRY: usize = 1_024;
/// Bytes behind the directory, gone through for its end: a comment has up to 64 KiB.
const END_RECORDS: u64 = 256 << 10;

/// How much of a zip is accepted.
#[derive(Clone, Copy, Debug)]
pub struct UnpackLimits {
    /// The number of files.
    pub files: usize,
    /// Bytes of each of them.
    pub each: u64,
    /// Bytes of all of them.
    pub all: u64,
}

/// Packs files into one compressed zip; the same files in the same order give the same bytes.
///
/// # Errors
/// The first error of `files`.
pub fn pack<E: From<io::Error>>(files: impl Iterator<Item = Result<(String, Vec<u8>), E>>) -> Result<Vec<u8>, E> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = reproducible(CompressionMethod::Deflated);
    for file in files {
        let (name, bytes) = file?;
        zip.start_file(name, options).map_err(io::Error::other)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.into_inner())
}

/// Packs a bag's folder into a zip, and syncs it: stored without compression, in the order of the paths, without dates;
/// the same contents give the same bytes. In the zip, the folder is called `name`.
///
/// # Errors
/// When the folder cannot be read or the zip not written.
pub fn pack_folder(folder: &Path, name: &str, target: &Path) -> io::Result<()> {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.map_err(io::Error::other)?;
        if entry.file_type().is_file() {
            let below = entry.path().strip_prefix(folder).map_err(io::Error::other)?;
            let parts = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>();
            files.push((format!("{name}/{}", parts.join("/")), entry.into_path()));
        }
    }
    files.sort();
    let mut zip = ZipWriter::new(DeferredErrors::new(File::create(target)?));
    let options = reproducible(CompressionMethod::Stored);
    for (path, file) in files {
        let mut file = File::open(file)?;
        let is_large = file.metadata()?.len() >= u64::from(u32::MAX);
        zip.start_file(path, options.large_file(is_large)).map_err(io::Error::other)?;
        io::copy(&mut file, &mut zip)?;
    }
    zip.finish().map_err(io::Error::other)?.sync()
}

/// A file whose first error is returned by [`DeferredErrors::sync`]; nothing more is written after it. A [`ZipWriter`]
/// that is dropped because its file fails writes to the file again, and prints an English line when that fails too.
struct DeferredErrors {
    file: BufWriter<File>,
    error: Option<io::Error>,
    /// Where the file would be written next, and its length, had there been no error.
    position: u64,
    length: u64,
}

impl DeferredErrors {
    fn new(file: File) -> Self {
        Self { file: BufWriter::new(file), error: None, position: 0, length: 0 }
    }

    /// Does an operation unless an earlier one failed.
    fn attempt(&mut self, operation: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        if self.error.is_none() {
            self.error = operation(&mut self.file).err();
        }
    }

    /// Waits until everything is on disk.
    fn sync(mut self) -> io::Result<()> {
        self.attempt(BufWriter::flush);
        self.attempt(|file| file.get_ref().sync_all());
        self.error.map_or(Ok(()), Err)
    }
}

impl Write for DeferredErrors {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(|file| file.write_all(bytes));
        self.position += bytes.len() as u64;
        self.length = self.length.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt(BufWriter::flush);
        Ok(())
    }
}

impl Seek for DeferredErrors {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.attempt(|file| file.seek(to).map(drop));
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(offset) => self.position.saturating_add_signed(offset),
            SeekFrom::End(offset) => self.length.saturating_add_signed(offset),
        };
        Ok(self.position)
    }
}

/// The options of entries that depend on nothing but their contents, whatever the system.
fn reproducible(method: CompressionMethod) -> SimpleFileOptions {
    let options = SimpleFileOptions::default().compression_method(method);
    options.last_modified_time(DateTime::default()).unix_permissions(0o644).system(System::Unix)
}

/// A file of a zip that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedEntry {
    /// Its name as the zip has it.
    pub name: String,
    /// Why, in a Chinese sentence.
    pub reason: String,
}

/// Gives each file of an uploaded zip to `take`, with its name as the zip has it, which must not be used as a path;
/// what cannot be read or exceeds a limit is left out and returned. Folders, links, hidden files and `__MACOSX/` are
/// skipped.
///
/// # Errors
/// With a Chinese sentence when it is no zip or lists far too many files; the errors of `take`.
pub fn unpack(
    path: &Path,
    limits: UnpackLimits,
    take: &mut dyn FnMut(&str, &mut dyn Read) -> io::Result<()>,
) -> io::Result<Vec<SkippedEntry>> {
    let refuse = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    // The directory is not trusted: its entries are counted before they are looked at. Folders count here, too.
    let directory = limits.files.saturating_mul(4 * DIRECTORY_OF_ENTRY) as u64;
    let mut archive = match open(path, directory) {
        Ok(archive) => archive,
        Err(ZipError::Io(error)) if error.kind() == io::ErrorKind::QuotaExceeded => {
            return Err(refuse(format!("压缩包里的条目太多，一次最多 {} 个文件", limits.files)));
        }
        Err(_) => return Err(refuse("压缩包打不开，可能没有传完或已损坏".to_owned())),
    };
    if archive.len() > limits.files.saturating_mul(4) {
        return Err(refuse(format!("压缩包里有 {} 个条目，一次最多 {} 个文件", archive.len(), limits.files)));
    }
    let (mut files, mut all, mut skipped) = (0, 0_u64, Vec::new());
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(io::Error::other)?;
        let (is_plain, is_locked, size) = (entry.is_file() && !entry.is_symlink(), entry.encrypted(), entry.size());
        let name = decode_name(entry.name_raw());
        drop(entry);
        if !is_plain
            || name.starts_with("__MACOSX/")
            || name.rsplit(['/', '\\']).next().is_some_and(|own| own.starts_with('.'))
        {
            continue;
        }
        let reason = if is_locked {
            Some("压缩包设有密码，请解开后直接上传".to_owned())
        } else if size > limits.each {
            Some(format!("解开后太大：一个文件最多 {} MB", limits.each >> 20))
        } else if files == limits.files {
            Some(format!("压缩包里的文件太多：一次最多 {} 个，请分几次上传", limits.files))
        } else if all.saturating_add(size) > limits.all {
            Some(format!("压缩包解开后一共太大：一次最多 {} MB，请分几次上传", limits.all >> 20))
        } else {
            None
        };
        let reason = match reason {
            Some(reason) => Some(reason),
            None => {
                (files, all) = (files + 1, all + size);
                unpack_entry(&mut archive, at, &name, take)?
            }
        };
        skipped.extend(reason.map(|reason| SkippedEntry { name, reason }));
    }
    Ok(skipped)
}

/// Opens a zip whose directory, with what is read to find it, has at most so many bytes. The crate keeps some 400 bytes
/// of an entry, which has 46 in the file: it would take gigabytes before it says how many there are.
///
/// # Errors
/// When it is no zip, and of the kind `QuotaExceeded` when its directory is longer.
pub(super) fn open(path: &Path, directory: u64) -> ZipResult<ZipArchive<LimitedReader>> {
    let left = Arc::new(AtomicU64::new(directory.saturating_add(END_RECORDS)));
    let file = LimitedReader { file: BufReader::new(File::open(path)?), left: Arc::clone(&left) };
    let archive = ZipArchive::new(file)?;
    left.store(u64::MAX, Ordering::Relaxed);
    Ok(archive)
}

/// A zip file of which so many bytes may still be read: the crate takes whatever directory it finds, of several the
/// last that is whole.
#[derive(Debug)]
pub(super) struct LimitedReader {
    file: BufReader<File>,
    left: Arc<AtomicU64>,
}

impl Read for LimitedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let left = self.left.load(Ordering::Relaxed).checked_sub(read as u64);
        self.left.store(left.ok_or(io::ErrorKind::QuotaExceeded)?, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for LimitedReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Gives one file to `take`; the reason why it cannot be read, if so.
fn unpack_entry(
    archive: &mut ZipArchive<LimitedReader>,
    at: usize,
    name: &str,
    take: &mut dyn FnMut(&str, &mut dyn Read) -> io::Result<()>,
) -> io::Result<Option<String>> {
    let damaged = || Ok(Some("在压缩包里已损坏，请重新打包或直接上传".to_owned()));
    let Ok(entry) = archive.by_index(at) else { return damaged() };
    let size = entry.size();
    // The bytes go to `take` only when all of them are right: it cannot give them back. An entry may expand to more
    // than its header says.
    let mut bytes = Vec::new();
    match entry.take(size.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(read) if read as u64 == size => take(name, &mut bytes.as_slice()).map(|()| None),
        _ => damaged(),
    }
}

/// The name of an entry: UTF-8, or GBK as Chinese Windows writes it. Bytes may be valid in both; they are taken as
/// UTF-8 when that gives ASCII or Chinese characters only.
fn decode_name(raw: &[u8]) -> String {
    let is_usual = |c: char| c.is_ascii() || c >= '\u{2e80}';
    match std::str::from_utf8(raw) {
        Ok(name) if name.chars().all(is_usual) => name.to_owned(),
        _ => decoded_name(raw).unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{UnpackLimits, decode_name, pack, unpack};

    #[test]
    fn names_in_utf_8_and_gbk_are_decoded() {
        assert_eq!(decode_name("学习.csv".as_bytes()), "学习.csv");
        assert_eq!(decode_name(b"\xd1\xa7\xcf\xb0.csv"), "学习.csv");
    }

    #[test]
    fn packed_files_are_unpacked_within_limits() {
        let file = |name: &str, bytes: &[u8]| Ok::<_, std::io::Error>((name.to_owned(), bytes.to_vec()));
        let folder = tempfile::tempdir().unwrap();
        let zip = folder.path().join("a.zip");
        let names = ["甲/一.csv", "../二.csv", "__MACOSX/三.csv", ".DS_Store"];
        std::fs::write(&zip, pack(names.iter().map(|name| file(name, b"12345"))).unwrap()).unwrap();
        let taken = |most| {
            let mut taken = Vec::new();
            unpack(&zip, most, &mut |name, _| {
                taken.push(name.to_owned());
                Ok(())
            })
            .map(|skipped| (taken, skipped.into_iter().map(|entry| entry.reason).collect::<Vec<_>>()))
        };
        let most = UnpackLimits { files: 2, each: 5, all: 10 };
        assert_eq!(taken(most).unwrap(), (vec!["甲/一.csv".to_owned(), "../二.csv".to_owned()], vec![]));
        // What is left out has the limit that it exceeds; the others are taken.
        for (less, count, reason) in [
            (UnpackLimits { files: 1, ..most }, 1, "压缩包里的文件太多：一次最多 1 个，请分几次上传"),
            (UnpackLimits { each: 4, ..most }, 0, "解开后太大：一个文件最多 0 MB"),
            (UnpackLimits { all: 9, ..most }, 1, "压缩包解开后一共太大：一次最多 0 MB，请分几次上传"),
        ] {
            let (taken, skipped) = taken(less).unwrap();
            assert_eq!((taken.len(), skipped), (count, vec![reason.to_owned(); 2 - count]), "{less:?}");
        }
        std::fs::write(&zip, b"PK").unwrap();
        assert!(taken(most).is_err());
    }

    #[test]
    fn a_directory_longer_than_the_files_need_is_not_kept() {
        let file = |name: String| Ok::<_, std::io::Error>((name, Vec::new()));
        let folder = tempfile::tempdir().unwrap();
        let zip = folder.path().join("a.zip");
        let said = |entries: usize, limits: UnpackLimits| {
            std::fs::write(&zip, pack((0..entries).map(|at| file(format!("{at:0100}.csv")))).unwrap()).unwrap();
            unpack(&zip, limits, &mut |_, _| Ok(())).map(|skipped| skipped.len()).map_err(|error| error.to_string())
        };
        let limits = UnpackLimits { files: 10, each: 1, all: 1 };
        assert_eq!(said(40, limits), Ok(30));
        assert_eq!(said(41, limits), Err("压缩包里有 41 个条目，一次最多 10 个文件".to_owned()));
        // 600 KB of directory, where 40 entries and the records behind them have 300 at most.
        assert_eq!(said(4_000, limits), Err("压缩包里的条目太多，一次最多 10 个文件".to_owned()));
    }

    #[test]
    fn a_damaged_file_of_a_zip_leaves_the_others() {
        let file = |name: &str, bytes: &[u8]| Ok::<_, std::io::Error>((name.to_owned(), bytes.to_vec()));
        let folder = tempfile::tempdir().unwrap();
        let zip = folder.path().join("a.zip");
        let mut bytes = pack(["一", "二"].map(|name| file(name, &[b'1'; 99])).into_iter()).unwrap();
        // The first byte of the first file's content.
        bytes[30 + 3] ^= 0xff;
        std::fs::write(&zip, bytes).unwrap();
        let mut taken = Vec::new();
        let most = UnpackLimits { files: 2, each: 99, all: 198 };
        let skipped = unpack(&zip, most, &mut |name, _| {
            taken.push(name.to_owned());
            Ok(())
        });
        let skipped: Vec<String> = skipped.unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!((taken, skipped), (vec!["二".to_owned()], vec!["一".to_owned()]));
    }

    /// The writer of the zip printed `ZipWriter::drop: failed to finalize archive` to standard error.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_reported_once_everything_is_written() {
        use std::io::{Seek, SeekFrom, Write};
        let mut file = super::DeferredErrors::new(std::fs::File::create("/dev/full").unwrap());
        for _ in 0..10 {
            file.write_all(&[0; 10_000]).unwrap();
            file.flush().unwrap();
        }
        assert_eq!(file.seek(SeekFrom::Start(5)).unwrap(), 5);
        assert_eq!(file.seek(SeekFrom::End(0)).unwrap(), 100_000);
        assert_eq!(file.sync().unwrap_err().kind(), std::io::ErrorKind::StorageFull);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), [1; 100_000]).unwrap();
        let packed = super::pack_folder(folder.path(), "包", std::path::Path::new("/dev/full"));
        assert_eq!(packed.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    }
}
