//! A package that is ready but for the parts that differ from report to report. A report's parts are deflated straight
//! to their place in it, by a compressor that served reports before: making one ready costs as much as a small part.

use std::io::{Cursor, Write};
use std::sync::Mutex;

use flate2::{Compress, Compression, FlushCompress, Status};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::super::RenderError;

/// How hard a report's own parts are compressed, of 9: made in half the time, a file is a sixteenth larger than at the
/// usual 6.
const LEVEL: u32 = 2;
/// Bytes below which a report's own part is stored as it is: deflating it costs more than it saves.
const SMALL: usize = 1024;

/// Bytes of the record that ends an archive (APPNOTE.TXT 4.3.16), which has no comment here.
const END: usize = 22;
/// What records begin with (4.3.7, 4.3.12).
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
/// Bytes of what both records say of a part, between these and its name.
const ABOUT: usize = 26;
/// 1980-01-01, the same on every run (4.4.6).
const DATE: u16 = 1 << 5 | 1;

/// A package with its constant parts.
#[derive(Debug)]
pub struct DocxPackage {
    /// The parts, each behind its record.
    parts: Vec<u8>,
    /// The records of the directory.
    directory: Vec<u8>,
    /// The record that ends it.
    end: [u8; END],
}

impl DocxPackage {
    /// Packs constant parts, each with its name, as hard as usual.
    ///
    /// # Errors
    /// When they cannot be packed.
    pub fn of<'p>(parts: impl Iterator<Item = (&'p str, &'p [u8])>) -> Result<Self, RenderError> {
        let options = SimpleFileOptions::default();
        let options = options.compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default());
        let mut package = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            package.start_file(name, options)?;
            package.write_all(content)?;
        }
        Self::taken_apart(package.finish()?.into_inner()).ok_or(RenderError::Frame("压缩包没有目录".to_owned()))
    }

    fn taken_apart(mut package: Vec<u8>) -> Option<Self> {
        let end = package.split_off(package.len().checked_sub(END)?);
        let end: [u8; END] = end.try_into().ok()?;
        let start = u32::from_le_bytes(end.get(16..20)?.try_into().ok()?);
        let directory = (package.len() >= start as usize).then(|| package.split_off(start as usize))?;
        Some(Self { parts: package, directory, end })
    }

    /// The package of a report, with the parts that are its own.
    ///
    /// # Errors
    /// When it is larger than an archive of this kind can be.
    pub fn with(&self, own: &[(&str, &[u8])], compressors: &Compressors) -> Result<Vec<u8>, RenderError> {
        let content: usize = own.iter().map(|(_, content)| content.len()).sum();
        let room = self.parts.len() + self.directory.len() + content / 4 + own.len() * (SMALL + 4 * ABOUT);
        let mut out = Vec::with_capacity(room);
        out.extend_from_slice(&self.parts);
        let mut directory = self.directory.clone();
        for (name, content) in own {
            add(&mut out, &mut directory, name, content, compressors)?;
        }
        let (start, size) = (field(out.len())?, field(directory.len())?);
        out.append(&mut directory);
        let mut end = self.end;
        let count = u16::from_le_bytes([end[8], end[9]]) + own.len() as u16;
        end[8..10].copy_from_slice(&count.to_le_bytes());
        end[10..12].copy_from_slice(&count.to_le_bytes());
        end[12..16].copy_from_slice(&size.to_le_bytes());
        end[16..20].copy_from_slice(&start.to_le_bytes());
        out.extend_from_slice(&end);
        Ok(out)
    }
}

/// Compressors that wait for a part.
#[derive(Debug, Default)]
pub struct Compressors(Mutex<Vec<Compress>>);

impl Compressors {
    /// Deflates `content` behind what stands in `out`.
    fn deflate(&self, content: &[u8], out: &mut Vec<u8>) -> Result<(), RenderError> {
        let waiting = self.0.lock().ok().and_then(|mut waiting| waiting.pop());
        let mut compressor = waiting.unwrap_or_else(|| Compress::new(Compression::new(LEVEL), false));
        loop {
            let taken = compressor.total_in() as usize;
            out.reserve((content.len() - taken) / 4 + SMALL);
            match compressor.compress_vec(&content[taken..], out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => break,
                Ok(_) => {}
                Err(error) => return Err(RenderError::Frame(error.to_string())),
            }
        }
        compressor.reset();
        if let Ok(mut waiting) = self.0.lock() {
            waiting.push(compressor);
        }
        Ok(())
    }
}

/// Adds a part with its two records. What both say of it is known when it stands there: its record is filled in then.
fn add(
    out: &mut Vec<u8>,
    directory: &mut Vec<u8>,
    name: &str,
    content: &[u8],
    compressors: &Compressors,
) -> Result<(), RenderError> {
    let start = out.len();
    let packed = start + LOCAL.len() + ABOUT + name.len();
    out.resize(packed, 0);
    let deflated = content.len() >= SMALL;
    if deflated {
        compressors.deflate(content, out)?;
    } else {
        out.extend_from_slice(content);
    }
    let (method, version): (u16, u16) = if deflated { (8, 20) } else { (0, 10) };
    let mut about = Vec::with_capacity(ABOUT);
    [version, 0, method, 0, DATE].iter().for_each(|number| about.extend_from_slice(&number.to_le_bytes()));
    let sizes = [crc32fast::hash(content), field(out.len() - packed)?, field(content.len())?];
    sizes.iter().for_each(|number| about.extend_from_slice(&number.to_le_bytes()));
    [name.len() as u16, 0].iter().for_each(|number| about.extend_from_slice(&number.to_le_bytes()));
    out[start..packed].copy_from_slice(&[LOCAL, &about, name.as_bytes()].concat());
    directory.extend_from_slice(CENTRAL);
    // Made by a Unix; a plain file that its owner may write (4.4.2, 4.4.15).
    directory.extend_from_slice(&(3_u16 << 8 | version).to_le_bytes());
    directory.extend_from_slice(&about);
    // No comment, the first and only disk, no attributes within.
    directory.extend_from_slice(&[0; 6]);
    directory.extend_from_slice(&(0o100_644_u32 << 16).to_le_bytes());
    directory.extend_from_slice(&field(start)?.to_le_bytes());
    directory.extend_from_slice(name.as_bytes());
    Ok(())
}

/// A length as records hold it.
fn field(length: usize) -> Result<u32, RenderError> {
    u32::try_from(length).map_err(|_| RenderError::Frame("报告太大".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, DateTime, ZipWriter};

    use super::{Compressors, DocxPackage, LEVEL, SMALL};

    /// What the zip crate makes of the same parts.
    fn theirs(constant: &[(&str, &[u8])], own: &[(&str, &[u8])]) -> Option<Vec<u8>> {
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
        let deflated = options.compression_method(CompressionMethod::Deflated);
        let mut package = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in constant {
            package.start_file(*name, deflated).ok()?;
            package.write_all(content).ok()?;
        }
        for (name, content) in own {
            let options = match content.len() {
                ..SMALL => options.compression_method(CompressionMethod::Stored),
                SMALL.. => deflated.compression_level(Some(LEVEL.into())),
            };
            package.start_file(*name, options).ok()?;
            package.write_all(content).ok()?;
        }
        Some(package.finish().ok()?.into_inner())
    }

    #[test]
    fn a_package_is_what_the_zip_crate_makes_of_its_parts() {
        let constant: [(&str, &[u8]); 2] = [("[Content_Types].xml", b"<Types/>"), ("word/styles.xml", &[b'a'; 5000])];
        let package = DocxPackage::of(constant.into_iter()).ok();
        let compressors = Compressors::default();
        let mut noise = 1_u64;
        let texts = [0, 1, SMALL - 1, SMALL, 40_000, 500_000].map(|length| {
            let byte = |_| {
                noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (noise >> 33) as u8 % (length % 250 + 2) as u8
            };
            (0..length).map(byte).collect::<Vec<u8>>()
        });
        for own in [&texts[..0], &texts[..3], &texts[3..], &texts] {
            let names = ["a", "b", "c", "word/document.xml", "e", "f"];
            let own: Vec<(&str, &[u8])> = names.into_iter().zip(own.iter().map(Vec::as_slice)).collect();
            let ours = package.as_ref().and_then(|package| package.with(&own, &compressors).ok());
            assert!(ours.is_some() && ours == theirs(&constant, &own), "{} parts", own.len());
        }
    }
}
