//! Several files as one zip: to take away, and as somebody sends them.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::ingest::decoded_name;

/// How much of a zip is taken.
#[derive(Clone, Copy, Debug)]
pub struct UnpackLimits {
    /// Files.
    pub files: usize,
    /// Bytes of each of them.
    pub each: u64,
    /// Bytes of all of them.
    pub all: u64,
}

/// Puts files into one zip, each with its name; the same files give the same bytes.
///
/// # Errors
/// When one of the files cannot be made.
pub fn pack<E: From<io::Error>>(files: impl Iterator<Item = Result<(String, Vec<u8>), E>>) -> Result<Vec<u8>, E> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for file in files {
        let (name, bytes) = file?;
        zip.start_file(name, options).map_err(io::Error::other)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.into_inner())
}

/// Hands out the files of a zip, each with its name as its maker wrote it, which is no path to be trusted. Folders,
/// links and what programs leave beside files are passed over.
///
/// # Errors
/// With a sentence when it is no zip, is locked, or holds more than is taken.
pub fn unpack(
    path: &Path,
    most: UnpackLimits,
    take: &mut dyn FnMut(&str, &mut dyn Read) -> io::Result<()>,
) -> io::Result<()> {
    let refuse = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?))
        .map_err(|_| refuse("压缩包打不开，可能没有传完或已损坏".to_owned()))?;
    // What a directory claims is not believed, only counted.
    if archive.len() > most.files.saturating_mul(4) {
        return Err(refuse(format!("压缩包里的条目太多，一次最多 {} 个文件", most.files)));
    }
    let (mut files, mut all) = (0, 0_u64);
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(io::Error::other)?;
        let (plain, locked, size) = (entry.is_file() && !entry.is_symlink(), entry.encrypted(), entry.size());
        let name = called(entry.name_raw());
        drop(entry);
        if !plain
            || name.starts_with("__MACOSX/")
            || name.rsplit(['/', '\\']).next().is_some_and(|own| own.starts_with('.'))
        {
            continue;
        }
        if locked {
            return Err(refuse("压缩包设有密码，请解开后直接上传".to_owned()));
        }
        (files, all) = (files + 1, all.saturating_add(size));
        if files > most.files || size > most.each || all > most.all {
            return Err(refuse(format!("压缩包解开后太大：“{name}”起放不下了，请分几次上传")));
        }
        let mut entry = archive.by_index(at).map_err(|_| refuse(format!("压缩包里的“{name}”读不出")))?.take(size);
        take(&name, &mut entry)?;
        // An entry may unfold to more than it says.
        if entry.limit() == 0 && entry.into_inner().read(&mut [0])? > 0 {
            return Err(refuse(format!("压缩包里的“{name}”比它写明的大")));
        }
    }
    Ok(())
}

/// What an entry's maker calls it: UTF-8, or as Chinese Windows writes names. A name of two characters may be both;
/// then it is UTF-8 when Chinese comes of it.
fn called(raw: &[u8]) -> String {
    let is_usual = |c: char| c.is_ascii() || c >= '\u{2e80}';
    match std::str::from_utf8(raw) {
        Ok(name) if name.chars().all(is_usual) => name.to_owned(),
        _ => decoded_name(raw).unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{UnpackLimits, called, pack, unpack};

    #[test]
    fn names_are_read_as_their_makers_wrote_them() {
        assert_eq!(called("学习.csv".as_bytes()), "学习.csv");
        assert_eq!(called(b"\xd1\xa7\xcf\xb0.csv"), "学习.csv");
    }

    #[test]
    fn what_is_packed_is_unpacked_within_limits() {
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
            .map(|()| taken)
        };
        let most = UnpackLimits { files: 2, each: 5, all: 10 };
        assert_eq!(taken(most).unwrap(), ["甲/一.csv", "../二.csv"]);
        for less in
            [UnpackLimits { files: 1, ..most }, UnpackLimits { each: 4, ..most }, UnpackLimits { all: 9, ..most }]
        {
            assert!(taken(less).is_err(), "{less:?}");
        }
        std::fs::write(&zip, b"PK").unwrap();
        assert!(taken(most).is_err());
    }
}
