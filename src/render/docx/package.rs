//! The DOCX container: constant parts compressed once a run, a report's own parts added to a copy of them.
//!
//! The zip crate copies compressed parts as they are. Compared with hand-written ZIP records and compressors shared by
//! all reports, which this replaced, a whole build of 600 branches takes 0.99 times as long (CPU time 1.02 times;
//! medians of 12 rounds in memory). Entries have no time of their own: the same parts give the same bytes.

use std::io::{Cursor, Write};
use std::sync::Arc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use crate::render::renderer::RenderError;

/// Compression level (of 9) of a report's own parts: takes half the time of the usual 6 and makes a file one sixteenth
/// larger.
const LEVEL: i64 = 2;
/// Bytes below which a report's own part is stored uncompressed: compressing it costs more than it saves.
const MIN_COMPRESSED: usize = 1024;

/// The beginning of the names of pictures from ledgers.
pub(super) const PICTURES: &str = "word/media/picture";

/// A part of a package: its name and its bytes.
pub(super) struct PackagePart<'p> {
    pub name: &'p str,
    pub content: &'p [u8],
}

/// A package with the parts that many reports share.
#[derive(Debug)]
pub(super) struct SharedParts {
    archive: ZipArchive<Cursor<Arc<[u8]>>>,
    /// Bytes of the archive.
    len: usize,
}

impl SharedParts {
    /// Compresses parts at the usual level.
    ///
    /// # Errors
    /// On a fault of the zip crate.
    pub(super) fn new<'p>(parts: impl Iterator<Item = PackagePart<'p>>) -> Result<Self, RenderError> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for part in parts {
            writer.start_file(part.name, compressed())?;
            writer.write_all(part.content)?;
        }
        let bytes: Arc<[u8]> = writer.finish()?.into_inner().into();
        Ok(Self { len: bytes.len(), archive: ZipArchive::new(Cursor::new(bytes))? })
    }

    /// A report's package: these parts, then its own.
    ///
    /// # Errors
    /// When the package is larger than 4 GiB.
    pub(super) fn with_own_parts(&self, own: &[PackagePart<'_>]) -> Result<Vec<u8>, RenderError> {
        let own_len: usize = own.iter().map(|part| part.content.len()).sum();
        let capacity = self.len + own_len / 4 + own.len() * MIN_COMPRESSED;
        let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(capacity)));
        writer.merge_archive(self.archive.clone())?;
        for part in own {
            let options = match part.content.len() {
                // Pictures are compressed by their formats.
                _ if part.name.starts_with(PICTURES) => compressed().compression_method(CompressionMethod::Stored),
                ..MIN_COMPRESSED => compressed().compression_method(CompressionMethod::Stored),
                MIN_COMPRESSED.. => compressed().compression_level(Some(LEVEL)),
            };
            writer.start_file(part.name, options)?;
            writer.write_all(part.content)?;
        }
        Ok(writer.finish()?.into_inner())
    }
}

/// Deflate; 1980-01-01 (the earliest ZIP time) as the time and Unix as the origin of every entry, on every system.
fn compressed() -> SimpleFileOptions {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    options.last_modified_time(DateTime::default()).system(System::Unix)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use zip::{CompressionMethod, ZipArchive};

    use super::{MIN_COMPRESSED, PackagePart, SharedParts};

    #[test]
    fn a_package_contains_shared_and_own_parts_and_is_the_same_every_time() {
        let types = PackagePart { name: "[Content_Types].xml", content: b"<Types/>" };
        let shared =
            SharedParts::new([types, PackagePart { name: "word/styles.xml", content: &[b'a'; 5000] }].into_iter());
        let mut noise = 1_u64;
        let own: Vec<(&str, Vec<u8>)> = [("a", 0), ("b", MIN_COMPRESSED - 1), ("c", MIN_COMPRESSED), ("d", 500_000)]
            .into_iter()
            .map(|(name, len)| {
                let byte = |_| {
                    noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (noise >> 33) as u8
                };
                (name, (0..len).map(byte).collect())
            })
            .collect();
        let parts: Vec<PackagePart<'_>> = own.iter().map(|(name, content)| PackagePart { name, content }).collect();
        let package =
            |parts: &[PackagePart<'_>]| shared.as_ref().ok().and_then(|shared| shared.with_own_parts(parts).ok());
        let bytes = package(&parts).unwrap_or_default();
        assert_eq!(package(&parts).as_ref(), Some(&bytes));

        let mut archive = ZipArchive::new(Cursor::new(bytes)).ok();
        let names: Vec<String> = archive.iter().flat_map(|a| a.file_names()).flatten().map(Into::into).collect();
        assert_eq!(names, ["[Content_Types].xml", "word/styles.xml", "a", "b", "c", "d"]);
        for (name, content) in &own {
            let mut read = Vec::new();
            let entry = archive.as_mut().and_then(|archive| archive.by_name(name).ok());
            let method = entry.map(|mut entry| {
                assert!(entry.read_to_end(&mut read).is_ok());
                entry.compression()
            });
            assert!(read == *content, "{name}");
            let is_small = content.len() < MIN_COMPRESSED;
            assert_eq!(method, Some(if is_small { CompressionMethod::Stored } else { CompressionMethod::Deflated }));
        }
    }
}
